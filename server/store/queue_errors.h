// What the queue says, word for word the same on each of its two sides.
#ifndef VENTRAL_SERVER_STORE_QUEUE_ERRORS_H_
#define VENTRAL_SERVER_STORE_QUEUE_ERRORS_H_

#include <string>

#include "scoring/base/byte_text.h"
#include "scoring/base/result.h"
#include "server/store/job_queue.h"
#include "server/store/job_state.h"

namespace ventral::store {

// The longest texts that are kept, in bytes; what is longer is cut.
inline constexpr std::size_t kMaxName = 200;
inline constexpr std::size_t kMaxMessage = 4096;
inline constexpr std::size_t kMaxLog = 16 * 1024;

inline Error NoSuchJob(const std::string& id) { return NotFound("there is no job " + id); }

inline Error NoSuchModel(const std::string& id) { return NotFound("there is no model " + id); }

// `what`: such as "publish it".
inline Error NotTheOwner(const std::string& model, const std::string& what) {
  return {ErrorCode::kPermission,
          "model " + model + " is another user's: only its owner and admins may " + what,
          {}};
}

inline Error NotThePublisher(const std::string& pack, const std::string& what) {
  return {ErrorCode::kPermission,
          "pack " + pack +
              " is another publisher's, or nobody's: only its publisher and admins may " + what,
          {}};
}

inline Error NoSuchCheckpoint(const std::string& model, const std::string& sha256) {
  return NotFound("model " + model + " has no checkpoint " + sha256);
}

inline Error NoSuchPack(const std::string& id) { return NotFound("there is no pack " + id); }

inline Error LostLease(const std::string& job) {
  return LeaseLost("the lease on job " + job +
                   " has ended or passed to another worker: stop this attempt");
}

inline Error OtherRequest(const std::string& request_id) {
  return Conflict("request_id " + request_id + " was used for another request: choose a new one");
}

inline Error ForeignBenchmark(const std::string& benchmark, const std::string& pack,
                              const std::string& version) {
  return InvalidInput("benchmark " + benchmark + " is not one of pack " + pack + " " + version);
}

inline Error Quarantined(const std::string& job) {
  return {ErrorCode::kPermission,
          "job " + job +
              " is quarantined: it crashed, or took its worker with it, more than once. Only an "
              "admin may retry it",
          {}};
}

inline Error MakerSeesNoModel(const std::string& job, const std::string& model) {
  return Conflict("job " + job + " is of a user who does not see model " + model +
                  " any more: submit its checkpoint anew");
}

// Why a job was ended by another than who made it; it stands where its failure would.
inline std::string WhyWithdrawn(const std::string& model) {
  return "cancelled: model " + model +
         " was withdrawn while the job waited or ran, and its owner and admins alone see it";
}
inline std::string WhyModelDeleted(const std::string& model) {
  return "cancelled: model " + model + " was deleted while the job waited or ran";
}
inline std::string WhyPackDeleted(const std::string& pack) {
  return "cancelled: pack " + pack + " was deleted while the job waited or ran";
}

// Why a run goes nowhere, with the figures.
inline std::string NeedsMore(std::int64_t needed, std::int64_t most) {
  return "it needs " + ByteText(static_cast<std::uint64_t>(needed)) +
         " of memory, and no worker that was heard of within a day gives a run more than " +
         ByteText(static_cast<std::uint64_t>(most));
}

inline Error FitsNowhere(std::int64_t needed, std::int64_t most) {
  return Conflict("an earlier run of this checkpoint on this pack could not be made: " +
                  NeedsMore(needed, most) +
                  ". Export it with fewer layers, take a pack of fewer stimuli, or start a worker "
                  "with more memory");
}

inline Error PriorityOutOfRange() { return InvalidInput("priority must be between -100 and 100"); }

inline Error NotInState(const JobRow& job, const char* what, const char* when) {
  return Conflict("job " + job.id + " is " + std::string(JobStateName(job.state)) + ": only " +
                  when + " can be " + what);
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_QUEUE_ERRORS_H_
