// The names that a mistyped one may have meant.
#ifndef VENTRAL_SERVER_SERVICE_NEAREST_H_
#define VENTRAL_SERVER_SERVICE_NEAREST_H_

#include <string>
#include <string_view>
#include <vector>

namespace ventral::service {

// At most `count` of `names`, by Levenshtein distance to `name`, then by name. Names longer than
// 200 bytes are compared by their first 200.
std::vector<std::string> NearestNames(std::string_view name, const std::vector<std::string>& names,
                                      std::size_t count = 3);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_NEAREST_H_
