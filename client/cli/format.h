// Messages as text for people. Pure; 'show' and 'score' print a score through the same function, so
// the digits are the same wherever it was made. Nothing in what they return commands a terminal.
#ifndef VENTRAL_CLIENT_CLI_FORMAT_H_
#define VENTRAL_CLIENT_CLI_FORMAT_H_

#include <string>

#include "ventral/v1/job.pb.h"
#include "ventral/v1/model.pb.h"
#include "ventral/v1/pack.pb.h"
#include "ventral/v1/report.pb.h"
#include "ventral/v1/score.pb.h"
#include "ventral/v1/worker_pool.pb.h"

namespace ventral::cli {

// Three decimals.
std::string Number(double value);
// "1.5 MiB", "640 B".
std::string ByteSize(std::int64_t bytes);
// "2026-11-24 18:05:02 UTC"; "" for none.
std::string Time(const google::protobuf::Timestamp& time);
// "features.12", "it@2".
std::string LayerName(const v1::LayerId& layer);
// "succeeded", "invalid_checkpoint", as documentation, databases and --state write them.
std::string StateName(v1::JobState state);
std::string CauseName(v1::FailureCause cause);
// The last part of a resource name: "jobs/ID" → "ID".
std::string LastPart(const std::string& name);
// The model of "models/M/checkpoints/S": "M".
std::string ModelOfCheckpoint(const std::string& checkpoint);

// A header, the headline with everything needed to compute it again, and a table of the layers.
// Ends with one line feed.
std::string FormatScore(const v1::BenchmarkScore& score, const v1::Provenance& provenance);
// A table with one column a benchmark, its ceilings, and what the numbers mean.
std::string FormatLeaderboard(const v1::Leaderboard& leaderboard);
// How often a submitter may be scored on a pack, and whether it is private; "" where all is open.
std::string HeldOut(const v1::PackPolicy& policy);

// Models best first with their tiers, then every two of them.
std::string FormatComparison(const v1::ModelComparison& comparison);
// What the model says of itself.
std::string FormatModel(const v1::Model& model);
std::string FormatJobs(const v1::ListJobsResponse& jobs);
// What was queued by CreateRescoreJobs, and what was not, with the reason. `watched`: without how
// to follow a job.
std::string FormatRescore(const v1::CreateRescoreJobsResponse& made, bool watched);
// Each attempt with its cause and log.
std::string FormatAttempts(const v1::ListJobAttemptsResponse& attempts);
// Who they are, when they were heard of, and what seals the checkpoints that they run; "" for none.
std::string FormatWorkers(const v1::ListWorkersResponse& workers);
// "now", "40 s ago", "3 min ago", "5 h ago", "2 d ago".
std::string Ago(std::int64_t seconds);
// "extract 320/640: pass 1 of 2"; "queued".
std::string FormatProgress(const v1::Job& job);
// "plan: 3 passes, 1.2 GiB activations, 0.4 GiB Grams, 1.9 GiB at a time, about 40 s".
std::string FormatEstimate(const v1::RunEstimate& estimate);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_FORMAT_H_
