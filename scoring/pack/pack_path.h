// Paths named by a pack, and the bytes behind them. Both are hostile.
#ifndef VENTRAL_SCORING_PACK_PACK_PATH_H_
#define VENTRAL_SCORING_PACK_PACK_PATH_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "scoring/base/result.h"

namespace ventral {

// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates), without control characters.
bool IsPlainText(std::string_view text);

// Lower-case letters, digits, '_' and '-', beginning with a letter or digit, at most 64 characters.
bool IsPackName(std::string_view name);

// The regular file that `relative` names in `root`, absolute, symbolic links followed.
// @error as CheckPackPath; not_found if there is none; invalid_input if it is no regular file or a
//   symbolic link leads out of the pack. All name `relative`.
Result<std::filesystem::path> ResolveInPack(const std::filesystem::path& root,
                                            std::string_view relative);

// All bytes of a regular file; `name` stands for it in errors.
// @error not_found, invalid_input (no regular file: a pipe is never waited for), resource_limit if
//   it has more than `max_bytes`, unavailable if it cannot be read.
Result<std::string> ReadBoundedFile(const std::filesystem::path& file, std::uint64_t max_bytes,
                                    std::string_view name);

}  // namespace ventral

#endif  // VENTRAL_SCORING_PACK_PACK_PATH_H_
