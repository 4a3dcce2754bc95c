#include "server/service/caller.h"

#include <cstdio>
#include <random>
#include <utility>

#include "server/service/names.h"

namespace ventral::service {
namespace {

Caller& Current() {
  static thread_local Caller caller;
  return caller;
}

}  // namespace

std::string NewRequest() {
  static thread_local std::mt19937 random{std::random_device{}()};
  char text[9];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(random()));
  return text;
}

const Caller& CurrentCaller() { return Current(); }

std::string AttemptInLog(const std::string& job, int attempt) {
  return "job=" + JobName(job) + (attempt > 0 ? " attempt=" + std::to_string(attempt) : "");
}

void CallIsAbout(const std::string& job, int attempt) {
  Current().attempt = AttemptInLog(job, attempt);
}

CallerScope::CallerScope() { Current().request = NewRequest(); }
void CallerScope::Is(Caller caller) {
  caller.request = std::move(Current().request);
  Current() = std::move(caller);
}
CallerScope::~CallerScope() { Current() = {}; }

}  // namespace ventral::service
