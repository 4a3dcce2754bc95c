#include "client/cli/progress_line.h"

#include <unistd.h>

#include <cstdio>


namespace ventral::cli {
namespace {

std::string Bar(double share) {
  constexpr int kWidth = 24;
  const int full = static_cast<int>(share * kWidth + 0.5);
  std::string bar = "[";
  for (int i = 0; i < kWidth; ++i) bar += i < full ? "#" : ".";
  return bar + "] ";
}

}  // namespace

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}
ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Show(const std::string& phase, const std::string& text, double done_share) {
  const auto now = std::chrono::steady_clock::now();
  const bool fresh = phase != phase_;
  if (terminal_) {
    const std::string bar = done_share >= 0 && done_share <= 1 ? Bar(done_share) : "";
    std::fprintf(stderr, "\r\033[K%s%s", bar.c_str(), text.c_str());
    shown_ = true;
  } else if (fresh || now - last_ >= kPlainEvery) {
    std::fprintf(stderr, "%s\n", text.c_str());
    last_ = now;
  }
  std::fflush(stderr);
  phase_ = phase;
}

void ProgressLine::Clear() {
  if (shown_) std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace ventral::cli
