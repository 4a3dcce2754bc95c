// Private to lib: one file on its way, over cuts.
#ifndef VENTRAL_CLIENT_LIB_FILE_UPLOAD_H_
#define VENTRAL_CLIENT_LIB_FILE_UPLOAD_H_

#include <cstdint>
#include <functional>

#include "client/lib/upload.h"

namespace ventral::client {

class FileUpload {
 public:
  // All outlive it. `there` is told how many of the file's bytes have been sent.
  FileUpload(Connection& connection, const LocalFile& file, const UploadPatience& patience,
             std::function<void(std::int64_t)> there, const UploadGoesOn& goes_on)
      : connection_(connection),
        file_(file),
        patience_(patience),
        there_(std::move(there)),
        goes_on_(goes_on) {}

  // Until the server has it, or says why not. @error as UploadMissing.
  Status Run();

 private:
  // What came of a try.
  enum class End { kDone, kCut, kBusy, kElsewhere, kRefused };

  Status Ask();
  Status Send(End* end);
  bool MayTryAgain(End end);

  Connection& connection_;
  const LocalFile& file_;
  const UploadPatience patience_;
  const std::function<void(std::int64_t)> there_;
  const UploadGoesOn& goes_on_;
  std::int64_t from_ = 0;      // where the next try begins
  std::int64_t furthest_ = 0;  // that the server ever had
  bool whole_ = false;         // the server has all of it
  bool begin_anew_ = false;    // what the server has is no use
  bool keeps_ = true;          // whether it keeps what came of a try
  int tries_ = 0;              // since it last had more
  std::chrono::milliseconds pause_{0}, waited_{0};
};

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_FILE_UPLOAD_H_
