// A server with accounts, and a token for each role.
#ifndef VENTRAL_TESTS_RPC_ACCESS_FIXTURE_H_
#define VENTRAL_TESTS_RPC_ACCESS_FIXTURE_H_

#include <map>
#include <optional>

#include "client/channel/channel.h"
#include "server/service/secret.h"
#include "server/store/role.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {

// A user of each role, who is called as the role.
class AccessRpcTest : public RpcTest {
 protected:
  AccessRpcTest() { options_.accounts = true; }
  void SetUp() override {
    StartServer();
    for (const store::Role role : store::kRoles) {
      const std::string name(store::RoleName(role));
      ASSERT_TRUE(store_->accounts().CreateUser({name, name, role, {}, {}}).ok());
      secrets_[role] = MakeToken(name);
    }
  }

  std::string MakeToken(const std::string& user) {
    const std::string secret = service::NewSecret().value();
    EXPECT_TRUE(store_->accounts().CreateToken({user, DigestOf(secret), "", {}}).ok());
    return secret;
  }
  std::shared_ptr<grpc::Channel> ChannelWith(const std::string& token) {
    Access access;
    access.token = token;
    return OpenChannel(server_->address(), access, {});
  }
  // From now on; nobody: without a token.
  void Become(std::optional<store::Role> role) {
    CallOver(ChannelWith(role ? secrets_.at(*role) : ""));
  }

  std::map<store::Role, std::string> secrets_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_RPC_ACCESS_FIXTURE_H_
