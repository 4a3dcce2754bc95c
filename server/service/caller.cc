#include "server/service/caller.h"

#include <utility>

namespace ventral::service {
namespace {

Caller& Current() {
  static thread_local Caller caller;
  return caller;
}

}  // namespace

const Caller& CurrentCaller() { return Current(); }

CallerScope::CallerScope(Caller caller) { Current() = std::move(caller); }
CallerScope::~CallerScope() { Current() = {}; }

}  // namespace ventral::service
