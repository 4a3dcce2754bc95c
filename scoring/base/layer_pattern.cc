#include "scoring/base/layer_pattern.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace ventral {
namespace {

std::string AsFilePath(std::string_view text) {
  std::string path(text);
  std::replace(path.begin(), path.end(), '.', '/');
  return path;
}

}  // namespace

bool MatchesLayer(std::string_view pattern, std::string_view layer) {
  if (pattern == "**" || pattern == layer) return true;
  return fnmatch(AsFilePath(pattern).c_str(), AsFilePath(layer).c_str(), FNM_PATHNAME) == 0;
}

}  // namespace ventral
