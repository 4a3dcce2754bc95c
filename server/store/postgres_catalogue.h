// The catalogue in PostgreSQL.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_CATALOGUE_H_
#define VENTRAL_SERVER_STORE_POSTGRES_CATALOGUE_H_

#include "scoring/base/clock.h"
#include "server/store/catalogue.h"
#include "server/store/database.h"
#include "server/store/viewer.h"

namespace ventral::store {

// `database` and `clock` outlive it. Models and checkpoints are in postgres_models.cc and
// postgres_model_changes.cc, packs and benchmarks in postgres_packs.cc and
// postgres_pack_changes.cc, scores in postgres_scores.cc, the leaderboard in
// postgres_leaderboard.cc.
class PostgresCatalogue final : public Catalogue {
 public:
  PostgresCatalogue(Database& database, const Clock& clock, Viewer viewer,
                    std::chrono::hours keep_deleted)
      : database_(database),
        clock_(clock),
        viewer_(std::move(viewer)),
        keep_deleted_(keep_deleted) {}

  Result<ModelRow> CreateModel(const ModelRow& model, const std::string& request_id) override;
  Result<ModelRow> GetModel(const std::string& id) override;
  Result<ModelRights> RightsOn(const std::string& model, const std::string& pack) override;
  Result<Page<ModelRow>> ListModels(const PageRequest& page, bool deleted) override;
  Result<ModelRow> ChangeModel(const std::string& id, ModelChange change) override;

  Result<CheckpointRow> CreateCheckpoint(const CheckpointRow& checkpoint) override;
  Result<CheckpointRow> GetCheckpoint(const std::string& model, const std::string& sha256) override;
  Result<Page<CheckpointRow>> ListCheckpoints(const std::string& model,
                                              const PageRequest& page) override;

  Result<PackRow> CreatePack(const PackRow& pack, const std::vector<PackFileRow>& files,
                             const std::optional<PackPolicy>& policy) override;
  Result<PackRow> SetPackPolicy(const std::string& id, const PackPolicy& policy) override;
  Result<PackRow> GetPack(const std::string& id) override;
  Result<Page<PackRow>> ListPacks(const PageRequest& page, bool deleted) override;
  Result<PackRow> ChangePack(const std::string& id, PackChange change) override;
  Result<PackPolicy> PolicyOfPack(const std::string& id) override;
  Result<std::vector<PackFileRow>> PackFiles(const std::string& id,
                                             const std::string& version) override;
  Result<Page<BenchmarkRow>> ListBenchmarks(const std::string& pack,
                                            const PageRequest& page) override;

  Result<ScoreRow> GetScore(const std::string& id) override;
  Result<Page<ScoreRow>> ListScores(const ScoreFilter& filter) override;
  Result<std::map<std::string, std::string>> ScoreResamples(
      const std::vector<std::string>& ids) override;

  Result<LeaderboardPage> Leaderboard(const LeaderboardQuery& query) override;
  Result<std::vector<LeaderboardEntry>> StandingScores(const std::string& benchmark,
                                                       const std::vector<std::string>& models,
                                                       int limit) override;

 private:
  // The placeholder's value in statements with VENTRAL_VISIBLE or VENTRAL_OWNS.
  const char* viewer() const { return ViewerParameter(viewer_); }

  Database& database_;
  const Clock& clock_;
  const Viewer viewer_;
  const std::chrono::hours keep_deleted_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_CATALOGUE_H_
