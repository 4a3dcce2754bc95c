// Users and tokens: who is let in, and until when.
#include "server/store/accounts.h"

#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::Role;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AccountsTest : public StoreTest {
 protected:
  store::Accounts& accounts() { return store_->accounts(); }
  void AddUser(const std::string& id, Role role = Role::kSubmitter) {
    ASSERT_TRUE(accounts().CreateUser({id, id, role, {}, {}}).ok());
  }
  store::TokenRow AddToken(const std::string& user, const std::string& secret,
                           std::optional<seconds> lifetime = {}) {
    return accounts().CreateToken({user, DigestOf(secret), "laptop", lifetime}).value();
  }
  // What the token's holder is told; "" where it is let in.
  std::string Refusal(const std::string& secret) {
    const auto use = accounts().UseToken(DigestOf(secret));
    if (use.ok()) return "";
    EXPECT_EQ(use.error().code, ErrorCode::kPermission);
    return use.error().message;
  }
  std::vector<store::UserRow> Users() { return accounts().ListUsers({}).value().rows; }
};

TEST(RoleTest, EachIncludesTheOnesBeforeAndAWorkerNone) {
  using store::Includes;
  const std::vector<Role> ladder = {Role::kReader, Role::kSubmitter, Role::kPublisher,
                                    Role::kAdmin};
  for (std::size_t has = 0; has < ladder.size(); ++has) {
    for (std::size_t wanted = 0; wanted < ladder.size(); ++wanted) {
      EXPECT_EQ(Includes(ladder[has], ladder[wanted]), has >= wanted);
    }
    EXPECT_FALSE(Includes(Role::kWorker, ladder[has]));
    EXPECT_FALSE(Includes(ladder[has], Role::kWorker));
  }
  EXPECT_TRUE(Includes(Role::kWorker, Role::kWorker));
  for (const Role role : store::kRoles) EXPECT_EQ(store::RoleNamed(store::RoleName(role)), role);
  EXPECT_FALSE(store::RoleNamed("Admin").has_value());
}

TEST_F(AccountsTest, AUserIsMadeOnce) {
  AddUser("mara");
  AddUser("mara");
  ASSERT_EQ(Users().size(), 1u);
  EXPECT_EQ(Users()[0].role, Role::kSubmitter);
  EXPECT_EQ(Users()[0].created, start_);
  const auto other = accounts().CreateUser({"mara", "mara", Role::kAdmin, {}, {}});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_THAT(other.error().message, HasSubstr("is a submitter"));
}

TEST_F(AccountsTest, AnIdIsPlain) {
  for (const std::string& bad : {std::string("Mara"), std::string(""), std::string("a b"),
                                 std::string("\xff"), std::string("a\0b", 3)}) {
    const auto made = accounts().CreateUser({bad, "", Role::kReader, {}, {}});
    ASSERT_FALSE(made.ok()) << bad;
    EXPECT_EQ(made.error().code, ErrorCode::kInvalidInput) << bad;
  }
  EXPECT_THAT(Users(), IsEmpty());
}

TEST_F(AccountsTest, ATokenLetsItsUserIn) {
  AddUser("mara");
  const auto token = AddToken("mara", "secret");
  const auto holder = accounts().UseToken(DigestOf("secret"));
  ASSERT_TRUE(holder.ok()) << holder.error().ToString();
  EXPECT_EQ(holder->user.id, "mara");
  EXPECT_EQ(holder->user.role, Role::kSubmitter);
  EXPECT_EQ(holder->token, token.id);
  EXPECT_THAT(Refusal("another"), HasSubstr("not known"));
}

TEST_F(AccountsTest, TheSecretIsStoredNowhere) {
  AddUser("mara");
  AddToken("mara", "a-secret-of-mine");
  EXPECT_EQ(Sql("SELECT count(*) FROM tokens t, users u WHERE t::text LIKE '%a-secret%' OR u::text "
                "LIKE '%a-secret%'")[0][0]
                .as<int>(),
            0);
  EXPECT_EQ(Sql("SELECT digest FROM tokens")[0][0].as<std::string>(),
            DigestOf("a-secret-of-mine").hex());
}

TEST_F(AccountsTest, ATokenEndsWhenItExpires) {
  AddUser("mara");
  AddToken("mara", "secret", seconds(100));
  clock_.Advance(seconds(99));
  EXPECT_EQ(Refusal("secret"), "");
  clock_.Advance(seconds(1));
  EXPECT_THAT(Refusal("secret"), HasSubstr("expired on 2025-06-01 00:01:40 UTC"));
}

TEST_F(AccountsTest, ATokenEndsWhenItIsRevoked) {
  AddUser("mara");
  AddUser("ruth");
  const auto token = AddToken("mara", "secret");
  AddToken("mara", "other");
  EXPECT_EQ(accounts().RevokeToken("ruth", token.id).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts().RevokeToken("mara", "no uuid").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts().RevokeToken("mara", token.id)->revoked, start_);
  clock_.Advance(seconds(5));
  EXPECT_EQ(accounts().RevokeToken("mara", token.id)->revoked, start_) << "once";
  EXPECT_THAT(Refusal("secret"), HasSubstr("revoked"));
  EXPECT_EQ(Refusal("other"), "");
}

TEST_F(AccountsTest, ADisabledUserIsKeptOut) {
  AddUser("mara");
  AddToken("mara", "secret");
  ASSERT_TRUE(accounts().Disable("mara").ok());
  EXPECT_THAT(Refusal("secret"), HasSubstr("mara is disabled"));
  EXPECT_EQ(accounts().CreateToken({"mara", DigestOf("new"), "", {}}).error().code,
            ErrorCode::kConflict);
  ASSERT_TRUE(accounts().Enable("mara").ok());
  EXPECT_EQ(Refusal("secret"), "");
  EXPECT_EQ(accounts().Disable("nobody").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts().CreateToken({"nobody", DigestOf("new"), "", {}}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(AccountsTest, TheLastAdminStays) {
  AddUser("root", Role::kAdmin);
  for (const auto& refused :
       {accounts().Disable("root"), accounts().SetRole("root", Role::kReader)}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr("only admin"));
  }
  EXPECT_EQ(Users()[0].role, Role::kAdmin);
  EXPECT_FALSE(Users()[0].disabled.has_value());
  AddUser("mara");
  EXPECT_EQ(accounts().SetRole("mara", Role::kAdmin)->role, Role::kAdmin);
  EXPECT_TRUE(accounts().Disable("root")->disabled.has_value());
  EXPECT_FALSE(accounts().Disable("mara").ok());
}

TEST_F(AccountsTest, UsingATokenAgainWritesNothingForAMinute) {
  AddUser("mara");
  AddToken("mara", "secret");
  const auto last_use = [&] { return accounts().ListTokens("mara", {})->rows[0].last_use; };
  EXPECT_FALSE(last_use().has_value());
  ASSERT_EQ(Refusal("secret"), "");
  EXPECT_EQ(last_use(), start_);
  clock_.Advance(seconds(60));
  ASSERT_EQ(Refusal("secret"), "");
  EXPECT_EQ(last_use(), start_);
  clock_.Advance(seconds(1));
  ASSERT_EQ(Refusal("secret"), "");
  EXPECT_EQ(last_use(), start_ + seconds(61));
}

TEST_F(AccountsTest, TheFirstAdminIsMadeOnce) {
  EXPECT_FALSE(accounts().HasUsers().value());
  EXPECT_TRUE(accounts().CreateFirstAdmin("admin", DigestOf("first")).value());
  EXPECT_FALSE(accounts().CreateFirstAdmin("admin", DigestOf("second")).value());
  EXPECT_TRUE(accounts().HasUsers().value());
  EXPECT_EQ(Refusal("first"), "");
  EXPECT_NE(Refusal("second"), "");
  ASSERT_EQ(Users().size(), 1u);
  EXPECT_EQ(Users()[0].role, Role::kAdmin);
}

TEST_F(AccountsTest, ListsComeInPages) {
  for (const char* id : {"c", "a", "b"}) AddUser(id);
  for (const char* secret : {"1", "2", "3"}) AddToken("b", secret);
  AddToken("a", "4");
  const auto first = accounts().ListUsers({2, ""}).value();
  ASSERT_EQ(first.rows.size(), 2u);
  EXPECT_EQ(first.rows[1].id, "b");
  EXPECT_EQ(accounts().ListUsers({2, first.next_token})->rows[0].id, "c");
  const auto tokens = accounts().ListTokens("b", {2, ""}).value();
  ASSERT_EQ(tokens.rows.size(), 2u);
  EXPECT_EQ(accounts().ListTokens("b", {2, tokens.next_token})->rows.size(), 1u);
  EXPECT_EQ(accounts().ListTokens("", {})->rows.size(), 4u);
  EXPECT_EQ(accounts().ListTokens("nobody", {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(accounts().ListTokens("", {2, first.next_token}).error().code, ErrorCode::kInvalidInput)
      << "a token of another list";
}

class AuditLogTest : public StoreTest {
 protected:
  store::AuditLog& audit() { return store_->audit(); }
  void Add(const std::string& user, const std::string& resource) {
    ASSERT_TRUE(audit()
                    .Append({0,
                             {},
                             user,
                             "t",
                             "/ventral.v1.JobService/CancelJob",
                             resource,
                             "OK",
                             "ipv4:127.0.0.1:5"})
                    .ok());
  }
  static store::AuditFilter Filter(const store::PageRequest& page, const std::string& user = "",
                                   std::optional<TimePoint> since = {}) {
    store::AuditFilter filter;
    filter.page = page;
    filter.user = user;
    filter.since = since;
    return filter;
  }
  std::vector<std::string> Resources(const store::AuditFilter& filter) {
    std::vector<std::string> resources;
    const auto page = audit().List(filter).value();
    for (const auto& event : page.rows) resources.push_back(event.resource);
    return resources;
  }
};

TEST_F(AuditLogTest, TellsWhatWasDoneNewestFirst) {
  Add("mara", "jobs/1");
  clock_.Advance(seconds(10));
  Add("", "jobs/2");
  Add("mara", "jobs/3");
  EXPECT_THAT(Resources({}), ElementsAre("jobs/3", "jobs/2", "jobs/1"));
  EXPECT_THAT(Resources(Filter({}, "mara")), ElementsAre("jobs/3", "jobs/1"));
  EXPECT_THAT(Resources(Filter({}, "", start_ + seconds(10))), ElementsAre("jobs/3", "jobs/2"));
  const auto page = audit().List(Filter({2, ""})).value();
  EXPECT_EQ(page.rows[0].at, start_ + seconds(10));
  EXPECT_EQ(page.rows[0].peer, "ipv4:127.0.0.1:5");
  EXPECT_THAT(Resources(Filter({2, page.next_token})), ElementsAre("jobs/1"));
}

TEST_F(AuditLogTest, CleansWhatPostgresDoesNotTake) {
  Add("mara", std::string("a\xff\0b", 4) + std::string(1000, 'x'));
  const auto page = audit().List({}).value();
  EXPECT_EQ(page.rows[0].resource, "a??b" + std::string(396, 'x'));
}

TEST_F(AuditLogTest, NothingInItChanges) {
  Add("mara", "jobs/1");
  for (const char* change :
       {"UPDATE audit_log SET user_id = 'ruth'", "DELETE FROM audit_log", "TRUNCATE audit_log"}) {
    EXPECT_THAT(StoreTest::Refusal(change), HasSubstr("append-only")) << change;
  }
  EXPECT_THAT(Resources({}), ElementsAre("jobs/1"));
}

}  // namespace
}  // namespace ventral::testing
