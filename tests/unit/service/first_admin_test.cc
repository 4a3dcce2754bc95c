// What becomes of the first admin's token where the database breaks off, and who is told what.
#include "server/first_admin.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "tests/support/files.h"

namespace ventral {
namespace {

using store::Page, store::PageRequest, store::TokenHolder, store::TokenRow, store::UserRow;
using ::testing::_;
using ::testing::HasSubstr;
using ::testing::NiceMock;
using testing::ReadFile;
using ::testing::Return;
using testing::ScratchFolder;

class FakeAccounts : public store::Accounts {
 public:
  MOCK_METHOD(Result<UserRow>, CreateUser, (const UserRow&), (override));
  MOCK_METHOD(Result<Page<UserRow>>, ListUsers, (const PageRequest&), (override));
  MOCK_METHOD(Result<UserRow>, SetRole, (const std::string&, store::Role), (override));
  MOCK_METHOD(Result<UserRow>, Disable, (const std::string&), (override));
  MOCK_METHOD(Result<UserRow>, Enable, (const std::string&), (override));
  MOCK_METHOD(Result<TokenRow>, CreateToken, (const store::NewToken&), (override));
  MOCK_METHOD(Result<Page<TokenRow>>, ListTokens, (const std::string&, const PageRequest&),
              (override));
  MOCK_METHOD(Result<TokenRow>, RevokeToken, (const std::string&, const std::string&), (override));
  MOCK_METHOD(Result<TokenHolder>, UseToken, (const Digest&), (override));
  MOCK_METHOD(Result<TokenHolder>, HolderOf, (const Digest&), (override));
  MOCK_METHOD(Result<bool>, CreateFirstAdmin, (const std::string&, const Digest&), (override));
  MOCK_METHOD(Result<bool>, HasUsers, (), (override));
  MOCK_METHOD(Result<bool>, HasAdmin, (), (override));
};

class FirstAdmin : public ::testing::Test {
 protected:
  FirstAdmin() {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_, true)));
  }
  ~FirstAdmin() override { spdlog::set_default_logger(before_); }
  void Users(bool users, bool admin) {
    ON_CALL(accounts_, HasUsers()).WillByDefault(Return(Result<bool>(users)));
    ON_CALL(accounts_, HasAdmin()).WillByDefault(Return(Result<bool>(admin)));
  }

  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::ostringstream log_;
  ScratchFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "admin-token";
  NiceMock<FakeAccounts> accounts_;
};

TEST_F(FirstAdmin, KeepsTheTokenThatMayBeOneAfterACommitInDoubt) {
  Users(false, false);
  ON_CALL(accounts_, CreateFirstAdmin(_, _))
      .WillByDefault(Return(Result<bool>(Unavailable("the connection broke"))));
  const Status made = MakeFirstAdmin(accounts_, file_);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(made.error().message, HasSubstr(file_.string() + " is kept"));
  EXPECT_EQ(ReadFile(file_).size(), std::string("ventral_").size() + 64 + 1);
}

TEST_F(FirstAdmin, LeavesNoTokenOfNobody) {
  Users(false, false);
  for (const Result<bool>& outcome :
       {Result<bool>(false), Result<bool>(Internal("a constraint was broken"))}) {
    ON_CALL(accounts_, CreateFirstAdmin(_, _)).WillByDefault(Return(outcome));
    EXPECT_EQ(MakeFirstAdmin(accounts_, file_).ok(), outcome.ok());
    EXPECT_FALSE(std::filesystem::exists(file_));
  }
}

TEST_F(FirstAdmin, IsWantedWhereThereAreNoUsers) {
  Users(false, false);
  EXPECT_TRUE(*WantsFirstAdmin(accounts_));
  ON_CALL(accounts_, HasUsers()).WillByDefault(Return(Result<bool>(Unavailable("it is away"))));
  EXPECT_EQ(WantsFirstAdmin(accounts_).error().code, ErrorCode::kUnavailable);
}

TEST_F(FirstAdmin, SaysHowToGetOneWhereAllAreDisabled) {
  Users(true, true);
  EXPECT_FALSE(*WantsFirstAdmin(accounts_));
  EXPECT_EQ(log_.str(), "");
  Users(true, false);
  EXPECT_FALSE(*WantsFirstAdmin(accounts_)) << "what others do goes on";
  EXPECT_THAT(log_.str(), HasSubstr("--accounts off"));
  EXPECT_THAT(log_.str(), HasSubstr("ventral admin user enable"));
}

}  // namespace
}  // namespace ventral
