// Messages as text for people. Pure; 'show' and 'score' print a score through the same function, so the digits are
// the same wherever it was made.
#ifndef VENTRAL_CLIENT_CLI_FORMAT_H_
#define VENTRAL_CLIENT_CLI_FORMAT_H_

#include <string>

#include "ventral/v1/job.pb.h"
#include "ventral/v1/report.pb.h"
#include "ventral/v1/score.pb.h"

namespace ventral::cli {

// Three decimals.
std::string Number(double value);
// "1.5 MiB", "640 B".
std::string ByteSize(std::int64_t bytes);
// "2026-11-24 18:05:02 UTC"; "" for none.
std::string Time(const google::protobuf::Timestamp& time);
// "features.12", "it@2".
std::string LayerName(const v1::LayerId& layer);
// "succeeded", "invalid checkpoint".
std::string StateName(v1::JobState state);
std::string CauseName(v1::FailureCause cause);
// The last part of a resource name: "jobs/ID" → "ID".
std::string LastPart(const std::string& name);

// A header, the headline, and a table of the layers.
std::string FormatScore(const v1::BenchmarkScore& score, const v1::Provenance& provenance);
// A table with one column a benchmark, ceilings, and what the numbers mean.
std::string FormatLeaderboard(const v1::Leaderboard& leaderboard);
// "extract 320/640: pass 1 of 2"; "queued".
std::string FormatProgress(const v1::Job& job);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_FORMAT_H_
