#include <google/protobuf/util/json_util.h>

#include <iostream>

#include "client/cli/commands.h"
#include "client/cli/follow.h"
#include "client/cli/format.h"
#include "client/cli/progress_line.h"
#include "client/lib/submit.h"

namespace ventral::cli {
namespace {

struct SubmitFlags {
  client::Submission submission;
  std::string model_id, metadata;
  bool watch = false;
};

Status ReadMetadata(const std::string& json, v1::Model& model) {
  if (json.empty()) return Ok{};
  const auto status = google::protobuf::util::JsonStringToMessage(json, model.mutable_metadata());
  if (status.ok()) return Ok{};
  return InvalidInput("--metadata is no JSON object: " + std::string(status.message()));
}

Result<client::Submitted> Send(client::Connection& connection,
                               const client::Submission& submission) {
  ProgressLine line;
  return client::Submit(
      connection, submission,
      [&line](std::int64_t done, std::int64_t total) { line.ShowUpload(done, total); },
      [&line](const std::filesystem::path& file, std::int64_t there, std::int64_t bytes) {
        line.SayUploadGoesOn(file, there, bytes);
      });
}

std::string FormatSubmitted(const client::Submitted& submitted, bool watch) {
  std::string text;
  for (const v1::Job& job : submitted.jobs) {
    text += "job " + LastPart(job.name()) + " " + StateName(job.state()) + ": " +
            LastPart(submitted.model.name()) + " on " + LastPart(job.pack()) + "\n";
    if (!watch) text += "  follow it: ventral watch " + LastPart(job.name()) + "\n";
  }
  return text;
}

// What --json prints: the jobs, as a list without further pages.
v1::ListJobsResponse AsList(const std::vector<v1::Job>& jobs) {
  v1::ListJobsResponse list;
  list.mutable_jobs()->Add(jobs.begin(), jobs.end());
  return list;
}

Status Run(Session& session, SubmitFlags& flags) {
  v1::Model& model = flags.submission.model;
  model.set_model_id(flags.model_id);
  VENTRAL_RETURN_IF_ERROR(ReadMetadata(flags.metadata, model));
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(client::Submitted submitted, Send(*connection, flags.submission));
  if (submitted.model_existed) {
    std::cerr << "model " << flags.model_id
              << " is there already: its description is left as it is\n";
  }
  if (!session.json) std::cout << FormatSubmitted(submitted, flags.watch) << std::flush;
  Status watched = Ok{};
  if (flags.watch) watched = FollowAll(session, *connection, submitted.jobs);
  // Even after an error: the jobs are there, and a script must learn their names.
  if (session.json) session.Print(AsList(submitted.jobs), "");
  return watched;
}

void AddDescription(CLI::App& command, v1::Model& model) {
  const auto add = [&](const char* name, std::string* field, const char* help) {
    command.add_option(name, *field, help);
  };
  add("--display-name", model.mutable_display_name(), "For people");
  add("--architecture", model.mutable_architecture(), "Such as 'SqueezeNet 1.1'");
  add("--training-data", model.mutable_training_data(),
      "Such as ImageNet-1k; none for random weights");
  add("--objective", model.mutable_objective(), "Such as 'classification, cross-entropy'");
  add("--learning-rule", model.mutable_learning_rule(), "Such as 'SGD, back-propagation'");
  add("--licence", model.mutable_licence(), "SPDX identifier of the weights' licence");
  add("--reference", model.mutable_reference(), "What to cite");
}

}  // namespace

void AddSubmit(CLI::App& app, Session& session) {
  auto flags = std::make_shared<SubmitFlags>();
  CLI::App* command = AddCommand(
      app, session, "submit",
      "Upload a checkpoint and queue it on packs; --json: the jobs, as ListJobs would answer",
      "ventral submit squeezenet.pt2 --name squeezenet1_1 --pack kriegeskorte2008 --watch\n"
      "ventral submit net.pt2 --name my-net --architecture ResNet-50 \\\n"
      "    --training-data ImageNet-1k --objective 'classification, cross-entropy' \\\n"
      "    --learning-rule 'SGD, back-propagation' --pack cowley2023_v4",
      [&session, flags] { return Run(session, *flags); });
  command->add_option("file", flags->submission.file, "The .pt2 file that ventral.export wrote")
      ->required();
  command->add_option("--name", flags->model_id, "The model's id: a-z 0-9 _ - .")->required();
  command->add_option("--pack", flags->submission.packs, "Pack to score it on; may be given again")
      ->required()
      ->allow_extra_args(false);
  AddDescription(*command, flags->submission.model);
  command->add_option("--metadata", flags->metadata, "A JSON object of anything else");
  command->add_flag_callback(
      "--private", [flags] { flags->submission.model.set_private_(true); },
      "A new model, its jobs and scores, is for you and admins to see, until 'ventral model "
      "publish'");
  command->add_flag("--watch", flags->watch,
                    "Stay until the jobs have ended, and print the scores");
}

}  // namespace ventral::cli
