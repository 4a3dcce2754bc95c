// What a table has no room for, as a file.
#ifndef VENTRAL_CLIENT_CLI_SCORE_ARRAYS_H_
#define VENTRAL_CLIENT_CLI_SCORE_ARRAYS_H_

#include <filesystem>

#include "scoring/base/result.h"
#include "ventral/v1/report.pb.h"

namespace ventral::cli {

enum class Unit { kNeuroid, kSubject };

// Each layer's score of each unit: FILE.csv (layer, step, unit from 1 of those scored, score; a
// line each) or FILE.npy
// ([layer × unit], float64, layers in the report's order, NaN for one without a score).
// @error invalid_input if the name ends otherwise, or the score has no such units; unavailable if
//   the file cannot be written.
Status WriteUnits(const v1::BenchmarkScore& score, Unit unit, const std::filesystem::path& file);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_SCORE_ARRAYS_H_
