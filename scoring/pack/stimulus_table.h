// stimuli.csv: which image is which row of every array.
#ifndef VENTRAL_SCORING_PACK_STIMULUS_TABLE_H_
#define VENTRAL_SCORING_PACK_STIMULUS_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"

namespace ventral {

struct StimulusRow {
  std::string id;
  std::string file;  // relative to the pack, checked by CheckPackPath
};

// `csv` is the whole file (RFC 4180), the first row its header; columns stimulus_id and file, in any
// place; others are the pack's own, and go to `columns` where it is given, but for those whose name
// is empty, stands twice or is no plain text. Rows are counted as an editor does: the header is row 1.
// @error invalid_input names `name` and the row: no such column, another number of fields than the
//   header, an empty or doubled stimulus_id, a path that leaves the pack, broken quoting.
// @error resource_limit for more than `max_stimuli` rows.
Result<std::vector<StimulusRow>> ParseStimulusTable(std::string_view csv, std::int64_t max_stimuli,
                                                    std::string_view name,
                                                    StimulusColumns* columns = nullptr);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_STIMULUS_TABLE_H_
