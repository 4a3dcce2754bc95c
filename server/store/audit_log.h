// Who did what, to which resource, when, from where. Append-only.
#ifndef VENTRAL_SERVER_STORE_AUDIT_LOG_H_
#define VENTRAL_SERVER_STORE_AUDIT_LOG_H_

#include <cstdint>
#include <optional>
#include <string>

#include "scoring/base/result.h"
#include "server/store/catalogue.h"

namespace ventral::store {

struct AuditRow {
  std::int64_t sequence = 0;  // given by the log
  TimePoint at{};             // given by the log
  std::string user, token;    // ids; empty for a call without a token
  std::string method;         // "/ventral.v1.JobService/CancelJob"
  std::string resource;       // its name, or what comes nearest to it
  std::string outcome;        // "OK", "NOT_FOUND", …
  std::string peer;           // "ipv4:10.0.0.7:40312"
};

struct AuditFilter {
  PageRequest page;
  std::string user;  // all when empty
  std::optional<TimePoint> since;
};

class AuditLog {
 public:
  virtual ~AuditLog() = default;

  // Texts that PostgreSQL does not take are cleaned, not refused.
  virtual Status Append(const AuditRow& event) = 0;
  // Newest first.
  virtual Result<Page<AuditRow>> List(const AuditFilter& filter) = 0;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_AUDIT_LOG_H_
