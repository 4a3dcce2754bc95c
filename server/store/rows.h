// Rows as plain values: what the store hands to the service. No SQL type leaves the store.
#ifndef VENTRAL_SERVER_STORE_ROWS_H_
#define VENTRAL_SERVER_STORE_ROWS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scoring/base/clock.h"
#include "scoring/base/failure_cause.h"

namespace ventral::store {

struct ModelRow {
  std::string id, display_name, architecture, training_data, objective, learning_rule, licence,
      reference;
  std::string metadata_json = "{}";
  TimePoint created{};
  std::string owner{};  // user; empty where nobody known made it
  bool is_private = false;
  std::optional<TimePoint> deleted{};
};

struct CheckpointRow {
  std::string model, sha256, file_name;
  std::int64_t bytes = 0;
  TimePoint created{};
};

struct PackFileRow {
  std::string path, sha256;
  std::int64_t bytes = 0;
};

struct BenchmarkRow {
  std::string id, pack, pack_version, metric, species, region, modality;
  std::int64_t subjects = 0;
};

// How often one submitter may be scored on a held-out pack.
struct AttemptLimit {
  int jobs = 0;  // within so many days
  int days = 0;
};

// Of all versions of a pack.
struct PackPolicy {
  bool is_private = false;  // no Grams leave the service: they could hold its stimuli
  std::optional<AttemptLimit> attempts{};
};

struct PackRow {
  std::string id, version, digest, title, citation, licence;
  std::int64_t stimuli = 0, bytes = 0;
  std::vector<BenchmarkRow> benchmarks;  // in the manifest's order
  TimePoint created{};
  PackPolicy policy{};
  std::string owner{};  // user who publishes it; empty: any publisher may
  std::optional<TimePoint> deleted{};
};

enum class JobState { kQueued, kRunning, kSucceeded, kFailed, kCancelled };

// Runs the network; scores kept Grams again.
enum class JobKind { kScore, kRescore };

// A blob.
struct GramsRow {
  std::string sha256;
  std::int64_t bytes = 0;
};

struct FailureRow {
  FailureCause cause = FailureCause::kInfrastructure;
  std::string message;
  std::int64_t needed_memory_bytes = 0;  // of kOutOfMemory that was foreseen; 0: not known
};

// What a run will take (RunEstimate in job.proto).
struct EstimateRow {
  std::int64_t activation_bytes = 0, gram_bytes = 0, memory_bytes = 0;
  std::int32_t passes = 0;
  double seconds = 0;
  bool operator==(const EstimateRow&) const = default;
};

struct ProgressRow {
  std::string phase, message;
  std::int64_t done = 0, total = 0;
};

struct JobRow {
  std::string id;  // UUID
  std::string model, checkpoint_sha256, pack, pack_version;
  JobState state = JobState::kQueued;
  int attempts = 0, max_attempts = 0;
  int attempt = 0;  // number of the newest; 0 before the first. Not set back by a retry
  std::optional<ProgressRow> progress;
  std::optional<FailureRow> failure;
  bool cancel_requested = false;
  TimePoint created{}, not_before{};
  std::optional<TimePoint> started, ended;
  std::vector<std::string> scores;  // ids
  std::int64_t revision = 0;        // rises with every change: what a watcher compares
  JobKind kind = JobKind::kScore;
  std::optional<GramsRow> grams;  // that it made, or that a rescore reads
  int priority = 0;
  bool quarantined = false;               // failed, and an admin alone may retry it
  std::string owner{};                    // user; empty where nobody known made it
  std::optional<EstimateRow> estimate{};  // of the running or last attempt
};

struct AttemptRow {
  int number = 0;
  std::string worker, device, log_tail;
  TimePoint started{};
  std::optional<TimePoint> ended;
  std::optional<FailureRow> failure;
};

struct LeaseRow {
  std::string job, token, model, checkpoint_sha256, pack, pack_version, pack_digest;
  std::int64_t checkpoint_bytes = 0;
  int attempt = 0;
  TimePoint expires{};
  JobKind kind = JobKind::kScore;
  std::optional<GramsRow> grams = {};    // of a rescore
  int memory_factor = 1;                 // of the worker's memory budget
  std::int64_t needed_memory_bytes = 0;  // known to be needed; 0: not known
};

// A score to insert: columns that queries need, and the whole result as JSON
// (ventral.v1.BenchmarkScore and ventral.v1.Provenance, proto3 JSON).
struct NewScore {
  std::string benchmark, metric, rule, layer_choice, layer_path, scorer_version;
  std::int64_t layer_step = 0;
  std::uint64_t seed = 0;
  double raw = 0;
  std::optional<double> ceiling, normalised, interval_lower, interval_upper;
  std::string result_json, provenance_json;
};

struct ScoreRow {
  std::string id, model, checkpoint_sha256, job;
  NewScore score;  // result_json without "layers" and "resamples" where the query left them out
  TimePoint created{};
};

// A worker as it describes itself (WorkerNode in worker_pool.proto).
struct WorkerRow {
  std::string name, version;
  std::vector<std::string> devices;
  std::vector<std::string> sandbox;            // active layers
  std::map<std::string, std::string> missing;  // layer → why it cannot be had there
  std::vector<std::string> jobs;               // ids of those it holds leases on
  std::int64_t memory_bytes = 0;               // that a run may take; 0: it does not say
  TimePoint first_seen{}, last_seen{};
  std::chrono::seconds unseen{0};  // from last_seen to when it was listed
};

template <typename Row>
struct Page {
  std::vector<Row> rows;
  std::string next_token;  // empty on the last page
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_ROWS_H_
