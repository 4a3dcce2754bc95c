// Page sizes (AIP-158).
#ifndef VENTRAL_SERVER_SERVICE_PAGING_H_
#define VENTRAL_SERVER_SERVICE_PAGING_H_

#include <algorithm>
#include <cstdint>
#include <string>

#include "scoring/base/result.h"

namespace ventral::service {

inline constexpr int kDefaultPage = 50;
inline constexpr int kLargestPage = 1000;

// 0 means 50, more than `largest` means `largest`. @error invalid_input for less than 0.
inline Result<int> PageSize(std::int32_t asked, int largest = kLargestPage) {
  if (asked < 0)
    return InvalidInput("is " + std::to_string(asked) + "; must be 0 (the default) or more");
  return std::min(asked == 0 ? kDefaultPage : asked, largest);
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_PAGING_H_
