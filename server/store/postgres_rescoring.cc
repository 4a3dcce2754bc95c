#include "server/store/postgres_rescoring.h"

#include "server/store/fields.h"
#include "server/store/job_quota.h"
#include "server/store/job_rows.h"
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
  return candidate;
}

}  // namespace

Result<std::vector<RescoreCandidate>> PostgresRescoring::Candidates(const RescoreFilter& filter) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts(
      {{"model", filter.model}, {"checkpoint", filter.checkpoint_sha256}, {"pack", filter.pack}}));
  using Found = std::vector<RescoreCandidate>;
  return database_.Transact<Found>([&](pqxx::work& transaction) -> Result<Found> {
    Found found;
    for (const auto& row : transaction.exec_params(rescore_queries::kCandidates, filter.model,
                                                   filter.checkpoint_sha256, filter.pack)) {
      found.push_back(CandidateOf(row));
    }
    return found;
  });
}

Result<JobRow> PostgresRescoring::Create(const RescoreCandidate& wanted, const std::string& owner) {
  if (!wanted.grams) return InvalidInput("no Grams are kept to be scored again");
  return database_.Transact<JobRow>([&](pqxx::work& transaction) -> Result<JobRow> {
    transaction.exec(rescore_queries::kLock);
    const pqxx::result before =
        transaction.exec_params(rescore_queries::kUnderWay, wanted.model, wanted.checkpoint_sha256,
                                wanted.pack, wanted.pack_version);
    if (!before.empty()) return JobOf(before[0]);
    VENTRAL_RETURN_IF_ERROR(CheckJobQuota(transaction, owner, quota_));
    const pqxx::row made = transaction.exec_params1(
        rescore_queries::kInsert, wanted.model, wanted.checkpoint_sha256, wanted.pack,
        wanted.pack_version, policy_.max_attempts, TimestampText(clock_.Now()),
        wanted.grams->sha256, wanted.grams->bytes, NullIfEmpty(owner));
    return JobOf(transaction.exec_params1(job_queries::kGet, TextOf(made, "job_id")));
  });
}

}  // namespace ventral::store
