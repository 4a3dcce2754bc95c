// What a user may do. Each of reader, submitter, publisher, admin may do what the one before may; a
// worker does its own work and nothing else, and nobody else does it.
#ifndef VENTRAL_SERVER_STORE_ROLE_H_
#define VENTRAL_SERVER_STORE_ROLE_H_

#include <array>
#include <optional>
#include <string_view>

namespace ventral::store {

enum class Role { kReader, kSubmitter, kPublisher, kWorker, kAdmin };

inline constexpr std::array<Role, 5> kRoles = {Role::kReader, Role::kSubmitter, Role::kPublisher,
                                               Role::kWorker, Role::kAdmin};

// "reader", "submitter", "publisher", "worker", "admin", as in the database and on command lines.
constexpr std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kReader:
      return "reader";
    case Role::kSubmitter:
      return "submitter";
    case Role::kPublisher:
      return "publisher";
    case Role::kWorker:
      return "worker";
    case Role::kAdmin:
      return "admin";
  }
  return "";
}

constexpr std::optional<Role> RoleNamed(std::string_view name) {
  for (const Role role : kRoles) {
    if (RoleName(role) == name) return role;
  }
  return std::nullopt;
}

// Whether who has `has` may do what wants `wanted`.
constexpr bool Includes(Role has, Role wanted) {
  if (has == Role::kWorker || wanted == Role::kWorker) return has == wanted;
  return has >= wanted;
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_ROLE_H_
