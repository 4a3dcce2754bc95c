// Models, checkpoints, packs, benchmarks and scores, as one viewer sees them: what it may not see
// is not found, and stands in no list.
#ifndef VENTRAL_SERVER_STORE_CATALOGUE_H_
#define VENTRAL_SERVER_STORE_CATALOGUE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "server/store/leaderboard.h"
#include "server/store/rows.h"

namespace ventral::store {

// What the owner of a model does with it.
enum class ModelChange { kPublish, kWithdraw, kDelete, kUndelete };
// What the publisher of a pack does with it, in all its versions.
enum class PackChange { kDelete, kUndelete };

// Of the viewer to a model, or to its jobs on a pack.
struct ModelRights {
  bool sees = false;
  bool owns = false;  // may change it, and end its jobs
};

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

  // As the viewer's. The existing row when it is the same model or the same request id. @error
  // conflict otherwise, with the same words for what the viewer sees and what it does not;
  // invalid_input for a private model of nobody known.
  virtual Result<ModelRow> CreateModel(const ModelRow& model, const std::string& request_id) = 0;
  virtual Result<ModelRow> GetModel(const std::string& id) = 0;
  // To its jobs on `pack`, where one is given: nobody sees those on a deleted one.
  virtual Result<ModelRights> RightsOn(const std::string& model, const std::string& pack = {}) = 0;
  // `deleted`: those that the viewer deleted, and may undelete, instead.
  virtual Result<Page<ModelRow>> ListModels(const PageRequest& page, bool deleted = false) = 0;
  // Nothing changes where it is so already. Deleting cancels what waits or runs, and withdrawing
  // what waits or runs of those who do not see it then, with a sentence that says why; deleting can
  // be undone for as long as StoreOptions::keep_deleted. @error permission unless the viewer owns
  // it; conflict when a model of nobody known is withdrawn.
  virtual Result<ModelRow> ChangeModel(const std::string& id, ModelChange change) = 0;

  // @error permission unless the viewer owns the model, or nobody does, or it is there already.
  virtual Result<CheckpointRow> CreateCheckpoint(const CheckpointRow& checkpoint) = 0;
  virtual Result<CheckpointRow> GetCheckpoint(const std::string& model,
                                              const std::string& sha256) = 0;
  virtual Result<Page<CheckpointRow>> ListCheckpoints(const std::string& model,
                                                      const PageRequest& page) = 0;

  // As the viewer's, with the policy where one is given. The existing row when name, version and
  // digest are the same. @error conflict when the digest differs; permission when another
  // publisher's pack has this id; conflict, too, when it is a deleted one's (says how to get it
  // back).
  virtual Result<PackRow> CreatePack(const PackRow& pack, const std::vector<PackFileRow>& files,
                                     const std::optional<PackPolicy>& policy = {}) = 0;
  // @error permission unless the viewer publishes it.
  virtual Result<PackRow> SetPackPolicy(const std::string& id, const PackPolicy& policy) = 0;
  // The newest version.
  virtual Result<PackRow> GetPack(const std::string& id) = 0;
  // `deleted`: those that the viewer deleted, and may undelete, instead.
  virtual Result<Page<PackRow>> ListPacks(const PageRequest& page, bool deleted = false) = 0;
  // As ChangeModel does. @error permission unless the viewer publishes it.
  virtual Result<PackRow> ChangePack(const std::string& id, PackChange change) = 0;
  // Of a deleted pack, too, as the next: what runs on it must end.
  virtual Result<PackPolicy> PolicyOfPack(const std::string& id) = 0;
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
