// What a user may do at most, and what it has used of that.
#ifndef VENTRAL_SERVER_STORE_QUOTAS_H_
#define VENTRAL_SERVER_STORE_QUOTAS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "scoring/base/clock.h"
#include "scoring/base/result.h"

namespace ventral::store {

// One number for each thing that is limited. As limits: 0 is none.
struct QuotaNumbers {
  std::int64_t jobs = 0;                // that wait or run at a time
  std::int64_t daily_uploads = 0;       // a day (UTC)
  std::int64_t daily_upload_bytes = 0;  // a day (UTC)
};

struct QuotaRow {
  QuotaNumbers limits, used;
  bool own_jobs = false, own_daily_uploads = false, own_daily_upload_bytes = false;  // not defaults
  TimePoint reset{};  // when the day ends
};

// Of each limit: absent, it stays; kDefaultLimit, the default; else the user's own, 0 for none.
struct QuotaChange {
  std::optional<std::int64_t> jobs, daily_uploads, daily_upload_bytes;
};
inline constexpr std::int64_t kDefaultLimit = -1;

struct UploadCharge {
  std::string user, day;
  std::int64_t uploads = 0, bytes = 0;
};

class Quotas {
 public:
  virtual ~Quotas() = default;

  // @error not_found if there is no such user.
  virtual Result<QuotaRow> Get(const std::string& user) = 0;
  // @error not_found; invalid_input names the limit that is below kDefaultLimit.
  virtual Result<QuotaRow> Set(const std::string& user, const QuotaChange& change) = 0;

  // Counts uploads (1; 0 for one that goes on) and bytes, before they come; exact where many ask at
  // once. @error resource_limit says which limit, how much is left and until when.
  virtual Result<UploadCharge> ChargeUpload(const std::string& user, std::int64_t bytes,
                                            std::int64_t uploads = 1) = 0;
  // Of an upload that failed.
  virtual Status GiveBack(const UploadCharge& charge, std::int64_t uploads, std::int64_t bytes) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_QUOTAS_H_
