// Progress on stderr: one line that is rewritten on a terminal, sparse lines elsewhere.
#ifndef VENTRAL_CLIENT_CLI_PROGRESS_LINE_H_
#define VENTRAL_CLIENT_CLI_PROGRESS_LINE_H_

#include <chrono>
#include <string>

namespace ventral::cli {

class ProgressLine {
 public:
  ProgressLine();
  // A line that is not finished is wiped from a terminal.
  ~ProgressLine();
  // `phase` decides what is new where there is no terminal; `text` is what is shown.
  void Show(const std::string& phase, const std::string& text, double done_share = -1);
  // Wipes the line, so that other text can follow.
  void Clear();

 private:
  static constexpr std::chrono::seconds kPlainEvery{10};
  bool terminal_;
  bool shown_ = false;
  std::string phase_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_PROGRESS_LINE_H_
