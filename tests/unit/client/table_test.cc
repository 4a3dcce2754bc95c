#include "client/cli/table.h"

#include <gtest/gtest.h>

namespace ventral::cli {
namespace {

TEST(Table, AlignsByWhatIsSeenAndLeavesNoBlanksAtTheEnd) {
  Table table({{"name"}, {"n", Table::Align::kRight}, {"note"}});
  table.Add({"é", "1", ""});
  table.Add({"longer", "100", "x"});
  EXPECT_EQ(table.Text("> "), "> name      n  note\n> é         1\n> longer  100  x\n");
}

TEST(Table, ANameCannotCommandTheTerminal) { EXPECT_EQ(Printable("a\033[2Jb\n"), "a?[2Jb?"); }

}  // namespace
}  // namespace ventral::cli
