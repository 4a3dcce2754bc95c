// An upload that counts against its user's day. One that was cut has paid for the bytes that came;
// the one that goes on pays for the others, and is no further upload.
#ifndef VENTRAL_SERVER_SERVICE_CHARGED_UPLOAD_H_
#define VENTRAL_SERVER_SERVICE_CHARGED_UPLOAD_H_

#include <spdlog/spdlog.h>

#include <algorithm>

#include "server/service/log_text.h"
#include "server/store/quotas.h"

namespace ventral::service {

class ChargedUpload {
 public:
  // `quotas` outlives it. `charge`: what was counted before the bytes came.
  ChargedUpload(store::Quotas& quotas, store::UploadCharge charge)
      : quotas_(quotas), charge_(std::move(charge)) {}

  // Nothing of it was begun.
  void Cancel() { GiveBack(charge_.uploads, charge_.bytes); }

  void Received(std::size_t bytes) { received_ += static_cast<std::int64_t>(bytes); }

  // Gives back what an upload that failed did not use: all of it where the failure was ours, else
  // the bytes that did not come.
  void Settle(const Status& outcome, bool cancelled) {
    if (outcome.ok()) return;
    const ErrorCode code = outcome.error().code;
    const bool ours =
        !cancelled && (code == ErrorCode::kUnavailable || code == ErrorCode::kInternal ||
                       code == ErrorCode::kCorruptData);
    const std::int64_t missing = std::max<std::int64_t>(charge_.bytes - received_, 0);
    GiveBack(ours ? charge_.uploads : 0, ours ? charge_.bytes : missing);
  }

 private:
  void GiveBack(std::int64_t uploads, std::int64_t bytes) {
    const Status back = quotas_.GiveBack(charge_, uploads, bytes);
    if (!back.ok()) spdlog::warn("not given back: {}", OneLine(back.error().ToString()));
  }

  store::Quotas& quotas_;
  const store::UploadCharge charge_;
  std::int64_t received_ = 0;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CHARGED_UPLOAD_H_
