#include <google/protobuf/util/time_util.h>

#include <chrono>
#include <memory>

#include "client/cli/admin.h"
#include "client/cli/commands.h"

namespace ventral::cli {
namespace {

using Admin = v1::AdminService::StubInterface;
using google::protobuf::util::TimeUtil;

struct AuditFlags {
  std::string user, since;
  int limit = 50;
};

// "90m", "12h", "7d" before `now`, else a time such as 2026-11-30 or 2026-11-30T08:00:00Z.
Result<google::protobuf::Timestamp> ParseSince(const std::string& text, std::int64_t now) {
  const char unit = text.empty() ? ' ' : text.back();
  const std::int64_t seconds = unit == 'm' ? 60 : unit == 'h' ? 3600 : unit == 'd' ? 86'400 : 0;
  const std::string digits = text.substr(0, text.empty() ? 0 : text.size() - 1);
  const bool plain = !digits.empty() && digits.size() <= 6 &&
                     digits.find_first_not_of("0123456789") == std::string::npos;
  if (seconds > 0 && plain) return TimeUtil::SecondsToTimestamp(now - std::stoll(digits) * seconds);
  google::protobuf::Timestamp time;
  const std::string whole = text.size() == 10 ? text + "T00:00:00Z" : text;
  if (TimeUtil::FromString(whole, &time)) return time;
  return InvalidInput("--since '" + text +
                      "' is no time: write 90m, 12h, 7d, 2026-11-30 or 2026-11-30T08:00:00Z");
}

// Pages until there are `limit` events, or no more.
Result<v1::ListAuditEventsResponse> Newest(client::Connection& connection,
                                           v1::ListAuditEventsRequest request, int limit) {
  v1::ListAuditEventsResponse all;
  do {
    request.set_page_size(std::min(limit - all.events_size(), 1000));
    VENTRAL_ASSIGN_OR_RETURN(
        const v1::ListAuditEventsResponse page,
        connection.CallTwice(connection.admin(), &Admin::ListAuditEvents, request));
    all.mutable_events()->MergeFrom(page.events());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && all.events_size() < limit);
  return all;
}

Status Run(Session& session, const AuditFlags& flags) {
  v1::ListAuditEventsRequest request;
  if (!flags.user.empty()) {
    request.set_user(flags.user.starts_with("users/") ? flags.user : "users/" + flags.user);
  }
  if (!flags.since.empty()) {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    VENTRAL_ASSIGN_OR_RETURN(*request.mutable_since_time(), ParseSince(flags.since, now));
  }
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const auto events, Newest(*connection, request, flags.limit));
  session.Print(events, FormatAudit(events));
  return Ok{};
}

}  // namespace

void AddAdminAudit(CLI::App& admin, Session& session) {
  const auto flags = std::make_shared<AuditFlags>();
  CLI::App* audit =
      AddCommand(admin, session, "audit", "Who did what, newest first",
                 "ventral admin audit\nventral admin audit --user mara --since 7d --json",
                 [&session, flags] { return Run(session, *flags); });
  audit->add_option("--user", flags->user, "Only what this user did")->check(NoSecret());
  audit->add_option("--since", flags->since, "Only from then on: 90m, 12h, 7d, 2026-11-30");
  audit->add_option("--limit", flags->limit, "At most so many")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
}

}  // namespace ventral::cli
