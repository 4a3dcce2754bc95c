#include "scoring/network/torch_contained.h"

#include <c10/util/Exception.h>

#include <cstdint>
#include <new>

namespace ventral {
namespace {

std::string FirstLine(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

// Whether a network can bring an error of the CUDA runtime about by what it asks for, so that it
// would come again: kernels of impossible shapes, and what a kernel asserts, such as an index.
bool ComesOfTheNetwork(std::int32_t code) {
  constexpr std::int32_t kInvalidValue = 1, kInvalidConfiguration = 9;
  constexpr std::int32_t kLaunchOutOfResources = 701, kAssert = 710;
  return code == kInvalidValue || code == kInvalidConfiguration || code == kLaunchOutOfResources ||
         code == kAssert;
}

Error OfDevice(const c10::AcceleratorError& error, const std::string& prefix) {
  const std::string message = FirstLine(error.what_without_backtrace());
  if (SpeaksOfMemory(message)) return ResourceLimit(prefix + "not enough memory (" + message + ")");
  if (ComesOfTheNetwork(error.get_error_code())) return InvalidInput(prefix + message);
  return Unavailable(prefix + "the device failed (" + message + ")");
}

}  // namespace

bool SpeaksOfMemory(std::string_view message) {
  return message.find("DefaultCPUAllocator") != std::string_view::npos ||
         message.find("out of memory") != std::string_view::npos;
}

Error ErrorOf(std::exception_ptr exception, std::string_view where) {
  const std::string prefix = std::string(where) + ": ";
  try {
    std::rethrow_exception(exception);
  } catch (const std::bad_alloc&) {
    return ResourceLimit(prefix + "not enough memory");
  } catch (const c10::AcceleratorError& error) {
    return OfDevice(error, prefix);
  } catch (const c10::Error& error) {
    const std::string message = FirstLine(error.what_without_backtrace());
    if (SpeaksOfMemory(message))
      return ResourceLimit(prefix + "not enough memory (" + message + ")");
    return InvalidInput(prefix + message);
  } catch (const std::exception& error) {
    return InvalidInput(prefix + FirstLine(error.what()));
  } catch (...) {
    return Internal(prefix + "unknown exception");
  }
}

}  // namespace ventral
