#include "server/store/connection_string.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace ventral::store {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(WithTimeouts, AddsThemToBothForms) {
  for (const char* connection : {"host=db dbname=ventral", "postgresql://db/ventral"}) {
    EXPECT_THAT(WithTimeouts(connection),
                AllOf(HasSubstr("host='db'"), HasSubstr("dbname='ventral'"),
                      HasSubstr("connect_timeout='10'"), HasSubstr("tcp_user_timeout='30000'"),
                      HasSubstr("keepalives_idle='30'"), HasSubstr("keepalives_interval='10'"),
                      HasSubstr("keepalives_count='3'")))
        << connection;
  }
}

TEST(WithTimeouts, LeavesWhatIsSaid) {
  for (const char* connection : {"host=db connect_timeout=2 tcp_user_timeout=0",
                                 "postgresql://db/?connect_timeout=2&tcp_user_timeout=0"}) {
    EXPECT_THAT(WithTimeouts(connection),
                AllOf(HasSubstr("connect_timeout='2'"), HasSubstr("tcp_user_timeout='0'"),
                      Not(HasSubstr("30000"))));
  }
  setenv("PGCONNECT_TIMEOUT", "4", 1);
  EXPECT_THAT(WithTimeouts("host=db"), Not(HasSubstr("connect_timeout")));
  unsetenv("PGCONNECT_TIMEOUT");
}

TEST(WithTimeouts, KeepsEveryCharacter) {
  const std::string once =
      WithTimeouts("postgresql://me:it%27s%20a%5C@a,b:5/x?host=%2Ftmp%2Fc%20d");
  EXPECT_THAT(once, HasSubstr(R"(password='it\'s a\\')"));
  EXPECT_THAT(once, HasSubstr("host='/tmp/c d'"));
  EXPECT_EQ(WithTimeouts(once), once);
}

TEST(WithTimeouts, LeavesWhatNobodyReads) { EXPECT_EQ(WithTimeouts("nonsense"), "nonsense"); }

}  // namespace
}  // namespace ventral::store
