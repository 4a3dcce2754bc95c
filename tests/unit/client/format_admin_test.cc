#include <gmock/gmock.h>

#include "client/cli/admin.h"

namespace ventral::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(FormatAdmin, RolesHaveTheirPlainNames) {
  EXPECT_THAT(RoleNames(), ElementsAre("reader", "submitter", "publisher", "worker", "admin"));
  for (const auto& name : RoleNames()) EXPECT_EQ(RoleName(RoleNamed(name)), name);
  EXPECT_EQ(RoleNamed("king"), v1::ROLE_UNSPECIFIED);
}

TEST(FormatAdmin, AQuotaSaysWhatIsSetAndWhatIsUsed) {
  v1::UserQuota quota;
  quota.mutable_jobs()->set_limit(20);
  quota.mutable_jobs()->set_own(true);
  quota.mutable_jobs()->set_used(3);
  quota.mutable_reset_time()->set_seconds(86'400);
  const std::string text = FormatQuota(quota);
  EXPECT_THAT(text, HasSubstr("jobs at a time          20     3  this user\n"));
  EXPECT_THAT(text, HasSubstr("uploads a day         none     0  everyone\n"));
  EXPECT_THAT(text, HasSubstr("the day ends on 1970-01-02 00:00:00 UTC\n"));
}

TEST(FormatAdmin, UsersStandInATable) {
  v1::ListUsersResponse users;
  EXPECT_EQ(FormatUsers(users), "There are no users.\n");
  auto* user = users.add_users();
  user->set_user_id("mara");
  user->set_role(v1::ROLE_PUBLISHER);
  user->set_display_name("Mara\x1b[2J");
  user->mutable_create_time()->set_seconds(1);
  EXPECT_THAT(FormatUsers(users), HasSubstr("mara  publisher"));
  EXPECT_THAT(FormatUsers(users), HasSubstr("1970-01-01 00:00:01 UTC"));
  EXPECT_THAT(FormatUsers(users), Not(HasSubstr("\x1b"))) << "nothing commands the terminal";
}

TEST(FormatAdmin, ATokenSaysWhetherItLetsIn) {
  v1::ListTokensResponse tokens;
  for (int i = 0; i < 3; ++i) tokens.add_tokens()->set_name("users/mara/tokens/id");
  tokens.mutable_tokens(1)->mutable_expire_time()->set_seconds(1);
  tokens.mutable_tokens(2)->mutable_revoke_time()->set_seconds(1);
  const std::string text = FormatTokens(tokens);
  EXPECT_THAT(text, HasSubstr("mara/id"));
  EXPECT_THAT(text, HasSubstr("for ever"));
  EXPECT_THAT(text, HasSubstr("until 1970-01-01 00:00:01 UTC"));
  EXPECT_THAT(text, HasSubstr("revoked 1970-01-01 00:00:01 UTC"));
}

TEST(FormatAdmin, AnEventIsOneLine) {
  v1::ListAuditEventsResponse events;
  auto* event = events.add_events();
  event->mutable_time()->set_seconds(1);
  event->set_user("users/mara");
  event->set_method("ventral.v1.JobService.CancelJob");
  event->set_resource("jobs/1\nforged line");
  event->set_outcome("OK");
  event->set_peer("ipv4:10.0.0.7:40312");
  const std::string text = FormatAudit(events);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << "a title and one event";
  for (const char* part : {"mara", "CancelJob", "jobs/1", "OK", "ipv4:10.0.0.7:40312"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

}  // namespace
}  // namespace ventral::cli
