// PostgresCatalogue::ChangePack.
#include "server/store/catalogue_queries.h"
#include "server/store/catalogue_rows.h"
#include "server/store/fields.h"
#include "server/store/job_queries.h"
#include "server/store/postgres_catalogue.h"
#include "server/store/queue_errors.h"

namespace ventral::store {
namespace {

// $1 pack. What deletes it, and what queues jobs on it, wait for each other at this row.
constexpr char kRowOfPack[] = R"(
  INSERT INTO pack_policies (pack_id) SELECT $1 WHERE EXISTS (SELECT FROM packs WHERE pack_id = $1)
  ON CONFLICT (pack_id) DO NOTHING)";

// $1 pack, $2 viewer, $3 deleted since. A deleted pack is its publisher's to find, to undelete it.
constexpr char kLockPack[] = R"(
  SELECT y.deleted IS NOT NULL AS gone, )" VENTRAL_PUBLISHES(
    "$2") R"( AS publishes FROM pack_policies y
  WHERE y.pack_id = $1 AND EXISTS (SELECT FROM packs p WHERE p.pack_id = y.pack_id)
    AND (y.deleted IS NULL OR (y.deleted > $3 AND )" VENTRAL_PUBLISHES("$2") ")) FOR NO KEY UPDATE";

// $1 pack, $2 when, or NULL. At the transaction's end, the leaderboard's means follow.
constexpr char kSetDeleted[] = "UPDATE pack_policies SET deleted = $2 WHERE pack_id = $1";

}  // namespace

Result<PackRow> PostgresCatalogue::ChangePack(const std::string& id, PackChange change) {
  if (!IsText(id)) return NoSuchPack(id);
  const bool deletes = change == PackChange::kDelete;
  const TimePoint now = clock_.Now();
  return database_.Transact<PackRow>([&](pqxx::work& transaction) -> Result<PackRow> {
    transaction.exec_params(kRowOfPack, id);
    const pqxx::result found =
        transaction.exec_params(kLockPack, id, viewer(), TimestampText(now - keep_deleted_));
    if (found.empty()) return NoSuchPack(id);
    if (!FlagOf(found[0], "publishes")) {
      return NotThePublisher(id, deletes ? "delete it" : "undelete it");
    }
    if (FlagOf(found[0], "gone") != deletes) {
      const std::string when = deletes ? TimestampText(now) : "";
      transaction.exec_params(kSetDeleted, id, NullIfEmpty(when));
    }
    if (deletes) {
      transaction.exec_params(job_queries::kCancelOnPack, id, TimestampText(now),
                              WhyPackDeleted(id));
    }
    return WholePack(transaction, transaction.exec_params1(catalogue_queries::kGetAnyPack, id));
  });
}

}  // namespace ventral::store
