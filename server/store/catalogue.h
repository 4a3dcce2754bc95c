// Models, checkpoints, packs, benchmarks and scores.
#ifndef VENTRAL_SERVER_STORE_CATALOGUE_H_
#define VENTRAL_SERVER_STORE_CATALOGUE_H_

#include <map>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/leaderboard.h"
#include "server/store/rows.h"

namespace ventral::store {

struct PageRequest {
  int size = 50;      // 1 to 1000
  std::string token;  // from the previous page
};

struct ScoreFilter {
  PageRequest page;
  std::string model, benchmark, job;  // all when empty
  bool omit_layers = false;
};

class Catalogue {
 public:
  virtual ~Catalogue() = default;

  // The existing row when it is the same model or the same request id. @error conflict otherwise.
  virtual Result<ModelRow> CreateModel(const ModelRow& model, const std::string& request_id) = 0;
  virtual Result<ModelRow> GetModel(const std::string& id) = 0;
  virtual Result<Page<ModelRow>> ListModels(const PageRequest& page) = 0;

  virtual Result<CheckpointRow> CreateCheckpoint(const CheckpointRow& checkpoint) = 0;
  virtual Result<CheckpointRow> GetCheckpoint(const std::string& model,
                                              const std::string& sha256) = 0;
  virtual Result<Page<CheckpointRow>> ListCheckpoints(const std::string& model,
                                                      const PageRequest& page) = 0;

  // The existing row when name, version and digest are the same. @error conflict when the digest
  // differs.
  virtual Result<PackRow> CreatePack(const PackRow& pack,
                                     const std::vector<PackFileRow>& files) = 0;
  // The newest version.
  virtual Result<PackRow> GetPack(const std::string& id) = 0;
  virtual Result<Page<PackRow>> ListPacks(const PageRequest& page) = 0;
  virtual Result<std::vector<PackFileRow>> PackFiles(const std::string& id,
                                                     const std::string& version) = 0;
  // Of the newest version of each pack; of one pack when `pack` is not empty.
  virtual Result<Page<BenchmarkRow>> ListBenchmarks(const std::string& pack,
                                                    const PageRequest& page) = 0;

  virtual Result<ScoreRow> GetScore(const std::string& id) = 0;
  virtual Result<Page<ScoreRow>> ListScores(const ScoreFilter& filter) = 0;
  // "resamples" of these scores' results, as JSON, by score id; those without are not there.
  virtual Result<std::map<std::string, std::string>> ScoreResamples(
      const std::vector<std::string>& ids) = 0;

  // One page. @error invalid_input if the token is of another board.
  virtual Result<LeaderboardPage> Leaderboard(const LeaderboardQuery& query) = 0;
  // What stands for these models on a benchmark, for any model when `models` is empty; by model, at
  // most `limit`. Models without a score there are left out.
  virtual Result<std::vector<LeaderboardEntry>> StandingScores(
      const std::string& benchmark, const std::vector<std::string>& models, int limit) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_CATALOGUE_H_
