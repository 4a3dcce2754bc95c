// Users, their tokens, and what a token is worth.
#ifndef VENTRAL_SERVER_STORE_ACCOUNTS_H_
#define VENTRAL_SERVER_STORE_ACCOUNTS_H_

#include <chrono>
#include <optional>
#include <string>

#include "scoring/base/digest.h"
#include "scoring/base/result.h"
#include "server/store/catalogue.h"
#include "server/store/role.h"

namespace ventral::store {

// A token that is used again within this time writes nothing.
inline constexpr std::chrono::seconds kUsedWithin{60};

struct UserRow {
  std::string id, display_name;
  Role role = Role::kReader;
  TimePoint created{};
  std::optional<TimePoint> disabled;
};

struct TokenRow {
  std::string id, user, description;  // id: UUID
  TimePoint created{};
  std::optional<TimePoint> expires, last_use, revoked;
};

struct NewToken {
  std::string user;
  Digest digest;  // of the secret, which never comes here
  std::string description;
  std::optional<std::chrono::seconds> lifetime;  // for ever where there is none
};

struct TokenHolder {
  UserRow user;
  std::string token;  // id
};

class Accounts {
 public:
  virtual ~Accounts() = default;

  // The existing row when it is the same user. @error conflict when it is described otherwise.
  virtual Result<UserRow> CreateUser(const UserRow& user) = 0;
  virtual Result<Page<UserRow>> ListUsers(const PageRequest& page) = 0;  // by id
  // @error conflict if no enabled admin would be left.
  virtual Result<UserRow> SetRole(const std::string& user, Role role) = 0;
  virtual Result<UserRow> Disable(const std::string& user) = 0;
  virtual Result<UserRow> Enable(const std::string& user) = 0;

  // @error not_found if there is no such user, conflict if it is disabled.
  virtual Result<TokenRow> CreateToken(const NewToken& token) = 0;
  // Newest first; of all users when `user` is empty.
  virtual Result<Page<TokenRow>> ListTokens(const std::string& user, const PageRequest& page) = 0;
  // Revoking twice is revoking once.
  virtual Result<TokenRow> RevokeToken(const std::string& user, const std::string& id) = 0;

  // Whom the token with this digest lets in, now; notes that it was used.
  // @error permission says why it lets nobody in: unknown, revoked, expired, its user disabled.
  virtual Result<TokenHolder> UseToken(const Digest& digest) = 0;

  // Whose the token is, whether it lets anyone in or not. @error not_found if none is known.
  virtual Result<TokenHolder> HolderOf(const Digest& digest) = 0;

  // Makes an admin with a token in a database without users. False, and nothing is made, where
  // there are any.
  virtual Result<bool> CreateFirstAdmin(const std::string& user, const Digest& digest) = 0;
  virtual Result<bool> HasUsers() = 0;
  virtual Result<bool> HasAdmin() = 0;  // one that is not disabled
};

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_ACCOUNTS_H_
