#include "worker/sandbox/log_tail.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ventral {

void LogTail::ReadFrom(int fd, int forward_to) {
  constexpr int kLookAgainMilliseconds = 50;
  std::array<char, 4096> buffer{};
  std::size_t left_after_stop = 1 << 16;  // what a pipe holds
  while (left_after_stop > 0) {
    pollfd waiting{fd, POLLIN, 0};
    const bool stopping = stop_;  // asked before the poll: what came before Stop is still read
    const int ready = poll(&waiting, 1, stopping ? 0 : kLookAgainMilliseconds);
    if (ready < 0 && errno != EINTR) return;
    if (ready <= 0) {
      if (stopping) return;
      continue;
    }
    const ssize_t got = read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
    if (stopping) left_after_stop -= std::min(left_after_stop, piece.size());
    Keep(piece);
    if (forward_to >= 0) {
      [[maybe_unused]] const ssize_t written = write(forward_to, piece.data(), piece.size());
    }
  }
}

void LogTail::Keep(std::string_view piece) {
  const std::lock_guard lock(mutex_);
  text_.append(piece);
  // Cut rarely, so that a flood costs one move in many reads.
  if (text_.size() > 4 * kBytes) text_.erase(0, text_.size() - kBytes);
}

std::string LogTail::Text() const {
  const std::lock_guard lock(mutex_);
  return text_.size() > kBytes ? text_.substr(text_.size() - kBytes) : text_;
}

}  // namespace ventral
