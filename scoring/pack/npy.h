// NumPy's .npy format, read strictly. Written here because the format is one page (NEP 1) and the
// known libraries trust the header; see docs/decisions/npy-reader.md.
#ifndef VENTRAL_SCORING_PACK_NPY_H_
#define VENTRAL_SCORING_PACK_NPY_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/result.h"

namespace ventral {

// Little-endian numbers of one size.
struct NpyType {
  char kind = 'f';  // 'f' float, 'i' signed, 'u' unsigned
  int bytes = 8;    // f: 4 8; i, u: 1 2 4 8
};

inline constexpr std::size_t kNpyMaxAxes = 32;  // as NumPy's own

struct NpyHeader {
  NpyType type;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
  std::uint64_t count = 0;        // product of the shape
  std::uint64_t data_offset = 0;  // bytes before the first value
};

struct NpyArray {
  NpyType type;                     // as stored
  std::vector<std::int64_t> shape;
  std::vector<double> values;       // C order (row-major), whatever the file's order
};

// `start` is the first bytes of a file, at least its header.
// @error invalid_input: not .npy, cut off, a version that does not exist, a header that is no
//   {'descr', 'fortran_order', 'shape'}, big-endian, structured, boolean, complex or object values.
Result<NpyHeader> ParseNpyHeader(std::string_view start);

// Reads `total_bytes` from the start of `in`. Sizes are compared with `total_bytes` and
// `max_bytes` (of the file, and of the float64 values made of it) before allocation.
// @error as ParseNpyHeader; invalid_input where the size is not what the header promises, or an
//   integer is not exact in float64; resource_limit. All begin with `name`.
Result<NpyArray> ReadNpy(std::istream& in, std::uint64_t total_bytes, std::uint64_t max_bytes,
                         std::string_view name);
Result<NpyArray> ReadNpyFile(const std::filesystem::path& file, std::uint64_t max_bytes,
                             std::string_view name);

// Values in Fortran order (the first index moves fastest) to C order (the last one does).
// Requires as many values as `shape` says, and at most kNpyMaxAxes axes.
std::vector<double> ToRowMajor(const std::vector<double>& stored,
                               const std::vector<std::int64_t>& shape);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_NPY_H_
