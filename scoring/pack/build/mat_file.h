// Matrices, texts and struct arrays of a MAT file (level 4, 5 or 7.3), through matio.
// For files whose SHA-256 has been checked: sizes inside them are believed.
#ifndef VENTRAL_SCORING_PACK_BUILD_MAT_FILE_H_
#define VENTRAL_SCORING_PACK_BUILD_MAT_FILE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/pack/npy.h"

namespace ventral {

// One variable: a struct array, or a numeric matrix. Elements are counted in MATLAB's order, from 0.
class MatVariable {
 public:
  // @error invalid_input if the file is no MAT file or has no such variable (names both).
  static Result<MatVariable> Read(const std::filesystem::path& file, const std::string& name);

  // Of the struct array (or matrix), without axes of size 1, in MATLAB's order.
  std::vector<std::int64_t> Shape() const;
  std::int64_t Elements() const;

  // The matrix itself, if the variable is one; C order. @error invalid_input if it is not.
  Result<NpyArray> Numbers() const;
  // A field of one element. @error invalid_input if there is none or it is not numeric / text.
  Result<NpyArray> Numbers(const std::string& field, std::int64_t element) const;
  // Text as it stands; a single number as its decimal digits.
  Result<std::string> Text(const std::string& field, std::int64_t element) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_MAT_FILE_H_
