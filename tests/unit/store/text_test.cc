#include "server/store/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "server/store/timestamp.h"

namespace ventral::store {
namespace {

struct Bytes {
  std::string bytes;
  bool is_text;
};

TEST(Text, WellFormedUtf8WithoutNul) {
  const std::vector<Bytes> cases = {
      {"", true},
      {"plain\n\t\x01", true},
      {"\xc3\xa9", true},                  // é
      {"\xe2\x82\xac", true},              // €
      {"\xf0\x9f\xa7\xa0", true},          // U+1F9E0
      {"\xed\x9f\xbf\xee\x80\x80", true},  // either side of the surrogates
      {"\xf4\x8f\xbf\xbf", true},          // U+10FFFF
      {std::string("a\0b", 3), false},
      {"\x80", false},  // continues nothing
      {"\xc3", false},  // cut off
      {"\xc3(", false},
      {"\xe2\x82", false},
      {"\xf0\x9f\xa7", false},
      {"\xc0\x80", false},  // overlong NUL
      {"\xc1\xbf", false},
      {"\xe0\x9f\xbf", false},
      {"\xf0\x8f\xbf\xbf", false},
      {"\xed\xa0\x80", false},      // a surrogate
      {"\xf4\x90\x80\x80", false},  // beyond U+10FFFF
      {"\xff", false},
  };
  for (const Bytes& c : cases) {
    EXPECT_EQ(IsText(c.bytes), c.is_text) << ::testing::PrintToString(c.bytes);
    EXPECT_TRUE(IsText(CleanText(c.bytes, 100, Keep::kStart)));
    EXPECT_TRUE(IsText(CleanText(c.bytes, 100, Keep::kEnd)));
    if (c.is_text) {
      EXPECT_EQ(CleanText(c.bytes, 100, Keep::kEnd), c.bytes);
    }
  }
}

TEST(Text, CleanTextKeepsOneEndAndWholeCharacters) {
  EXPECT_EQ(CleanText("abcdef", 3, Keep::kStart), "abc");
  EXPECT_EQ(CleanText("abcdef", 3, Keep::kEnd), "def");
  EXPECT_EQ(CleanText("a\xe2\x82\xac", 3, Keep::kStart), "a");
  EXPECT_EQ(CleanText("\xe2\x82\xac"
                      "a",
                      3, Keep::kEnd),
            "a");
  EXPECT_EQ(CleanText(std::string("a\0\xff", 3), 10, Keep::kStart), "a??");
  EXPECT_EQ(CleanText("abc", 0, Keep::kStart), "");
  EXPECT_EQ(CleanText("\x80\x80", 10, Keep::kEnd), "??");
}

TEST(Text, CleanTextOfAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const std::size_t limit = random() % 50;
    for (Keep keep : {Keep::kStart, Keep::kEnd}) {
      const std::string clean = CleanText(bytes, limit, keep);
      EXPECT_TRUE(IsText(clean));
      EXPECT_LE(clean.size(), limit);
    }
  }
}

TEST(Text, CheckTextsNamesTheField) {
  const auto status = CheckTexts({{"first", "fine"}, {"second", "\xff"}});
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, ::testing::StartsWith("second is not UTF-8"));
}

TEST(Text, Uuids) {
  EXPECT_TRUE(IsUuid("8b6d2c5c-33b6-4a5c-9f3f-0123456789ab"));
  for (const char* text :
       {"", "8b6d2c5c-33b6-4a5c-9f3f-0123456789a", "8b6d2c5c-33b6-4a5c-9f3f-0123456789abc",
        "8B6D2C5C-33B6-4A5C-9F3F-0123456789AB", "8b6d2c5c033b6-4a5c-9f3f-0123456789ab",
        "8b6d2c5c-33b6-4a5c-9f3f-0123456789ag", "{b6d2c5c-33b6-4a5c-9f3f-0123456789a}"}) {
    EXPECT_FALSE(IsUuid(text)) << text;
  }
}

TEST(Text, Arrays) {
  EXPECT_EQ(TextArray(std::vector<std::string>{}), "{}");
  EXPECT_EQ(TextArray(std::vector<std::string>{"a", "", "NULL", "b,{}\"\\"}),
            R"({"a","","NULL","b,{}\"\\"})");
  EXPECT_EQ(TextArray(std::vector<std::optional<std::string>>{std::nullopt, "x"}), R"({NULL,"x"})");
}

TEST(Text, NumbersComeBackToTheLastBit) {
  for (double value : {0.0, -0.0, 0.1, 1e-5, 1.0 / 3, 5e-324, 1.7976931348623157e308,
                       -123456789.123456789, 1e22}) {
    const double back = ParseNumber(NumberText(value)).value();
    EXPECT_EQ(back, value);
    EXPECT_EQ(std::signbit(back), std::signbit(value));
  }
  EXPECT_EQ(NumberText(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(NumberText(-std::numeric_limits<double>::infinity()), "-Infinity");
  for (const char* text : {"", "x", "1x", " 1"}) EXPECT_FALSE(ParseNumber(text).ok()) << text;
}

TEST(Timestamp, ThereAndBack) {
  using namespace std::chrono;  // NOLINT: dates read best so
  const std::vector<std::pair<TimePoint, std::string>> cases = {
      {TimePoint(), "1970-01-01 00:00:00.000000+00"},
      {sys_days{2025y / 6 / 1} + 13h + 2min + 3s + 45us, "2025-06-01 13:02:03.000045+00"},
      {sys_days{2024y / 2 / 29} + 999999us, "2024-02-29 00:00:00.999999+00"},
      {TimePoint() - 1us, "1969-12-31 23:59:59.999999+00"},
  };
  for (const auto& [time, text] : cases) {
    EXPECT_EQ(TimestampText(time), text);
    EXPECT_EQ(ParseTimestamp(text).value(), time);
  }
  EXPECT_EQ(TimestampText(TimePoint() + nanoseconds(1999)), "1970-01-01 00:00:00.000001+00");
  // As PostgreSQL prints it, without zeros at the end.
  EXPECT_EQ(ParseTimestamp("2025-06-01 13:02:03+00").value(),
            TimePoint(sys_days{2025y / 6 / 1} + 13h + 2min + 3s));
  EXPECT_EQ(ParseTimestamp("2025-06-01 13:02:03.5+00").value(),
            TimePoint(sys_days{2025y / 6 / 1} + 13h + 2min + 3s + 500ms));
}

TEST(Timestamp, WhatIsNone) {
  for (const char* text :
       {"", "infinity", "2025-06-01", "2025-06-01 13:02:03", "2025-06-01 13:02:03+02",
        "2025-06-01 13:02:03.+00", "2025-06-01 13:02:03.1234567+00", "01/06/2025 13:02:03+00",
        "2025-06-01 13:02:03+00 BC", "-025-06-01 13:02:03+00"}) {
    const auto time = ParseTimestamp(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_EQ(time.error().code, ErrorCode::kCorruptData);
  }
}

}  // namespace
}  // namespace ventral::store
