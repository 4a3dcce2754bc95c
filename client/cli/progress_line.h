// Progress on stderr: one line that is rewritten on a terminal, sparse lines elsewhere.
#ifndef VENTRAL_CLIENT_CLI_PROGRESS_LINE_H_
#define VENTRAL_CLIENT_CLI_PROGRESS_LINE_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ventral::cli {

class ProgressLine {
 public:
  ProgressLine();
  // A line that is not finished is wiped from a terminal.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `text` is shown, shortened to the terminal's width, behind a bar where `done` of `total` is
  // known. Where there is no terminal, a line is written when `phase` is another than before, and
  // every ten seconds.
  void Show(const std::string& phase, const std::string& text, std::int64_t done = 0,
            std::int64_t total = 0);
  // "  upload 1.5 MiB of 3.0 MiB".
  void ShowUpload(std::int64_t done, std::int64_t total);
  // A line of its own, which stays: "going on with the upload of net.pt2: 12.0 MiB of 40.0 MiB are
  // there".
  void SayUploadGoesOn(const std::filesystem::path& file, std::int64_t there, std::int64_t bytes);
  // A line that stays, above what is shown next.
  void Keep(const std::string& text);
  // Wipes the line, so that other text can follow.
  void Clear();

 private:
  static constexpr std::chrono::seconds kPlainEvery{10};
  const bool terminal_;
  bool shown_ = false;
  std::optional<std::string> phase_;
  std::chrono::steady_clock::time_point last_{};
};

// "[######..................] ", or "" where `total` is not known.
std::string Bar(std::int64_t done, std::int64_t total);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_PROGRESS_LINE_H_
