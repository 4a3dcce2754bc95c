#include "server/store/postgres_accounts.h"

#include "server/store/account_rows.h"
#include "server/store/fields.h"
#include "server/store/page_token.h"

namespace ventral::store {
namespace {

// $1 id, $2 display name, $3 role, $4 now
constexpr char kInsertUser[] = R"(
  INSERT INTO users (user_id, display_name, role, created) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING *)";
constexpr char kGet[] = "SELECT * FROM users WHERE user_id = $1";
// $1 the last id of the page before, $2 limit
constexpr char kListUsers[] = "SELECT * FROM users WHERE user_id > $1 ORDER BY user_id LIMIT $2";
// $1 id, $2 role, $3 since when it is disabled
constexpr char kChange[] =
    "UPDATE users SET role = $2, disabled = $3::timestamptz WHERE user_id = $1 RETURNING *";
constexpr char kAnyAdmin[] =
    "SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND disabled IS NULL)";
constexpr char kAnyUser[] = "SELECT EXISTS (SELECT FROM users)";
// What is read after it stays so until the transaction has ended.
constexpr char kAlone[] = "LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE";
// $1 user, $2 digest, $3 now
constexpr char kFirstToken[] = R"(
  INSERT INTO tokens (user_id, digest, description, created) VALUES ($1, $2, 'made at the first start', $3))";

bool IsAdmin(const UserRow& user) { return user.role == Role::kAdmin && !user.disabled; }

Result<UserRow> Get(pqxx::work& transaction, const std::string& id) {
  const pqxx::result rows = transaction.exec_params(kGet, id);
  if (rows.empty()) return NoSuchUser(id);
  return UserOf(rows[0]);
}

}  // namespace

Result<UserRow> PostgresAccounts::CreateUser(const UserRow& user) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"user_id", user.id}, {"display_name", user.display_name}}));
  return database_.Transact<UserRow>([&](pqxx::work& transaction) -> Result<UserRow> {
    const pqxx::result made =
        transaction.exec_params(kInsertUser, user.id, user.display_name,
                                std::string(RoleName(user.role)), TimestampText(clock_.Now()));
    if (!made.empty()) return UserOf(made[0]);
    VENTRAL_ASSIGN_OR_RETURN(UserRow there, Get(transaction, user.id));
    if (there.role == user.role && there.display_name == user.display_name) return there;
    return Conflict("user " + user.id + " exists already, and is a " +
                    std::string(RoleName(there.role)) +
                    ": choose another id, or set the role of this one");
  });
}

Result<Page<UserRow>> PostgresAccounts::ListUsers(const PageRequest& page) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string after, ReadPageToken("users", page.token, ""));
  return database_.Transact<Page<UserRow>>([&](pqxx::work& transaction) -> Result<Page<UserRow>> {
    const pqxx::result rows = transaction.exec_params(kListUsers, after, size + 1);
    std::vector<UserRow> users;
    for (const auto& row : rows) users.push_back(UserOf(row));
    return CutPage(std::move(users), size, "users", [&](std::size_t last) {
      return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "user_id");
    });
  });
}

Result<UserRow> PostgresAccounts::Change(const std::string& user,
                                         const std::function<void(UserRow&)>& edit) {
  if (!IsText(user)) return NoSuchUser(user);
  return database_.Transact<UserRow>([&](pqxx::work& transaction) -> Result<UserRow> {
    transaction.exec(kAlone);
    VENTRAL_ASSIGN_OR_RETURN(const UserRow before, Get(transaction, user));
    UserRow wanted = before;
    edit(wanted);
    const std::string disabled = wanted.disabled ? TimestampText(*wanted.disabled) : "";
    const pqxx::row changed = transaction.exec_params1(
        kChange, user, std::string(RoleName(wanted.role)), NullIfEmpty(disabled));
    if (IsAdmin(before) && !transaction.exec1(kAnyAdmin)[0].as<bool>()) {
      return Conflict("user " + user + " is the only admin left: make another user an admin first");
    }
    return UserOf(changed);
  });
}

Result<UserRow> PostgresAccounts::SetRole(const std::string& user, Role role) {
  return Change(user, [role](UserRow& row) { row.role = role; });
}

Result<UserRow> PostgresAccounts::Disable(const std::string& user) {
  const TimePoint now = clock_.Now();
  return Change(user, [now](UserRow& row) {
    if (!row.disabled) row.disabled = now;
  });
}

Result<UserRow> PostgresAccounts::Enable(const std::string& user) {
  return Change(user, [](UserRow& row) { row.disabled.reset(); });
}

Result<bool> PostgresAccounts::CreateFirstAdmin(const std::string& user, const Digest& digest) {
  return database_.Transact<bool>([&](pqxx::work& transaction) -> Result<bool> {
    transaction.exec(kAlone);
    if (transaction.exec1(kAnyUser)[0].as<bool>()) return false;
    const std::string now = TimestampText(clock_.Now());
    transaction.exec_params(kInsertUser, user, user, std::string(RoleName(Role::kAdmin)), now);
    transaction.exec_params(kFirstToken, user, digest.hex(), now);
    return true;
  });
}

Result<bool> PostgresAccounts::HasAdmin() {
  return database_.Transact<bool>([](pqxx::work& transaction) -> Result<bool> {
    return transaction.exec1(kAnyAdmin)[0].as<bool>();
  });
}

Result<bool> PostgresAccounts::HasUsers() {
  return database_.Transact<bool>([](pqxx::work& transaction) -> Result<bool> {
    return transaction.exec1(kAnyUser)[0].as<bool>();
  });
}

}  // namespace ventral::store
