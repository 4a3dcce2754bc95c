// Where a pack is built before it is one.
#ifndef VENTRAL_SCORING_PACK_BUILD_WORKPLACE_H_
#define VENTRAL_SCORING_PACK_BUILD_WORKPLACE_H_

#include <filesystem>
#include <utility>

#include "scoring/base/result.h"

namespace ventral {

// The folder ".NAME.building" beside `out`, empty, held by one process, and gone with this object
// unless it became `out`. What a killed build left there is removed by the next one.
class Workplace {
 public:
  // @error conflict if another process builds there. @error unavailable if it cannot be written.
  static Result<Workplace> Make(const std::filesystem::path& out);

  Workplace(Workplace&& other) noexcept
      : path_(std::exchange(other.path_, {})), descriptor_(std::exchange(other.descriptor_, -1)) {}
  Workplace& operator=(Workplace&&) = delete;
  ~Workplace();

  const std::filesystem::path& path() const { return path_; }
  // @error conflict if something stands at `out`.
  Status Become(const std::filesystem::path& out);

 private:
  Workplace(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  std::filesystem::path path_;
  int descriptor_;  // holds the lock
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_BUILD_WORKPLACE_H_
