// The states of a job, and what moves it from one to the next: the only moves that there are. The
// database holds the same table (migrations, trigger jobs_transition_is_legal), and a test walks
// every pair of states against both.
//
//              Create
//                │
//                ▼        Lease                     Complete
//      ┌──────▶ queued ───────────────▶ running ──────────────▶ succeeded
//      │        │  ▲                    │ │ │
//      │ Cancel │  │ Fail, Reap:        │ │ │ Fail, Reap: no attempt is left, or none could help
//      │        │  │ another attempt    │ │ └─────────────────▶ failed ─────┐
//      │        │  └────────────────────┘ │                   (quarantined: │
//      │        │                         │ Fail, Reap:        it would do  │ Retry; of a
//      │        │                         │ cancel was asked   harm again)  │ quarantined one
//      │        └─────▶ cancelled ◀───────┘                                 │ by an admin
//      │                    │ Retry                                         │
//      └────────────────────┴───────────────────────────────────────────────┘
//
// | from \ to   | queued | running | succeeded | failed | cancelled |
// |-------------|--------|---------|-----------|--------|-----------|
// | queued      |        | yes     |           |        | yes       |
// | running     | yes    |         | yes       | yes    | yes       |
// | succeeded   |        |         |           |        |           |
// | failed      | yes    |         |           |        |           |
// | cancelled   | yes    |         |           |        |           |
//
// Cancel of a running job only asks: the job ends when its worker confirms, or when the lease runs
// out. A worker that completes before it hears of it has succeeded.
#ifndef VENTRAL_SERVER_STORE_JOB_STATE_H_
#define VENTRAL_SERVER_STORE_JOB_STATE_H_

#include <array>
#include <optional>
#include <string_view>

#include "server/store/rows.h"

namespace ventral::store {

inline constexpr std::array kJobStates = {JobState::kQueued, JobState::kRunning,
                                          JobState::kSucceeded, JobState::kFailed,
                                          JobState::kCancelled};

// "queued", "running", "succeeded", "failed", "cancelled": in rows and messages.
std::string_view JobStateName(JobState state);
std::optional<JobState> ParseJobState(std::string_view name);

// "score", "rescore".
std::string_view JobKindName(JobKind kind);
std::optional<JobKind> ParseJobKind(std::string_view name);

// Succeeded, failed, cancelled.
bool HasEnded(JobState state);

// Whether a job may go from one state to the other, by the table above. To stay is no move, and may
// always be.
bool MayBecome(JobState from, JobState to);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_JOB_STATE_H_
