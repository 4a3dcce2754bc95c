// Where the published files of a recipe lie on this disk, each with the right SHA-256.
#ifndef VENTRAL_SCORING_PACK_BUILD_SOURCE_FILES_H_
#define VENTRAL_SCORING_PACK_BUILD_SOURCE_FILES_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scoring/base/result.h"
#include "scoring/pack/build/recipe.h"

namespace ventral {

// A folder that somebody put published files into, in whatever order of subfolders.
class SourceFolder {
 public:
  // Lists `folder` four levels deep. @error not_found; resource_limit beyond 200,000 entries.
  static Result<SourceFolder> Open(const std::filesystem::path& folder);

  // The file with the source's own name, or the last part of its address, whose bytes are right.
  // @error not_found if none has the name; invalid_input if one has, with another SHA-256.
  Result<std::filesystem::path> Find(const SourceFile& source) const;

 private:
  std::filesystem::path folder_;
  std::multimap<std::string, std::filesystem::path> by_name_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_SOURCE_FILES_H_
