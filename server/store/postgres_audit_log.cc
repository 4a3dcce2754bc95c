#include "server/store/postgres_audit_log.h"

#include "server/store/fields.h"
#include "server/store/page_token.h"

namespace ventral::store {
namespace {

constexpr std::size_t kLongest = 400;  // bytes of a resource or an address

// $1 now, $2 user, $3 token, $4 method, $5 resource, $6 outcome, $7 peer
constexpr char kAppend[] = R"(
  INSERT INTO audit_log (at, user_id, token_id, method, resource, outcome, peer)
  VALUES ($1, $2, $3, $4, $5, $6, $7))";
// $1 user or '', $2 since, $3 sequence of the last row of the page before, $4 limit
constexpr char kListCalls[] = R"(
  SELECT * FROM audit_log
  WHERE ($1 = '' OR user_id = $1) AND ($2::timestamptz IS NULL OR at >= $2) AND sequence < $3
  ORDER BY sequence DESC LIMIT $4)";

AuditRow EventOf(const pqxx::row& row) {
  AuditRow event;
  event.sequence = IntegerOf(row, "sequence");
  event.at = TimeOf(row, "at");
  event.user = TextOf(row, "user_id");
  event.token = TextOf(row, "token_id");
  event.method = TextOf(row, "method");
  event.resource = TextOf(row, "resource");
  event.outcome = TextOf(row, "outcome");
  event.peer = TextOf(row, "peer");
  return event;
}

std::string Clean(const std::string& text) { return CleanText(text, kLongest, Keep::kStart); }

}  // namespace

Status PostgresAuditLog::Append(const AuditRow& event) {
  VENTRAL_RETURN_IF_ERROR(database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kAppend, TimestampText(clock_.Now()), Clean(event.user),
                            Clean(event.token), Clean(event.method), Clean(event.resource),
                            Clean(event.outcome), Clean(event.peer));
    return true;
  }));
  return Ok{};
}

Result<Page<AuditRow>> PostgresAuditLog::List(const AuditFilter& filter) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(filter.page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::int64_t below, ReadPageNumber("audit", filter.page.token));
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"user", filter.user}}));
  const std::string since = filter.since ? TimestampText(*filter.since) : "";
  return database_.Transact<Page<AuditRow>>([&](pqxx::work& transaction) -> Result<Page<AuditRow>> {
    const pqxx::result rows =
        transaction.exec_params(kListCalls, filter.user, NullIfEmpty(since), below, size + 1);
    std::vector<AuditRow> events;
    for (const auto& row : rows) events.push_back(EventOf(row));
    return CutPage(std::move(events), size, "audit", [&](std::size_t last) {
      return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "sequence");
    });
  });
}

}  // namespace ventral::store
