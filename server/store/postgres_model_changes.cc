// PostgresCatalogue::ChangeModel.
#include "server/store/catalogue_queries.h"
#include "server/store/catalogue_rows.h"
#include "server/store/fields.h"
#include "server/store/job_queries.h"
#include "server/store/postgres_catalogue.h"
#include "server/store/queue_errors.h"

namespace ventral::store {
namespace {

// $1 model, $2 viewer, $3 deleted since. A deleted model is its owner's to find, to undelete it.
constexpr char kLockModel[] = R"(
  SELECT m.owner, m.deleted, )" VENTRAL_OWNS("$2") R"( AS owns FROM models m
  WHERE model_id = $1 AND ()" VENTRAL_VISIBLE("$2") " OR (m.deleted > $3 AND " VENTRAL_OWNS(
    "$2") ")) FOR NO KEY UPDATE";

// $1 model, $2 private or NULL, $3 whether deleted changes, $4 to what (or NULL)
constexpr char kChange[] = R"(
  UPDATE models AS m
  SET private = coalesce($2::boolean, private), deleted = CASE WHEN $3::boolean THEN $4::timestamptz ELSE deleted END
  WHERE model_id = $1
  RETURNING )" VENTRAL_MODEL_COLUMNS;

const char* WhatIsDone(ModelChange change) {
  switch (change) {
    case ModelChange::kPublish:
      return "publish it";
    case ModelChange::kWithdraw:
      return "withdraw it";
    case ModelChange::kDelete:
      return "delete it";
    case ModelChange::kUndelete:
      return "undelete it";
  }
  return "";
}

}  // namespace

Result<ModelRow> PostgresCatalogue::ChangeModel(const std::string& id, ModelChange change) {
  if (!IsText(id)) return NoSuchModel(id);
  const TimePoint now = clock_.Now();
  return database_.Transact<ModelRow>([&](pqxx::work& transaction) -> Result<ModelRow> {
    const pqxx::result found =
        transaction.exec_params(kLockModel, id, viewer(), TimestampText(now - keep_deleted_));
    if (found.empty()) return NoSuchModel(id);
    const bool is_deleted = !IsNull(found[0], "deleted");
    if (is_deleted && (change == ModelChange::kPublish || change == ModelChange::kWithdraw)) {
      return NoSuchModel(id);
    }
    if (!FlagOf(found[0], "owns")) return NotTheOwner(id, WhatIsDone(change));
    if (change == ModelChange::kWithdraw && IsNull(found[0], "owner")) {
      return Conflict("model " + id + " has no owner to whom it could be private");
    }
    const bool sets_deleted =
        is_deleted ? change == ModelChange::kUndelete : change == ModelChange::kDelete;
    const std::string deleted = change == ModelChange::kDelete ? TimestampText(now) : "";
    const char* is_private = change == ModelChange::kPublish    ? "false"
                             : change == ModelChange::kWithdraw ? "true"
                                                                : nullptr;
    const pqxx::row changed =
        transaction.exec_params1(kChange, id, is_private, sets_deleted, NullIfEmpty(deleted));
    if (change == ModelChange::kDelete) {
      transaction.exec_params(job_queries::kCancelOfModel, id, TimestampText(now),
                              WhyModelDeleted(id));
    }
    if (change == ModelChange::kWithdraw) {
      transaction.exec_params(job_queries::kCancelOfOthers, id, TimestampText(now),
                              WhyWithdrawn(id), TextOf(found[0], "owner"));
    }
    return ModelOf(changed);
  });
}

}  // namespace ventral::store
