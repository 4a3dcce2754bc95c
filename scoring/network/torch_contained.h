// Private to network and features: where exceptions of LibTorch and of the decoder end.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_CONTAINED_H_
#define VENTRAL_SCORING_NETWORK_TORCH_CONTAINED_H_

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "scoring/base/result.h"

namespace ventral {

// Why the room does not accept a file. Thrown deep inside a decoder, caught by Contained: it never
// leaves the room.
struct Refusal : std::runtime_error {
  explicit Refusal(const std::string& reason) : std::runtime_error(reason) {}
};

// An error for any exception: invalid_input, "where: what is wrong", but resource_limit where
// memory ran out, and unavailable where the device failed (an uncorrectable memory error, a lost
// GPU), which is no fault of the network.
Error ErrorOf(std::exception_ptr exception, std::string_view where);

// Whether LibTorch's message says that memory ran out: its CPU allocator throws a plain c10::Error.
bool SpeaksOfMemory(std::string_view message);

// Calls `body`; its value, or the error of what it threw.
template <typename Body>
auto Contained(std::string_view where, Body&& body) -> Result<decltype(body())> {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    return ErrorOf(std::current_exception(), where);
  }
}

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_CONTAINED_H_
