// What a worker says it computed, before any of it is stored.
#ifndef VENTRAL_SERVER_SERVICE_REPORT_CHECK_H_
#define VENTRAL_SERVER_SERVICE_REPORT_CHECK_H_

#include <string>
#include <vector>

#include "scoring/pack/pack.h"
#include "server/store/rows.h"
#include "ventral/v1/report.pb.h"

namespace ventral::service {

// What the report must be about.
struct ReportSubject {
  std::string checkpoint_sha256;
  std::string pack, pack_version, pack_digest;
  PackManifest manifest;
};

// The numbers are known to be finite (CheckWellFormed).
// @error invalid_input names the field: another checkpoint or pack, no scorer version, a benchmark
//   that is missing, double or not the pack's, its metric or seed not the pack's, no layer, a layer
//   twice, a headline layer that is not among the layers, bounds the wrong way round, a negative
//   count.
Status CheckReport(const v1::ScoreReport& report, const ReportSubject& subject);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_REPORT_CHECK_H_
