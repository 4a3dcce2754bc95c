#include "server/database_wait.h"

#include <spdlog/spdlog.h>

#include <string>

#include "server/service/log_text.h"

namespace ventral {

Result<DatabaseWait> WaitForDatabase(const std::function<Status()>& ask,
                                     std::chrono::seconds patience, const sigset_t& stop) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::string told;
  while (true) {
    const Status there = ask();
    if (there.ok()) {
      if (!told.empty()) spdlog::info("the database is there");
      return DatabaseWait::kThere;
    }
    const bool away = there.error().code == ErrorCode::kUnavailable;
    if (!away || std::chrono::steady_clock::now() >= end) return there.error();
    if (const std::string why = service::OneLine(there.error().ToString()); why != told) {
      spdlog::warn("waiting {} s for the database: {}", patience.count(), why);
      told = why;
    }
    const timespec second{1, 0};
    if (sigtimedwait(&stop, nullptr, &second) > 0) {
      spdlog::info("stopped before the database was there");
      return DatabaseWait::kStopped;
    }
  }
}

}  // namespace ventral
