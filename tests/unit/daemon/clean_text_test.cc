#include "worker/daemon/clean_text.h"

#include <google/protobuf/stubs/common.h>
#include <gtest/gtest.h>

#include <random>

#include "ventral/v1/worker.pb.h"

namespace ventral {
namespace {

TEST(CleanTail, WhatIsWellFormedStays) {
  const std::string text = "déjà vu 脳 🧠\n\ttab";
  EXPECT_EQ(CleanTail(text, 1000), text);
}

TEST(CleanTail, EachIllFormedByteBecomesAQuestionMark) {
  struct Case {
    std::string bytes, clean;
  };
  using namespace std::string_literals;
  for (const Case& c : {Case{"a\0b"s, "a?b"}, Case{"\xff", "?"}, Case{"\x1b[31m", "?[31m"},
                        Case{"\xc0\xaf", "??"},            // overlong '/'
                        Case{"\xe0\x80\xaf", "???"},       // overlong '/'
                        Case{"\xed\xa0\x80", "???"},       // a surrogate
                        Case{"\xf4\x90\x80\x80", "????"},  // beyond U+10FFFF
                        Case{"x\xe2\x82", "x??"},          // cut
                        Case{"\xf8\x88\x80\x80\x80", "?????"}}) {
    EXPECT_EQ(CleanTail(c.bytes, 1000), c.clean);
  }
}

TEST(CleanTail, TheEndIsKeptAndNoCharacterIsCut) {
  EXPECT_EQ(CleanTail("first last", 4), "last");
  EXPECT_EQ(CleanTail("脳脳", 4), "脳");
  EXPECT_EQ(CleanTail("", 4), "");
}

// Protobuf refuses to parse a text field that is no UTF-8.
TEST(CleanTail, AnythingTravelsInAMessage) {
  std::mt19937 random(3);
  for (int i = 0; i < 500; ++i) {
    std::string bytes(random() % 64, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    v1::FailJobRequest request, back;
    request.set_log_tail(CleanTail(bytes, 40));
    ASSERT_TRUE(back.ParseFromString(request.SerializeAsString()));
    EXPECT_LE(back.log_tail().size(), 40u);
  }
}

}  // namespace
}  // namespace ventral
