#include "server/store/page_token.h"

#include <gtest/gtest.h>

#include <limits>

namespace ventral::store {
namespace {

TEST(PageToken, ThereAndBack) {
  for (const std::string& key :
       {std::string("a"), std::string(), std::string("a:b"), std::string("\xc3\xa9")}) {
    EXPECT_EQ(ReadPageToken("models", MakePageToken("models", key), "first").value(), key);
  }
  EXPECT_EQ(ReadPageToken("models", "", "first").value(), "first");
  const std::string uuid = "8b6d2c5c-33b6-4a5c-9f3f-111111111111";
  EXPECT_EQ(ReadPageUuid("jobs", MakePageToken("jobs", uuid)).value(), uuid);
  EXPECT_EQ(ReadPageUuid("jobs", "").value(), "");
  EXPECT_EQ(ReadPageNumber("audit", MakePageToken("audit", "42")).value(), 42);
  EXPECT_EQ(ReadPageNumber("audit", "").value(), std::numeric_limits<std::int64_t>::max());
}

TEST(PageToken, RefusesWhatIsNone) {
  const std::string good = MakePageToken("jobs", "42");
  for (const std::string& token :
       {good.substr(2), good.substr(0, good.size() - 1), good + " ", std::string("%00"),
        MakePageToken("job", "s:42"), MakePageToken("jobs", std::string("4\0", 2)),
        MakePageToken("jobs", "\xff"), std::string(2000, '0')}) {
    EXPECT_EQ(ReadPageToken("jobs", token, "").error().code, ErrorCode::kInvalidInput) << token;
  }
  for (const char* key : {"", "-1", "x", "4 ", "99999999999999999999", "0x1"}) {
    const std::string token = MakePageToken("jobs", key);
    EXPECT_EQ(ReadPageNumber("jobs", token).error().code, ErrorCode::kInvalidInput) << key;
    EXPECT_EQ(ReadPageUuid("jobs", token).error().code, ErrorCode::kInvalidInput) << key;
  }
}

TEST(PageToken, Sizes) {
  EXPECT_EQ(PageSize(0).value(), 50);
  EXPECT_EQ(PageSize(1).value(), 1);
  EXPECT_EQ(PageSize(1000).value(), 1000);
  EXPECT_EQ(PageSize(std::numeric_limits<int>::max()).value(), 1000);
  EXPECT_EQ(PageSize(-1).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace ventral::store
