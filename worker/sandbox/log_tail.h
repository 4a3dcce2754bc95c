// The last bytes of a stream, kept while it is read.
#ifndef VENTRAL_WORKER_SANDBOX_LOG_TAIL_H_
#define VENTRAL_WORKER_SANDBOX_LOG_TAIL_H_

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>

namespace ventral {

class LogTail {
 public:
  static constexpr std::size_t kBytes = 16 << 10;

  // Reads until the end of the stream, or until Stop and nothing more is waiting: a grandchild that left
  // the group may hold the stream open for ever.
  void ReadFrom(int fd);
  void Stop() { stop_ = true; }
  std::string Text() const;

 private:
  std::atomic<bool> stop_ = false;
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_LOG_TAIL_H_
