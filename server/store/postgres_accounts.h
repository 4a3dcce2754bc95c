// Accounts in PostgreSQL.
#ifndef VENTRAL_SERVER_STORE_POSTGRES_ACCOUNTS_H_
#define VENTRAL_SERVER_STORE_POSTGRES_ACCOUNTS_H_

#include <functional>

#include "scoring/base/clock.h"
#include "server/store/accounts.h"
#include "server/store/database.h"

namespace ventral::store {

// `database` and `clock` outlive it. Users are in postgres_accounts.cc, tokens in
// postgres_tokens.cc.
class PostgresAccounts final : public Accounts {
 public:
  PostgresAccounts(Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  Result<UserRow> CreateUser(const UserRow& user) override;
  Result<Page<UserRow>> ListUsers(const PageRequest& page) override;
  Result<UserRow> SetRole(const std::string& user, Role role) override;
  Result<UserRow> Disable(const std::string& user) override;
  Result<UserRow> Enable(const std::string& user) override;

  Result<TokenRow> CreateToken(const NewToken& token) override;
  Result<Page<TokenRow>> ListTokens(const std::string& user, const PageRequest& page) override;
  Result<TokenRow> RevokeToken(const std::string& user, const std::string& id) override;
  Result<TokenHolder> UseToken(const Digest& digest) override;
  Result<TokenHolder> HolderOf(const Digest& digest) override;

  Result<bool> CreateFirstAdmin(const std::string& user, const Digest& digest) override;
  Result<bool> HasUsers() override;
  Result<bool> HasAdmin() override;

 private:
  Result<UserRow> Change(const std::string& user, const std::function<void(UserRow&)>& edit);

  Database& database_;
  const Clock& clock_;
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_POSTGRES_ACCOUNTS_H_
