#include <memory>

#include "client/cli/admin.h"
#include "client/cli/commands.h"
#include "client/cli/pages.h"

namespace ventral::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

struct UserFlags {
  std::string id, role, name;
};

std::string UserNameOf(const std::string& id) {
  return id.starts_with("users/") ? id : "users/" + id;
}

void Print(Session& session, const v1::User& user) {
  session.Print(user, "user " + user.user_id() + " is a" +
                          (user.role() == v1::ROLE_ADMIN ? "n " : " ") + RoleName(user.role()) +
                          (user.has_disable_time() ? ", and disabled" : "") + "\n");
}

Status Create(Session& session, const UserFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::CreateUserRequest request;
  request.mutable_user()->set_user_id(flags.id);
  request.mutable_user()->set_display_name(flags.name);
  request.mutable_user()->set_role(RoleNamed(flags.role));
  VENTRAL_ASSIGN_OR_RETURN(const v1::User user,
                           connection->CallTwice(connection->admin(), &Admin::CreateUser, request));
  Print(session, user);
  return Ok{};
}

Status List(Session& session) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::ListUsersResponse users,
      AllPages(*connection, connection->admin(), &Admin::ListUsers, v1::ListUsersRequest()));
  session.Print(users, FormatUsers(users));
  return Ok{};
}

Status SetRole(Session& session, const UserFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::SetUserRoleRequest request;
  request.set_name(UserNameOf(flags.id));
  request.set_role(RoleNamed(flags.role));
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::User user,
      connection->CallTwice(connection->admin(), &Admin::SetUserRole, request));
  Print(session, user);
  return Ok{};
}

template <typename Request>
Status Switch(Session& session, const UserFlags& flags,
              grpc::Status (Admin::*method)(grpc::ClientContext*, const Request&, v1::User*)) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  Request request;
  request.set_name(UserNameOf(flags.id));
  VENTRAL_ASSIGN_OR_RETURN(const v1::User user,
                           connection->CallTwice(connection->admin(), method, request));
  Print(session, user);
  return Ok{};
}

CLI::App* AddOnUser(CLI::App& group, Session& session, const std::string& name,
                    const std::string& description, const std::string& example,
                    const std::shared_ptr<UserFlags>& flags, std::function<Status()> body) {
  CLI::App* command = AddCommand(group, session, name, description,
                                 "ventral admin user " + name + " " + example, std::move(body));
  command->add_option("user", flags->id, "The user's id")->required()->check(NoSecret());
  return command;
}

}  // namespace

void AddAdminUsers(CLI::App& admin, Session& session) {
  CLI::App* group = AddAdminGroup(admin, "user", "Make, list, change and disable users",
                                  "ventral admin user create mara --role submitter\n"
                                  "ventral admin user list\n"
                                  "ventral admin user disable mara");
  const auto flags = std::make_shared<UserFlags>();
  CLI::App* create = AddOnUser(*group, session, "create", "Make a user",
                               "gpu-3 --role worker --name 'Lab, room 3'", flags,
                               [&session, flags] { return Create(session, *flags); });
  create->add_option("--role", flags->role, "reader, submitter, publisher, worker or admin")
      ->check(CLI::IsMember(RoleNames()))
      ->required();
  create->add_option("--name", flags->name, "For people [the id]")->check(NoSecret());
  AddCommand(*group, session, "list", "All users", "ventral admin user list --json",
             [&session] { return List(session); });
  AddOnUser(*group, session, "role", "Change what a user may do", "mara publisher", flags,
            [&session, flags] { return SetRole(session, *flags); })
      ->add_option("role", flags->role, "reader, submitter, publisher, worker or admin")
      ->check(CLI::IsMember(RoleNames()))
      ->required();
  AddOnUser(*group, session, "disable", "Let none of a user's tokens in any more", "mara", flags,
            [&session, flags] { return Switch(session, *flags, &Admin::DisableUser); });
  AddOnUser(*group, session, "enable", "Let a disabled user's tokens in again", "mara", flags,
            [&session, flags] { return Switch(session, *flags, &Admin::EnableUser); });
}

}  // namespace ventral::cli
