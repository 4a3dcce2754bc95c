// What an operator's Prometheus reads of this server. Names: docs/operations.md, "Measures".
#ifndef VENTRAL_SERVER_MEASURES_MEASURES_H_
#define VENTRAL_SERVER_MEASURES_MEASURES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ventral::measures {

// How things stand at one moment, of all servers together but for the pool.
struct Levels {
  bool known = false;  // false: the database did not answer
  std::int64_t queued = 0, running = 0;
  double oldest_queued_seconds = 0;  // 0 where none waits
  std::int64_t checkpoint_bytes = 0, pack_bytes = 0, grams_bytes = 0;
  std::optional<std::uint64_t> blob_disk_free_bytes;  // of a bucket nobody knows
  int pool_in_use = 0, pool_size = 0;
};

// Thread-safe. Counters begin at 0 with the process.
class Measures {
 public:
  Measures();
  ~Measures();

  // `method`: "/ventral.v1.JobService/GetJob"; `code`: "OK", "NOT_FOUND".
  void CallEnded(const std::string& method, const std::string& code, double seconds);
  // `outcome`: succeeded, failed, released or cancelled; `cause` is empty but for failed ones.
  void AttemptEnded(const std::string& outcome, const std::string& cause);
  // Attempts whose worker fell silent.
  void LeasesRanOut(int count);
  // What a worker tells of a report: how long the network ran over how many stimuli, and the most
  // memory of its process (all 0 where kept Grams were scored) and of the scoring process.
  struct Run {
    double seconds = 0;
    std::int64_t stimuli = 0, extractor_peak_bytes = 0, evaluator_peak_bytes = 0;
  };
  void Reported(const Run& run);

  // A transaction that took long.
  void SlowTransaction();

  // In Prometheus's text format.
  std::string Text(const Levels& levels);

 private:
  struct Families;
  const std::unique_ptr<Families> families_;
};

}  // namespace ventral::measures

#endif  // VENTRAL_SERVER_MEASURES_MEASURES_H_
