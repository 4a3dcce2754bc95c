#include "client/cli/progress_line.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "client/cli/format.h"
#include "client/cli/terminal_text.h"

namespace ventral::cli {
namespace {

constexpr char kWipe[] = "\r\033[K";

// Wiping clears one row: a longer line would leave its first rows behind.
std::size_t TerminalColumns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

// A terminal that knows no control sequences gets plain lines.
bool IsTerminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (kind == nullptr || std::strcmp(kind, "dumb") != 0);
}

}  // namespace

std::string Bar(std::int64_t done, std::int64_t total) {
  constexpr int kWidth = 24;
  if (total <= 0) return "";
  const double share = std::clamp(static_cast<double>(done) / static_cast<double>(total), 0.0, 1.0);
  const auto full = static_cast<std::size_t>(share * kWidth);
  return "[" + std::string(full, '#') + std::string(kWidth - full, '.') + "] ";
}

ProgressLine::ProgressLine() : terminal_(IsTerminal()) {}
ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Show(const std::string& phase, const std::string& text, std::int64_t done,
                        std::int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (terminal_) {
    const std::string line = ShortenedTo(TerminalColumns() - 1, Bar(done, total) + Printable(text));
    std::fprintf(stderr, "%s%s", kWipe, line.c_str());
    shown_ = true;
  } else if (phase != phase_ || now - last_ >= kPlainEvery) {
    std::fprintf(stderr, "  %s\n", Printable(text).c_str());
    last_ = now;
  }
  std::fflush(stderr);
  phase_ = phase;
}

void ProgressLine::ShowUpload(std::int64_t done, std::int64_t total) {
  Show("upload", "upload " + ByteSize(done) + " of " + ByteSize(total), done, total);
}

void ProgressLine::SayUploadGoesOn(const std::filesystem::path& file, std::int64_t there,
                                   std::int64_t bytes) {
  Clear();
  std::fprintf(stderr, "going on with the upload of %s: %s of %s are there\n",
               Printable(file.filename().string()).c_str(), ByteSize(there).c_str(),
               ByteSize(bytes).c_str());
  std::fflush(stderr);
}

void ProgressLine::Keep(const std::string& text) {
  Clear();
  std::fprintf(stderr, "  %s\n", Printable(text).c_str());
  std::fflush(stderr);
}

void ProgressLine::Clear() {
  if (shown_) std::fputs(kWipe, stderr);
  shown_ = false;
}

}  // namespace ventral::cli
