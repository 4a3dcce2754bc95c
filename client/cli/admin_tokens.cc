#include <memory>

#include "client/cli/admin.h"
#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/pages.h"
#include "client/cli/secret_file.h"

namespace ventral::cli {
namespace {

using Admin = v1::AdminService::StubInterface;

struct TokenFlags {
  std::string user, purpose, out, token;
  double days = 0;
};

constexpr double kSecondsADay = 24 * 3600;

std::string OwnerName(const std::string& user) {
  return user.starts_with("users/") ? user : "users/" + user;
}

// "mara/ID" and "users/mara/tokens/ID" are the same token.
std::string TokenNameOf(const std::string& token) {
  const auto slash = token.find('/');
  if (token.starts_with("users/") || slash == std::string::npos) return token;
  return "users/" + token.substr(0, slash) + "/tokens/" + token.substr(slash + 1);
}

std::string Until(const v1::Token& token) {
  return token.has_expire_time() ? ", which expires on " + Time(token.expire_time())
                                 : ", which never expires";
}

Status Create(Session& session, const TokenFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  // Before the token is made: a secret that cannot be written would be lost.
  std::unique_ptr<SecretFile> file;
  if (!flags.out.empty()) {
    VENTRAL_ASSIGN_OR_RETURN(file, SecretFile::Create(flags.out));
  }
  v1::CreateTokenRequest request;
  request.set_parent(OwnerName(flags.user));
  request.set_description(flags.purpose);
  request.set_lifetime_seconds(static_cast<std::int64_t>(flags.days * kSecondsADay));
  VENTRAL_ASSIGN_OR_RETURN(v1::CreateTokenResponse made,
                           connection->Call(connection->admin(), &Admin::CreateToken, request));
  const std::string what = "token " + flags.user + "/" + LastPart(made.token().name());
  if (!file) {
    session.Print(made, "made " + what + Until(made.token()) +
                            "; here it is, for the only time:\n" + made.secret() + "\n");
    return Ok{};
  }
  VENTRAL_RETURN_IF_ERROR(file->Keep(made.secret() + "\n"));
  made.clear_secret();
  session.Print(made,
                "made " + what + Until(made.token()) + ", and wrote it into " + flags.out + "\n");
  return Ok{};
}

Status List(Session& session, const TokenFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListTokensRequest request;
  request.set_parent(OwnerName(flags.user.empty() ? "-" : flags.user));
  VENTRAL_ASSIGN_OR_RETURN(const v1::ListTokensResponse tokens,
                           AllPages(*connection, connection->admin(), &Admin::ListTokens, request));
  session.Print(tokens, FormatTokens(tokens));
  return Ok{};
}

Status Revoke(Session& session, const TokenFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::RevokeTokenRequest request;
  request.set_name(TokenNameOf(flags.token));
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::Token token,
      connection->CallTwice(connection->admin(), &Admin::RevokeToken, request));
  session.Print(token, "revoked " + token.name() + "\n");
  return Ok{};
}

void AddCreate(CLI::App& group, Session& session, const std::shared_ptr<TokenFlags>& flags) {
  CLI::App* create = AddCommand(group, session, "create", "Make a token; its secret is shown once",
                                "ventral admin token create mara --for laptop --days 90\n"
                                "ventral admin token create gpu-3 --out worker.token",
                                [&session, flags] { return Create(session, *flags); });
  create->add_option("user", flags->user, "Whom it lets in")->required()->check(NoSecret());
  create->add_option("--for", flags->purpose, "What it is for")->check(NoSecret());
  create->add_option("--days", flags->days, "Days until it expires [never]")
      ->check(CLI::Range(0.001, 3650.0));
  create->add_option("--out", flags->out,
                     "Write the secret into this new file, which only you may read");
}

}  // namespace

void AddAdminTokens(CLI::App& admin, Session& session) {
  CLI::App* group = AddAdminGroup(admin, "token", "Make, list and revoke tokens",
                                  "ventral admin token create mara --for laptop --days 90\n"
                                  "ventral admin token list mara");
  const auto flags = std::make_shared<TokenFlags>();
  AddCreate(*group, session, flags);
  AddCommand(*group, session, "list", "Tokens of a user, or of all, newest first",
             "ventral admin token list\nventral admin token list mara --json",
             [&session, flags] { return List(session, *flags); })
      ->add_option("user", flags->user, "Whose [all]")
      ->check(NoSecret());
  AddCommand(*group, session, "revoke", "Let a token in no more",
             "ventral admin token revoke mara/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58",
             [&session, flags] { return Revoke(session, *flags); })
      ->add_option("token", flags->token, "USER/ID, as 'ventral admin token list' shows it")
      ->required()
      ->check(NoSecret());
}

}  // namespace ventral::cli
