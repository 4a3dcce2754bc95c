#include "server/store/catalogue_queries.h"
#include "server/store/catalogue_rows.h"
#include "server/store/fields.h"
#include "server/store/page_row.h"
#include "server/store/postgres_catalogue.h"
#include "server/store/queue_errors.h"

namespace ventral::store {

Result<ModelRow> PostgresCatalogue::CreateModel(const ModelRow& model,
                                                const std::string& request_id) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model_id", model.id},
                                      {"display_name", model.display_name},
                                      {"architecture", model.architecture},
                                      {"training_data", model.training_data},
                                      {"objective", model.objective},
                                      {"learning_rule", model.learning_rule},
                                      {"licence", model.licence},
                                      {"reference", model.reference},
                                      {"metadata", model.metadata_json},
                                      {"request_id", request_id}}));
  if (model.is_private && viewer_.user.empty()) {
    return InvalidInput(
        "a private model is its owner's, and this server does not know who calls: "
        "it has no accounts");
  }
  return database_.Transact<ModelRow>([&](pqxx::work& transaction) -> Result<ModelRow> {
    const pqxx::result made = transaction.exec_params(
        catalogue_queries::kInsertModel, model.id, model.display_name, model.architecture,
        model.training_data, model.objective, model.learning_rule, model.licence, model.reference,
        model.metadata_json, NullIfEmpty(request_id), TimestampText(clock_.Now()),
        NullIfEmpty(viewer_.user), model.is_private);
    if (!made.empty()) return ModelOf(made[0]);
    const pqxx::result before =
        transaction.exec_params(catalogue_queries::kModelByRequest, request_id, viewer());
    if (!request_id.empty() && !before.empty()) {
      if (TextOf(before[0], "model_id") != model.id) return OtherRequest(request_id);
      return ModelOf(before[0]);
    }
    const pqxx::result same = transaction.exec_params(
        catalogue_queries::kSameModel, model.id, model.display_name, model.architecture,
        model.training_data, model.objective, model.learning_rule, model.licence, model.reference,
        model.metadata_json, viewer(), model.is_private);
    if (!same.empty()) return ModelOf(same[0]);
    return Conflict("model " + model.id +
                    " exists already, described otherwise or another's: choose another id, or "
                    "describe it as it is");
  });
}

Result<ModelRow> PostgresCatalogue::GetModel(const std::string& id) {
  if (!IsText(id)) return NoSuchModel(id);
  return database_.Transact<ModelRow>([&](pqxx::work& transaction) -> Result<ModelRow> {
    const pqxx::result rows = transaction.exec_params(catalogue_queries::kGetModel, id, viewer());
    if (rows.empty()) return NoSuchModel(id);
    return ModelOf(rows[0]);
  });
}

Result<ModelRights> PostgresCatalogue::RightsOn(const std::string& model, const std::string& pack) {
  return database_.Transact<ModelRights>([&](pqxx::work& transaction) -> Result<ModelRights> {
    const pqxx::result rows =
        transaction.exec_params(catalogue_queries::kModelRights, model, viewer(), pack);
    if (rows.empty()) return ModelRights{};
    return ModelRights{true, FlagOf(rows[0], "owns")};
  });
}

Result<Page<ModelRow>> PostgresCatalogue::ListModels(const PageRequest& page, bool deleted) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string after, ReadPageToken("models", page.token, ""));
  return database_.Transact<Page<ModelRow>>([&](pqxx::work& transaction) -> Result<Page<ModelRow>> {
    const pqxx::result rows =
        deleted
            ? transaction.exec_params(catalogue_queries::kListDeletedModels, after, size + 1,
                                      viewer(), TimestampText(clock_.Now() - keep_deleted_))
            : transaction.exec_params(catalogue_queries::kListModels, after, size + 1, viewer());
    std::vector<ModelRow> models;
    for (const auto& row : rows) models.push_back(ModelOf(row));
    return CutPage(
        std::move(models), size, "models",
        [&](std::size_t last) {
          return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "model_id");
        },
        FoundIn(rows));
  });
}

Result<CheckpointRow> PostgresCatalogue::CreateCheckpoint(const CheckpointRow& checkpoint) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", checkpoint.model},
                                      {"sha256", checkpoint.sha256},
                                      {"file_name", checkpoint.file_name}}));
  return database_.Transact<CheckpointRow>([&](pqxx::work& transaction) -> Result<CheckpointRow> {
    const pqxx::result model =
        transaction.exec_params(catalogue_queries::kGetModel, checkpoint.model, viewer());
    if (model.empty()) return NoSuchModel(checkpoint.model);
    const pqxx::result there = transaction.exec_params(
        catalogue_queries::kGetCheckpoint, checkpoint.model, checkpoint.sha256, viewer());
    if (!there.empty()) return CheckpointOf(there[0]);
    const bool anybodys = IsNull(model[0], "owner");
    if (!anybodys && !viewer_.sees_all && TextOf(model[0], "owner") != viewer_.user) {
      return NotTheOwner(checkpoint.model, "add checkpoints to it");
    }
    const pqxx::result made = transaction.exec_params(
        catalogue_queries::kInsertCheckpoint, checkpoint.model, checkpoint.sha256,
        checkpoint.file_name, checkpoint.bytes, TimestampText(clock_.Now()));
    if (!made.empty()) return CheckpointOf(made[0]);
    return CheckpointOf(transaction.exec_params1(catalogue_queries::kGetCheckpoint,
                                                 checkpoint.model, checkpoint.sha256, viewer()));
  });
}

Result<CheckpointRow> PostgresCatalogue::GetCheckpoint(const std::string& model,
                                                       const std::string& sha256) {
  if (!IsText(model) || !IsText(sha256)) return NoSuchCheckpoint(model, sha256);
  return database_.Transact<CheckpointRow>([&](pqxx::work& transaction) -> Result<CheckpointRow> {
    const pqxx::result rows =
        transaction.exec_params(catalogue_queries::kGetCheckpoint, model, sha256, viewer());
    if (rows.empty()) return NoSuchCheckpoint(model, sha256);
    return CheckpointOf(rows[0]);
  });
}

Result<Page<CheckpointRow>> PostgresCatalogue::ListCheckpoints(const std::string& model,
                                                               const PageRequest& page) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string last_sha256,
                           ReadPageToken("checkpoints", page.token, ""));
  if (!IsText(model)) return NoSuchModel(model);
  return database_.Transact<Page<CheckpointRow>>(
      [&](pqxx::work& transaction) -> Result<Page<CheckpointRow>> {
        if (transaction.exec_params(catalogue_queries::kGetModel, model, viewer()).empty())
          return NoSuchModel(model);
        VENTRAL_ASSIGN_OR_RETURN(const std::int64_t below,
                                 NumberOfLastRow(transaction, "checkpoints", last_sha256,
                                                 catalogue_queries::kNumberOfCheckpoint, model));
        const pqxx::result rows =
            transaction.exec_params(catalogue_queries::kListCheckpoints, model, below, size + 1);
        std::vector<CheckpointRow> checkpoints;
        for (const auto& row : rows) checkpoints.push_back(CheckpointOf(row));
        return CutPage(std::move(checkpoints), size, "checkpoints", [&](std::size_t last) {
          return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "sha256");
        });
      });
}

}  // namespace ventral::store
