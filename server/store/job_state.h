// The states of a job, and what moves it from one to the next.
//
//              Create
//                │
//                ▼        Lease                     Complete
//      ┌──────▶ queued ───────────────▶ running ──────────────▶ succeeded
//      │        │  ▲                    │ │ │
//      │ Cancel │  │ Fail, Reap:        │ │ │ Fail, Reap: no attempt is left, or none could help
//      │        │  │ another attempt    │ │ └─────────────────▶ failed ─────┐
//      │        │  └────────────────────┘ │                                 │
//      │        │                         │ Fail, Reap: cancel was asked    │ Retry
//      │        └─────▶ cancelled ◀───────┘                                 │
//      │                    │ Retry                                         │
//      └────────────────────┴───────────────────────────────────────────────┘
//
// Cancel of a running job only asks: the job ends when its worker confirms, or when the lease runs
// out. A worker that completes before it hears of it has succeeded.
#ifndef VENTRAL_SERVER_STORE_JOB_STATE_H_
#define VENTRAL_SERVER_STORE_JOB_STATE_H_

#include <optional>
#include <string_view>

#include "server/store/rows.h"

namespace ventral::store {

// "queued", "running", "succeeded", "failed", "cancelled": in rows and messages.
std::string_view JobStateName(JobState state);
std::optional<JobState> ParseJobState(std::string_view name);

// "score", "rescore".
std::string_view JobKindName(JobKind kind);
std::optional<JobKind> ParseJobKind(std::string_view name);

// Succeeded, failed, cancelled.
bool HasEnded(JobState state);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_JOB_STATE_H_
