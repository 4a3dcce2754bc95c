// What a server in the test's process writes into its log.
#ifndef VENTRAL_TESTS_RPC_CAPTURED_LOG_H_
#define VENTRAL_TESTS_RPC_CAPTURED_LOG_H_

#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <sstream>
#include <string>

namespace ventral::testing {

// Where the log goes. spdlog's default logger may not be replaced under the threads of a server;
// this one stays, and its sinks come and go under a lock. First called before a server starts.
inline spdlog::sinks::dist_sink_mt& LogSinks() {
  static const auto sinks = [] {
    auto made = std::make_shared<spdlog::sinks::dist_sink_mt>(spdlog::default_logger()->sinks());
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", made));
    return made;
  }();
  return *sinks;
}

// What the log says while it lives.
class CapturedLog {
 public:
  CapturedLog() { LogSinks().add_sink(sink_); }
  ~CapturedLog() { LogSinks().remove_sink(sink_); }
  // Of a server that was stopped: nobody may write meanwhile.
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  const std::shared_ptr<spdlog::sinks::ostream_sink_mt> sink_ =
      std::make_shared<spdlog::sinks::ostream_sink_mt>(text_, true);
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_RPC_CAPTURED_LOG_H_
