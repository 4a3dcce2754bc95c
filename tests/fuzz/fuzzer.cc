// libFuzzer's entry point; VENTRAL_FUZZ_TARGET is a function of targets.h.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ventral::fuzz::VENTRAL_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
