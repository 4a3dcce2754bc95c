#include "scoring/network/torch_contained.h"

#include <c10/util/Exception.h>

#include <new>

namespace ventral {
namespace {

std::string FirstLine(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
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
