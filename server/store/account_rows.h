// Rows of users and tokens as values.
#ifndef VENTRAL_SERVER_STORE_ACCOUNT_ROWS_H_
#define VENTRAL_SERVER_STORE_ACCOUNT_ROWS_H_

#include "server/store/accounts.h"
#include "server/store/fields.h"

namespace ventral::store {

inline Error NoSuchUser(const std::string& id) { return NotFound("there is no user " + id); }

inline UserRow UserOf(const pqxx::row& row) {
  const auto role = RoleNamed(TextOf(row, "role"));
  if (!role) throw std::runtime_error("a role that this server does not know");
  return {TextOf(row, "user_id"), TextOf(row, "display_name"), *role, TimeOf(row, "created"),
          MaybeTimeOf(row, "disabled")};
}

inline TokenRow TokenOf(const pqxx::row& row) {
  TokenRow token;
  token.id = TextOf(row, "token_id");
  token.user = TextOf(row, "user_id");
  token.description = TextOf(row, "description");
  token.created = TimeOf(row, "created");
  token.expires = MaybeTimeOf(row, "expires");
  token.last_use = MaybeTimeOf(row, "last_use");
  token.revoked = MaybeTimeOf(row, "revoked");
  return token;
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_ACCOUNT_ROWS_H_
