// The sections "sources" and "build" of a pack.json, as plain data.
#ifndef VENTRAL_SCORING_PACK_BUILD_RECIPE_H_
#define VENTRAL_SCORING_PACK_BUILD_RECIPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "scoring/pack/manifest.h"

namespace ventral {

// One published file.
struct SourceFile {
  std::string file;  // "92_brainRDMs.mat", "stimuli/01.jpg"
  std::string url;   // https
  Digest sha256;
  std::uint64_t bytes = 0;
};

// One .npy of the pack, and where its numbers stand in the source.
struct ArrayStep {
  std::string to;
  std::string from;
  std::string member;                   // of an .npz
  std::string variable;                 // of a .mat
  std::string field;                    // of a struct array in it
  std::optional<std::int64_t> element;  // of that struct array, from 0; absent: all, stacked
  bool upper_triangle = false;
  std::vector<std::size_t> transpose;   // empty: as it is
};

struct MatImages {
  std::string from, variable, image_field;
  std::vector<std::pair<std::string, std::string>> columns;  // column of stimuli.csv, field
};
struct ZipImages {
  std::string from, prefix, suffix;
  int digits = 4;
};
struct CopiedImages {
  std::string prefix;
};

struct Recipe {
  std::vector<SourceFile> sources;
  std::vector<ArrayStep> arrays;
  std::variant<MatImages, ZipImages, CopiedImages> stimuli;
};

// @error invalid_input with a JSON pointer: no "build", an address that is not https, a "from" that
//   is no source, a "to" that is no array of the pack, an array of the pack that no step makes.
Result<Recipe> ParseRecipe(const ManifestDocument& document);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_RECIPE_H_
