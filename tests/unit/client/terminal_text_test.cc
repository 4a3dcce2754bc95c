#include "client/cli/terminal_text.h"

#include <gtest/gtest.h>

#include "client/cli/progress_line.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

TEST(Printable, KeepsTextAndTakesCommandsOut) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"features.12 ±0.035", "features.12 ±0.035"},
      {"模型 é", "模型 é"},
      {"\x1b[2Jgone", "?[2Jgone"},
      {"a\nb\tc\rd\x7f", "a?b?c?d?"},
      {"\xc2\x9b"
       "2J",
       "?2J"},  // CSI as one C1 character
      {"\xe2\x80\xae"
       "abc",
       "?abc"},               // right-to-left override
      {"\xe2\x80\xa8", "?"},  // line separator
      {"\xff\xfe", "??"},
      {"\xc0\xaf", "??"},            // overlong '/'
      {"\xed\xa0\x80", "???"},       // surrogate
      {"\xf5\x80\x80\x80", "????"},  // beyond Unicode
      {"cut \xe6\xa8", "cut ??"},
      {std::string("nul\0!", 5), "nul?!"},
  };
  for (const auto& [text, printable] : cases) EXPECT_EQ(Printable(text), printable) << text;
}

TEST(Printable, KeepsLineFeedsWhereLinesAreWanted) {
  EXPECT_EQ(PrintableLines("one\ntwo\x1b\n"), "one\ntwo?\n");
  EXPECT_EQ(PrintableLines(""), "");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  const std::pair<const char*, std::size_t> cases[] = {
      {"", 0}, {"abc", 3}, {"±é–", 3}, {"模型", 4}, {"e\xcc\x81", 1} /* combining acute */};
  for (const auto& [text, width] : cases) EXPECT_EQ(DisplayWidth(text), width) << text;
}

TEST(ShortenedTo, FitsAndSaysThatItWasCut) {
  EXPECT_EQ(ShortenedTo(5, "short"), "short");
  EXPECT_EQ(ShortenedTo(5, "longer"), "long…");
  EXPECT_EQ(ShortenedTo(4, "模型模型"), "模…") << "no half of a wide character";
  EXPECT_EQ(ShortenedTo(1, "ab"), "…");
  EXPECT_EQ(ShortenedTo(0, "ab"), "");
}

TEST(Table, AlignsByWidth) {
  Table table({{"model"}, {"r", Table::Align::kRight}, {"note"}});
  table.Add({"模型", "0.5", "x"});
  table.Add({"é", "0.125", ""});
  EXPECT_EQ(table.Text("  "),
            "  model      r  note\n"
            "  模型     0.5  x\n"
            "  é      0.125\n");
}

TEST(Table, CannotBeBrokenByACell) {
  Table table({{"a"}, {"b"}});
  table.Add({"two\nlines", "\x1b[1m"});
  EXPECT_EQ(table.Text(), "a          b\ntwo?lines  ?[1m\n");
}

TEST(Bar, ShowsTheShareThatIsKnown) {
  EXPECT_EQ(Bar(0, 0), "");
  EXPECT_EQ(Bar(0, 4), "[........................] ");
  EXPECT_EQ(Bar(2, 4), "[############............] ");
  EXPECT_EQ(Bar(4, 4), "[########################] ");
  EXPECT_EQ(Bar(9, 4), Bar(4, 4));
  EXPECT_EQ(Bar(-1, 4), Bar(0, 4));
}

}  // namespace
}  // namespace ventral::cli
