// ventral models, ventral model ….
#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/pages.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

using ModelStub = v1::ModelService::StubInterface;

struct ModelFlags {
  std::string id;
  bool deleted = false;
};

std::string SeenBy(const v1::Model& model) {
  if (model.has_delete_time()) return "nobody: deleted " + Time(model.delete_time());
  return model.private_() ? "its owner" : "everyone";
}

Status List(Session& session, const ModelFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListModelsRequest request;
  request.set_show_deleted(flags.deleted);
  VENTRAL_ASSIGN_OR_RETURN(const auto list, AllPages(*connection, connection->models(),
                                                     &ModelStub::ListModels, request));
  Table table({{"model"},
               {"architecture"},
               {"training data"},
               {"objective"},
               {"learning rule"},
               {"seen by"}});
  for (const v1::Model& model : list.models()) {
    table.Add({model.model_id(), model.architecture(), model.training_data(), model.objective(),
               model.learning_rule(), SeenBy(model)});
  }
  session.Print(list, table.empty() ? "no models\n" : table.Text());
  return Ok{};
}

// One model by its id, something done with it, and who sees it then.
template <typename Request>
Status OnModel(Session& session, const ModelFlags& flags,
               grpc::Status (ModelStub::*method)(grpc::ClientContext*, const Request&,
                                                 v1::Model*)) {
  Request request;
  request.set_name(flags.id.starts_with("models/") ? flags.id : "models/" + flags.id);
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const v1::Model model,
                           connection->CallTwice(connection->models(), method, request));
  session.Print(model, model.model_id() + " is seen by " + SeenBy(model) + "\n");
  return Ok{};
}

}  // namespace

void AddModels(CLI::App& app, Session& session) {
  const auto flags = std::make_shared<ModelFlags>();
  AddCommand(app, session, "models", "List models by id",
             "ventral models\nventral models --deleted\nventral models --json",
             [&session, flags] { return List(session, *flags); })
      ->add_flag("--deleted", flags->deleted, "Those of yours that are deleted, and can come back");
  CLI::App* group = app.add_subcommand("model", "Who sees a model of yours; delete it");
  group->fallthrough();
  group->require_subcommand(1);
  group->footer(ExamplesFooter("ventral model withdraw my-net\nventral model publish my-net\n"
                               "ventral model delete my-net") +
                "\n" + kExitCodesHelp);
  const auto add = [&](const std::string& name, const char* help, auto method) {
    AddCommand(*group, session, name, help, "ventral model " + name + " my-net",
               [&session, flags, method] { return OnModel(session, *flags, method); })
        ->add_option("model", flags->id, "The model's id")
        ->required();
  };
  add("publish", "Everyone sees it, with its jobs and scores", &ModelStub::PublishModel);
  add("withdraw", "You and admins alone see it, its jobs and scores", &ModelStub::WithdrawModel);
  add("delete", "Nobody sees it any more; 'undelete' brings it back for a while",
      &ModelStub::DeleteModel);
  add("undelete", "Bring a deleted model back", &ModelStub::UndeleteModel);
}

}  // namespace ventral::cli
