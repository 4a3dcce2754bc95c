#include "scoring/base/recording.h"

namespace ventral {

std::int64_t Recording::Size(Axis axis) const {
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i] == axis) return shape[i];
  }
  return 1;
}

}  // namespace ventral
