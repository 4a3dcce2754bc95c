// The two sides of the JobQueue seam, made alike for the conformance suite.
#ifndef VENTRAL_TESTS_DB_QUEUE_BACKEND_H_
#define VENTRAL_TESTS_DB_QUEUE_BACKEND_H_

#include <memory>
#include <string>

#include "scoring/base/clock.h"
#include "server/store/job_queue.h"

namespace ventral::testing {

class QueueBackend {
 public:
  virtual ~QueueBackend() = default;
  virtual store::JobQueue& queue() = 0;
  virtual void AddCheckpoint(const store::CheckpointRow& checkpoint) = 0;
  // A model of before AddCheckpoint, which makes a public one of nobody where there is none.
  virtual void AddPrivateModel(const std::string& id, const std::string& owner) = 0;
  // Publishes, or withdraws, a model of AddPrivateModel.
  virtual void SetPrivate(const std::string& id, bool is_private) = 0;
  virtual void AddPack(const store::PackRow& pack) = 0;
  virtual void DeletePack(const std::string& id) = 0;
  virtual void Heard(const store::WorkerRow& worker) = 0;
};

std::unique_ptr<QueueBackend> MakeMemoryBackend(const store::QueuePolicy& policy,
                                                const Clock& clock);
std::unique_ptr<QueueBackend> MakePostgresBackend(const store::QueuePolicy& policy,
                                                  const Clock& clock);

// Names that the suite uses: 64 times one character.
std::string Sha(char digit);
store::PackRow PackWith(const std::string& id, const std::string& version,
                        const std::vector<std::string>& benchmarks);
store::NewScore ScoreOf(const std::string& benchmark, double raw = 0.5);

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_DB_QUEUE_BACKEND_H_
