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
  if (!status.ok()) return InvalidInput("--metadata is no JSON object: " + std::string(status.message()));
  return Ok{};
}

Status WatchAll(Session& session, client::Connection& connection, std::vector<v1::Job>& jobs) {
  for (v1::Job& job : jobs) {
    VENTRAL_ASSIGN_OR_RETURN(job, Follow(connection, job.name()));
    if (job.state() != v1::JOB_STATE_SUCCEEDED) session.exit_code = kFailed;
    if (session.json) continue;
    VENTRAL_ASSIGN_OR_RETURN(const std::string text, DescribeEnd(connection, job));
    std::cout << text << std::flush;
  }
  return Ok{};
}

void PrintJobs(const client::Submitted& submitted, bool json) {
  if (json) {
    v1::ListJobsResponse list;
    for (const v1::Job& job : submitted.jobs) *list.add_jobs() = job;
    PrintJson(list);
    return;
  }
  for (const v1::Job& job : submitted.jobs) {
    std::cout << "job " << LastPart(job.name()) << " queued: " << submitted.model.model_id() << " on " << LastPart(job.pack())
              << "\n";
  }
}

Status Run(Session& session, SubmitFlags& flags) {
  v1::Model& model = flags.submission.model;
  model.set_model_id(flags.model_id);
  VENTRAL_RETURN_IF_ERROR(ReadMetadata(flags.metadata, model));
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  ProgressLine line;
  const auto progress = [&](std::int64_t done, std::int64_t total) {
    line.Show("upload", "  upload " + ByteSize(done) + " of " + ByteSize(total),
              static_cast<double>(done) / static_cast<double>(total));
  };
  VENTRAL_ASSIGN_OR_RETURN(client::Submitted submitted, client::Submit(*connection, flags.submission, progress));
  line.Clear();
  if (submitted.model_existed && !session.json) {
    std::cerr << "model " << flags.model_id << " is there already: its description is left as it is\n";
  }
  if (!session.json) PrintJobs(submitted, false);
  if (flags.watch) {
    VENTRAL_RETURN_IF_ERROR(WatchAll(session, *connection, submitted.jobs));
  } else if (!session.json) {
    std::cout << "follow it with: ventral watch " << LastPart(submitted.jobs[0].name()) << "\n";
  }
  if (session.json) PrintJobs(submitted, true);
  return Ok{};
}

}  // namespace

void AddSubmit(CLI::App& app, Session& session) {
  auto flags = std::make_shared<SubmitFlags>();
  v1::Model& model = flags->submission.model;
  CLI::App* command = session.Command(
      app, "submit", "Upload a checkpoint and queue it on packs",
      "ventral submit squeezenet.pt2 --name squeezenet1_1 --pack kriegeskorte2008 --watch\n"
      "ventral submit net.pt2 --name my-net --architecture ResNet-50 --training-data ImageNet-1k \\\n"
      "    --objective 'classification, cross-entropy' --learning-rule 'SGD, back-propagation' --pack cowley2023_v4",
      [&session, flags] { return Run(session, *flags); });
  command->add_option("file", flags->submission.file, "The .pt2 file that ventral.export wrote")->required();
  command->add_option("--name", flags->model_id, "The model's id: a-z 0-9 _ - .")->required();
  command->add_option("--pack", flags->submission.packs, "Pack to score it on; may be given again")->required()->expected(1);
  command->add_option("--display-name", *model.mutable_display_name(), "For people");
  command->add_option("--architecture", *model.mutable_architecture(), "Such as 'SqueezeNet 1.1'");
  command->add_option("--training-data", *model.mutable_training_data(), "Such as ImageNet-1k; none for random weights");
  command->add_option("--objective", *model.mutable_objective(), "Such as 'classification, cross-entropy'");
  command->add_option("--learning-rule", *model.mutable_learning_rule(), "Such as 'SGD, back-propagation'");
  command->add_option("--licence", *model.mutable_licence(), "SPDX identifier");
  command->add_option("--reference", *model.mutable_reference(), "What to cite");
  command->add_option("--metadata", flags->metadata, "A JSON object of anything else");
  command->add_flag("--watch", flags->watch, "Stay until the jobs have ended, and print the scores");
}

}  // namespace ventral::cli
