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
  EXPECT_EQ(ReadPageNumber("jobs", MakePageToken("jobs", "42")).value(), 42);
  EXPECT_EQ(ReadPageNumber("jobs", "").value(), std::numeric_limits<std::int64_t>::max());
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
    EXPECT_EQ(ReadPageNumber("jobs", MakePageToken("jobs", key)).error().code,
              ErrorCode::kInvalidInput)
        << key;
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
