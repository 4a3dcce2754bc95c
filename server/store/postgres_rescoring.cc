#include "server/store/postgres_rescoring.h"

#include "scoring/base/feature_metrics.h"
#include "server/store/fields.h"
#include "server/store/job_quota.h"
#include "server/store/job_rows.h"
#include "server/store/queue_errors.h"
#include "server/store/rescore_queries.h"

namespace ventral::store {
namespace {

RescoreCandidate CandidateOf(const pqxx::row& row) {
  RescoreCandidate candidate;
  candidate.model = TextOf(row, "model_id");
  candidate.checkpoint_sha256 = TextOf(row, "checkpoint_sha256");
  candidate.pack = TextOf(row, "pack_id");
  candidate.pack_version = TextOf(row, "pack_version");
  candidate.scorer_version = TextOf(row, "scorer_version");
  if (!IsNull(row, "sha256"))
    candidate.grams = GramsRow{TextOf(row, "sha256"), IntegerOf(row, "bytes")};
  candidate.needs_features = TextOf(row, "needs_features");
  return candidate;
}

// All of these stay as they are until the transaction's end: models first, then packs.
// @error not_found names one that `by` does not see.
Status HoldSubjects(pqxx::work& transaction, const std::vector<std::string>& models,
                    const std::vector<std::string>& packs, const Viewer& by) {
  const pqxx::result unseen =
      transaction.exec_params(rescore_queries::kHoldModels, TextArray(models), ViewerParameter(by));
  if (!unseen.empty()) return NoSuchModel(TextOf(unseen[0], "model_id"));
  for (const auto& pack : transaction.exec_params(rescore_queries::kHoldPacks, TextArray(packs))) {
    if (FlagOf(pack, "gone")) return NoSuchPack(TextOf(pack, "pack_id"));
  }
  return Ok{};
}

}  // namespace

Result<RescoreCandidates> PostgresRescoring::Candidates(const RescoreFilter& filter) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"model", filter.model},
                                      {"checkpoint", filter.checkpoint_sha256},
                                      {"pack", filter.pack},
                                      {"present", filter.present}}));
  const std::vector<std::string> feature_metrics(kFeatureMetrics.begin(), kFeatureMetrics.end());
  using Found = RescoreCandidates;
  return database_.Transact<Found>([&](pqxx::work& transaction) -> Result<Found> {
    const pqxx::result rows = transaction.exec_params(
        rescore_queries::kCandidates, filter.model, filter.checkpoint_sha256, filter.pack,
        ViewerParameter(filter.viewer), TextArray(feature_metrics), filter.present, filter.most);
    Found found;
    for (const auto& row : rows) found.rows.push_back(CandidateOf(row));
    if (!rows.empty()) {
      found.left_out = IntegerOf(rows[0], "found") - static_cast<std::int64_t>(found.rows.size());
    }
    return found;
  });
}

Result<std::vector<JobRow>> PostgresRescoring::Create(std::span<const RescoreCandidate> wanted,
                                                      const Viewer& by) {
  std::vector<std::string> columns[6];
  for (const RescoreCandidate& candidate : wanted) {
    if (!candidate.grams) return InvalidInput("no Grams are kept to be scored again");
    int at = 0;
    for (const std::string& value :
         {candidate.model, candidate.checkpoint_sha256, candidate.pack, candidate.pack_version,
          candidate.grams->sha256, std::to_string(candidate.grams->bytes)}) {
      columns[at++].push_back(value);
    }
  }
  using Made = std::vector<JobRow>;
  return database_.Transact<Made>([&](pqxx::work& transaction) -> Result<Made> {
    transaction.exec(job_queries::kLockRescores);
    VENTRAL_RETURN_IF_ERROR(HoldSubjects(transaction, columns[0], columns[2], by));
    std::vector<std::string> ids;
    for (const auto& row : transaction.exec_params(
             rescore_queries::kCreate, TextArray(columns[0]), TextArray(columns[1]),
             TextArray(columns[2]), TextArray(columns[3]), TextArray(columns[4]),
             TextArray(columns[5]), policy_.max_attempts, TimestampText(clock_.Now()),
             NullIfEmpty(by.user))) {
      ids.push_back(TextOf(row, "job_id"));
    }
    VENTRAL_RETURN_IF_ERROR(CheckJobQuota(transaction, by.user, quota_, 0));  // with these
    Made made;
    for (const auto& row : transaction.exec_params(rescore_queries::kInOrder, TextArray(ids)))
      made.push_back(JobOf(row));
    return made;
  });
}

}  // namespace ventral::store
