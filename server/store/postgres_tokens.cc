#include "server/store/account_rows.h"
#include "server/store/page_token.h"
#include "server/store/postgres_accounts.h"

namespace ventral::store {
namespace {

// $1 user, $2 digest, $3 description, $4 now, $5 when it expires
constexpr char kInsertToken[] = R"(
  INSERT INTO tokens (user_id, digest, description, created, expires) VALUES ($1, $2, $3, $4, $5)
  RETURNING *)";
// No change of the user passes between this and the end of the transaction.
constexpr char kUser[] = "SELECT * FROM users WHERE user_id = $1 FOR SHARE";
constexpr char kIsUser[] = "SELECT FROM users WHERE user_id = $1";
// $1 user or '', $2 sequence of the last row of the page before, $3 limit
constexpr char kListTokens[] = R"(
  SELECT * FROM tokens WHERE ($1 = '' OR user_id = $1) AND sequence < $2 ORDER BY sequence DESC LIMIT $3)";
// $1 id, $2 user, $3 now
constexpr char kRevoke[] = R"(
  UPDATE tokens SET revoked = coalesce(revoked, $3) WHERE token_id = $1 AND user_id = $2 RETURNING *)";
constexpr char kByDigest[] = R"(
  SELECT u.*, t.token_id, t.expires, t.revoked, t.last_use
  FROM tokens t JOIN users u USING (user_id) WHERE t.digest = $1)";
// $1 id, $2 now, $3 the oldest last_use that still holds; a last_use in the future comes from a
// clock that was wrong.
constexpr char kUsed[] = R"(
  UPDATE tokens SET last_use = $2
  WHERE token_id = $1 AND (last_use IS NULL OR last_use NOT BETWEEN $3 AND $2))";

Error LetsNobodyIn(const std::string& why) {
  return {ErrorCode::kPermission, "the token " + why + "; an admin makes a new one", {}};
}

// "2025-01-31 12:00:00 UTC"
std::string Shown(TimePoint time) {
  return TimestampText(std::chrono::floor<std::chrono::seconds>(time)).substr(0, 19) + " UTC";
}

Status CheckValid(const pqxx::row& row, TimePoint now) {
  if (!IsNull(row, "revoked")) return LetsNobodyIn("was revoked");
  const auto expires = MaybeTimeOf(row, "expires");
  if (expires && *expires <= now) return LetsNobodyIn("has expired on " + Shown(*expires));
  if (IsNull(row, "disabled")) return Ok{};
  return Error{ErrorCode::kPermission,
               "the user " + TextOf(row, "user_id") + " is disabled; an admin can enable it",
               {}};
}

}  // namespace

Result<TokenRow> PostgresAccounts::CreateToken(const NewToken& token) {
  if (!IsText(token.user)) return NoSuchUser(token.user);
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"description", token.description}}));
  return database_.Transact<TokenRow>([&](pqxx::work& transaction) -> Result<TokenRow> {
    const pqxx::result users = transaction.exec_params(kUser, token.user);
    if (users.empty()) return NoSuchUser(token.user);
    if (!IsNull(users[0], "disabled")) {
      return Conflict("user " + token.user + " is disabled: enable it first");
    }
    const TimePoint now = clock_.Now();
    const std::string expires = token.lifetime ? TimestampText(now + *token.lifetime) : "";
    return TokenOf(transaction.exec_params1(kInsertToken, token.user, token.digest.hex(),
                                            token.description, TimestampText(now),
                                            NullIfEmpty(expires)));
  });
}

Result<Page<TokenRow>> PostgresAccounts::ListTokens(const std::string& user,
                                                    const PageRequest& page) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::int64_t below, ReadPageNumber("tokens", page.token));
  if (!IsText(user)) return NoSuchUser(user);
  return database_.Transact<Page<TokenRow>>([&](pqxx::work& transaction) -> Result<Page<TokenRow>> {
    if (!user.empty() && transaction.exec_params(kIsUser, user).empty()) return NoSuchUser(user);
    const pqxx::result rows = transaction.exec_params(kListTokens, user, below, size + 1);
    std::vector<TokenRow> tokens;
    for (const auto& row : rows) tokens.push_back(TokenOf(row));
    return CutPage(std::move(tokens), size, "tokens", [&](std::size_t last) {
      return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "sequence");
    });
  });
}

Result<TokenRow> PostgresAccounts::RevokeToken(const std::string& user, const std::string& id) {
  const Error none = NotFound("user " + user + " has no token " + id);
  if (!IsText(user) || !IsUuid(id)) return none;
  return database_.Transact<TokenRow>([&](pqxx::work& transaction) -> Result<TokenRow> {
    const pqxx::result rows =
        transaction.exec_params(kRevoke, id, user, TimestampText(clock_.Now()));
    if (rows.empty()) return none;
    return TokenOf(rows[0]);
  });
}

Result<TokenHolder> PostgresAccounts::UseToken(const Digest& digest) {
  return database_.Transact<TokenHolder>([&](pqxx::work& transaction) -> Result<TokenHolder> {
    const pqxx::result rows = transaction.exec_params(kByDigest, digest.hex());
    if (rows.empty()) return LetsNobodyIn("is not known here");
    const TimePoint now = clock_.Now();
    VENTRAL_RETURN_IF_ERROR(CheckValid(rows[0], now));
    TokenHolder holder{UserOf(rows[0]), TextOf(rows[0], "token_id")};
    const auto last = MaybeTimeOf(rows[0], "last_use");
    if (!last || *last < now - kUsedWithin || *last > now) {
      transaction.exec_params(kUsed, holder.token, TimestampText(now),
                              TimestampText(now - kUsedWithin));
    }
    return holder;
  });
}

Result<TokenHolder> PostgresAccounts::HolderOf(const Digest& digest) {
  return database_.Transact<TokenHolder>([&](pqxx::work& transaction) -> Result<TokenHolder> {
    const pqxx::result rows = transaction.exec_params(kByDigest, digest.hex());
    if (rows.empty()) return NotFound("the token is not known here");
    return TokenHolder{UserOf(rows[0]), TextOf(rows[0], "token_id")};
  });
}

}  // namespace ventral::store
