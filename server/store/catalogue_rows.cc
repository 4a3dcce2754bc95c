#include "server/store/catalogue_rows.h"

#include <map>

#include "server/store/catalogue_queries.h"
#include "server/store/fields.h"

namespace ventral::store {

ModelRow ModelOf(const pqxx::row& row) {
  ModelRow model;
  model.id = TextOf(row, "model_id");
  model.display_name = TextOf(row, "display_name");
  model.architecture = TextOf(row, "architecture");
  model.training_data = TextOf(row, "training_data");
  model.objective = TextOf(row, "objective");
  model.learning_rule = TextOf(row, "learning_rule");
  model.licence = TextOf(row, "licence");
  model.reference = TextOf(row, "reference");
  model.metadata_json = TextOf(row, "metadata");
  model.created = TimeOf(row, "created");
  if (!IsNull(row, "owner")) model.owner = TextOf(row, "owner");
  model.is_private = FlagOf(row, "private");
  model.deleted = MaybeTimeOf(row, "deleted");
  return model;
}

CheckpointRow CheckpointOf(const pqxx::row& row) {
  CheckpointRow checkpoint;
  checkpoint.model = TextOf(row, "model_id");
  checkpoint.sha256 = TextOf(row, "sha256");
  checkpoint.file_name = TextOf(row, "file_name");
  checkpoint.bytes = IntegerOf(row, "bytes");
  checkpoint.created = TimeOf(row, "created");
  return checkpoint;
}

PackRow PackOf(const pqxx::row& row) {
  PackRow pack;
  pack.id = TextOf(row, "pack_id");
  pack.version = TextOf(row, "version");
  pack.digest = TextOf(row, "digest");
  pack.title = TextOf(row, "title");
  pack.citation = TextOf(row, "citation");
  pack.licence = TextOf(row, "licence");
  pack.stimuli = IntegerOf(row, "stimuli");
  pack.bytes = IntegerOf(row, "bytes");
  pack.created = TimeOf(row, "created");
  if (!IsNull(row, "owner")) pack.owner = TextOf(row, "owner");
  pack.policy = PolicyOf(row);
  pack.deleted = MaybeTimeOf(row, "deleted");
  return pack;
}

PackPolicy PolicyOf(const pqxx::row& row) {
  PackPolicy policy{FlagOf(row, "private"), {}};
  if (!IsNull(row, "days")) {
    policy.attempts = AttemptLimit{static_cast<int>(IntegerOf(row, "jobs_per_submitter")),
                                   static_cast<int>(IntegerOf(row, "days"))};
  }
  return policy;
}

void AddBenchmarks(pqxx::work& transaction, std::vector<PackRow>& packs) {
  std::vector<std::string> ids, versions;
  std::map<std::string, PackRow*> by_id;
  for (PackRow& pack : packs) {
    ids.push_back(pack.id);
    versions.push_back(pack.version);
    by_id[pack.id] = &pack;
  }
  const pqxx::result rows = transaction.exec_params(catalogue_queries::kBenchmarksOfPacks,
                                                    TextArray(ids), TextArray(versions));
  for (const auto& row : rows)
    by_id.at(TextOf(row, "pack_id"))->benchmarks.push_back(BenchmarkOf(row));
}

PackRow WholePack(pqxx::work& transaction, const pqxx::row& row) {
  std::vector<PackRow> packs = {PackOf(row)};
  AddBenchmarks(transaction, packs);
  return std::move(packs[0]);
}

BenchmarkRow BenchmarkOf(const pqxx::row& row) {
  BenchmarkRow benchmark;
  benchmark.id = TextOf(row, "benchmark_id");
  benchmark.pack = TextOf(row, "pack_id");
  benchmark.pack_version = TextOf(row, "pack_version");
  benchmark.metric = TextOf(row, "metric");
  benchmark.species = TextOf(row, "species");
  benchmark.region = TextOf(row, "region");
  benchmark.modality = TextOf(row, "modality");
  benchmark.subjects = IntegerOf(row, "subjects");
  return benchmark;
}

ScoreRow ScoreOf(const pqxx::row& row) {
  ScoreRow stored;
  stored.id = TextOf(row, "score_id");
  stored.model = TextOf(row, "model_id");
  stored.checkpoint_sha256 = TextOf(row, "checkpoint_sha256");
  stored.job = TextOf(row, "job_id");
  stored.created = TimeOf(row, "created");
  NewScore& score = stored.score;
  score.benchmark = TextOf(row, "benchmark_id");
  score.metric = TextOf(row, "metric");
  score.rule = TextOf(row, "rule");
  score.layer_choice = TextOf(row, "layer_choice");
  score.layer_path = TextOf(row, "layer_path");
  score.layer_step = IntegerOf(row, "layer_step");
  score.seed = row["seed"].as<std::uint64_t>();
  score.scorer_version = TextOf(row, "scorer_version");
  score.raw = NumberOf(row, "raw");
  score.ceiling = MaybeNumberOf(row, "ceiling");
  score.normalised = MaybeNumberOf(row, "normalised");
  score.interval_lower = MaybeNumberOf(row, "interval_lower");
  score.interval_upper = MaybeNumberOf(row, "interval_upper");
  score.result_json = TextOf(row, "result");
  score.provenance_json = TextOf(row, "provenance");
  return stored;
}

}  // namespace ventral::store
