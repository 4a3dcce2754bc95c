// AdminService: users and tokens over the wire.
#include "tests/rpc/access_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::HasSubstr;

class AdminRpcTest : public AccessRpcTest {
 protected:
  void SetUp() override {
    AccessRpcTest::SetUp();
    Become(Role::kAdmin);
  }
  grpc::Status CreateUser(const std::string& id, v1::Role role, v1::User* user) {
    v1::CreateUserRequest request;
    request.mutable_user()->set_user_id(id);
    request.mutable_user()->set_role(role);
    return Call(*admin_, &AdminStub::CreateUser, request, user);
  }
  grpc::Status CreateToken(const std::string& user, std::int64_t lifetime,
                           v1::CreateTokenResponse* made) {
    v1::CreateTokenRequest request;
    request.set_parent("users/" + user);
    request.set_description("laptop");
    request.set_lifetime_seconds(lifetime);
    return Call(*admin_, &AdminStub::CreateToken, request, made);
  }
  grpc::Status ListModelsWith(const std::string& token) {
    auto models = v1::ModelService::NewStub(ChannelWith(token));
    v1::ListModelsResponse answer;
    return Call(*models, &ModelStub::ListModels, v1::ListModelsRequest(), &answer);
  }
};

TEST_F(AdminRpcTest, AUserGetsATokenAndIsLetIn) {
  v1::User user;
  ASSERT_TRUE(CreateUser("mara", v1::ROLE_SUBMITTER, &user).ok());
  EXPECT_EQ(user.name(), "users/mara");
  EXPECT_EQ(user.display_name(), "mara");
  EXPECT_EQ(user.role(), v1::ROLE_SUBMITTER);
  EXPECT_FALSE(user.has_disable_time());
  ASSERT_TRUE(CreateUser("mara", v1::ROLE_SUBMITTER, &user).ok()) << "again";
  EXPECT_TRUE(
      Refused(CreateUser("mara", v1::ROLE_ADMIN, &user), grpc::ALREADY_EXISTS, "is a submitter"));
  v1::CreateTokenResponse made;
  ASSERT_TRUE(CreateToken("mara", 100, &made).ok());
  EXPECT_THAT(made.token().name(), HasSubstr("users/mara/tokens/"));
  EXPECT_EQ(made.token().expire_time().seconds(), made.token().create_time().seconds() + 100);
  EXPECT_TRUE(ListModelsWith(made.secret()).ok());
  clock_.Advance(std::chrono::seconds(100));
  EXPECT_TRUE(Refused(ListModelsWith(made.secret()), grpc::UNAUTHENTICATED, "expired"));
}

TEST_F(AdminRpcTest, ARevokedTokenLetsNobodyIn) {
  v1::CreateTokenResponse made;
  ASSERT_TRUE(CreateToken("reader", 0, &made).ok());
  EXPECT_FALSE(made.token().has_expire_time());
  EXPECT_TRUE(ListModelsWith(made.secret()).ok());
  v1::RevokeTokenRequest revoke;
  revoke.set_name(made.token().name());
  v1::Token token;
  ASSERT_TRUE(Call(*admin_, &AdminStub::RevokeToken, revoke, &token).ok());
  EXPECT_TRUE(token.has_revoke_time());
  EXPECT_TRUE(token.has_last_use_time());
  EXPECT_TRUE(Refused(ListModelsWith(made.secret()), grpc::UNAUTHENTICATED, "revoked"));
  revoke.set_name("users/reader/tokens/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58");
  EXPECT_TRUE(Refused(Call(*admin_, &AdminStub::RevokeToken, revoke, &token), grpc::NOT_FOUND,
                      "reader has no token"));
}

TEST_F(AdminRpcTest, ADisabledUserIsKeptOutUntilEnabled) {
  v1::DisableUserRequest disable;
  disable.set_name("users/reader");
  v1::User user;
  ASSERT_TRUE(Call(*admin_, &AdminStub::DisableUser, disable, &user).ok());
  EXPECT_TRUE(user.has_disable_time());
  EXPECT_FALSE(ListModelsWith(secrets_.at(Role::kReader)).ok());
  v1::EnableUserRequest enable;
  enable.set_name("users/reader");
  ASSERT_TRUE(Call(*admin_, &AdminStub::EnableUser, enable, &user).ok());
  EXPECT_TRUE(ListModelsWith(secrets_.at(Role::kReader)).ok());
  disable.set_name("users/admin");
  EXPECT_TRUE(Refused(Call(*admin_, &AdminStub::DisableUser, disable, &user),
                      grpc::FAILED_PRECONDITION, "only admin"));
  v1::SetUserRoleRequest role;
  role.set_name("users/reader");
  role.set_role(v1::ROLE_ADMIN);
  ASSERT_TRUE(Call(*admin_, &AdminStub::SetUserRole, role, &user).ok());
  EXPECT_EQ(user.role(), v1::ROLE_ADMIN);
  EXPECT_TRUE(Call(*admin_, &AdminStub::DisableUser, disable, &user).ok());
}

TEST_F(AdminRpcTest, NamesTheFieldThatIsWrong) {
  v1::User user;
  EXPECT_EQ(WrongFieldIn(CreateUser("Mara", v1::ROLE_READER, &user)), "user.user_id");
  EXPECT_EQ(WrongFieldIn(CreateUser("mara", v1::ROLE_UNSPECIFIED, &user)), "user.role");
  v1::CreateTokenResponse made;
  EXPECT_EQ(WrongFieldIn(CreateToken("reader", -1, &made)), "lifetime_seconds");
  EXPECT_EQ(WrongFieldIn(CreateToken("reader", 1ll << 60, &made)), "lifetime_seconds");
  EXPECT_EQ(WrongFieldIn(CreateToken("", 0, &made)), "parent");
  EXPECT_TRUE(Refused(CreateToken("nobody", 0, &made), grpc::NOT_FOUND, "no user nobody"));
  v1::SetUserRoleRequest role;
  role.set_name("users/reader");
  EXPECT_EQ(WrongFieldIn(Call(*admin_, &AdminStub::SetUserRole, role, &user)), "role");
}

TEST_F(AdminRpcTest, ListsUsersAndTokens) {
  v1::ListUsersResponse users;
  ASSERT_TRUE(Call(*admin_, &AdminStub::ListUsers, v1::ListUsersRequest(), &users).ok());
  EXPECT_EQ(users.users_size(), 5);
  EXPECT_EQ(users.users(0).user_id(), "admin");
  v1::ListTokensRequest request;
  request.set_parent("users/-");
  request.set_page_size(3);
  v1::ListTokensResponse tokens;
  ASSERT_TRUE(Call(*admin_, &AdminStub::ListTokens, request, &tokens).ok());
  EXPECT_EQ(tokens.tokens_size(), 3);
  request.set_page_token(tokens.next_page_token());
  ASSERT_TRUE(Call(*admin_, &AdminStub::ListTokens, request, &tokens).ok());
  EXPECT_EQ(tokens.tokens_size(), 2);
  request.set_parent("users/reader");
  request.clear_page_token();
  ASSERT_TRUE(Call(*admin_, &AdminStub::ListTokens, request, &tokens).ok());
  ASSERT_EQ(tokens.tokens_size(), 1);
  EXPECT_EQ(tokens.DebugString().find(secrets_.at(Role::kReader).substr(8, 16)), std::string::npos);
}

}  // namespace
}  // namespace ventral::testing
