// The last bytes of a stream, kept while it is read.
#ifndef VENTRAL_WORKER_SANDBOX_LOG_TAIL_H_
#define VENTRAL_WORKER_SANDBOX_LOG_TAIL_H_

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace ventral {

class LogTail {
 public:
  static constexpr std::size_t kBytes = 16 << 10;

  // Reads until the end of the stream. After Stop, only until nothing more is waiting, and no more
  // than a pipe holds: a grandchild that left the group may hold the stream open, or write to it,
  // for ever. Each piece is written to `forward_to` too, unless that is -1.
  void ReadFrom(int fd, int forward_to);
  void Stop() { stop_ = true; }
  std::string Text() const;

 private:
  void Keep(std::string_view piece);

  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_LOG_TAIL_H_
