#include "tests/db/queue_backend.h"

#include <stdexcept>

#include "server/store/store.h"
#include "tests/support/memory_job_queue.h"
#include "tests/support/postgres.h"

namespace ventral::testing {
namespace {

template <typename T>
void Must(const Result<T>& result) {
  if (!result.ok()) throw std::runtime_error(result.error().ToString());
}

class MemoryBackend final : public QueueBackend {
 public:
  MemoryBackend(const store::QueuePolicy& policy, const Clock& clock) : queue_(policy, clock) {}
  store::JobQueue& queue() override { return queue_; }
  void AddCheckpoint(const store::CheckpointRow& checkpoint) override {
    queue_.AddCheckpoint(checkpoint);
  }
  void AddPrivateModel(const std::string& id, const std::string& owner) override {
    queue_.AddPrivateModel(id, owner);
  }
  void SetPrivate(const std::string& id, bool is_private) override {
    queue_.SetPrivate(id, is_private);
  }
  void AddPack(const store::PackRow& pack) override { queue_.AddPack(pack); }
  void DeletePack(const std::string& id) override { queue_.DeletePack(id); }
  void Heard(const store::WorkerRow& worker) override { queue_.Heard(worker); }

 private:
  MemoryJobQueue queue_;
};

class PostgresBackend final : public QueueBackend {
 public:
  PostgresBackend(const store::QueuePolicy& policy, const Clock& clock) {
    store::StoreOptions options;
    options.connection = database_.connection();
    options.policy = policy;
    store_ = store::OpenStore(options, clock);
  }
  store::JobQueue& queue() override { return store_->jobs(); }
  void AddCheckpoint(const store::CheckpointRow& checkpoint) override {
    const auto rights = store_->CatalogueFor(store::Everything())->RightsOn(checkpoint.model);
    Must(rights);
    store::ModelRow model;
    model.id = checkpoint.model;
    if (!rights->sees) Must(store_->CatalogueFor(store::Everything())->CreateModel(model, ""));
    Must(store_->CatalogueFor(store::Everything())->CreateCheckpoint(checkpoint));
  }
  void AddPrivateModel(const std::string& id, const std::string& owner) override {
    store::ModelRow model;
    model.id = id;
    model.is_private = true;
    Must(store_->CatalogueFor({owner})->CreateModel(model, ""));
  }
  void SetPrivate(const std::string& id, bool is_private) override {
    const auto change = is_private ? store::ModelChange::kWithdraw : store::ModelChange::kPublish;
    Must(store_->CatalogueFor(store::Everything())->ChangeModel(id, change));
  }
  void AddPack(const store::PackRow& pack) override {
    Must(store_->CatalogueFor(store::Everything())->CreatePack(pack, {}));
  }
  void DeletePack(const std::string& id) override {
    Must(store_->CatalogueFor(store::Everything())->ChangePack(id, store::PackChange::kDelete));
  }
  void Heard(const store::WorkerRow& worker) override { Must(store_->workers().Heard(worker)); }

 private:
  TestDatabase database_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace

std::unique_ptr<QueueBackend> MakeMemoryBackend(const store::QueuePolicy& policy,
                                                const Clock& clock) {
  return std::make_unique<MemoryBackend>(policy, clock);
}

std::unique_ptr<QueueBackend> MakePostgresBackend(const store::QueuePolicy& policy,
                                                  const Clock& clock) {
  return std::make_unique<PostgresBackend>(policy, clock);
}

std::string Sha(char digit) { return std::string(64, digit); }

store::PackRow PackWith(const std::string& id, const std::string& version,
                        const std::vector<std::string>& benchmarks) {
  store::PackRow pack;
  pack.id = id;
  pack.version = version;
  pack.digest = Sha(static_cast<char>('0' + version.size() % 10));
  for (const std::string& benchmark : benchmarks) {
    pack.benchmarks.push_back({benchmark, id, version, "rsa", "human", "IT", "fmri", 4});
  }
  return pack;
}

store::NewScore ScoreOf(const std::string& benchmark, double raw) {
  store::NewScore score;
  score.benchmark = benchmark;
  score.metric = "rsa";
  score.rule = "r/ceiling";
  score.layer_choice = "best";
  score.layer_path = "features.12";
  score.scorer_version = "1";
  score.raw = raw;
  score.result_json = R"({"benchmark":"x","raw":0.5,"layers":[{"raw":0.5}]})";
  score.provenance_json = "{}";
  return score;
}

}  // namespace ventral::testing
