#include <gmock/gmock.h>

#include "worker/protocol/kept_grams.h"
#include "worker/protocol/rdm_messages.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

KeptHead SomeHead() {
  return {std::string(64, 'a'), "eight",           "1.0.0", std::string(64, 'b'),
          std::string(64, 'c'), {"left", "right"}, "p 1",   0.1 + 0.2};
}

TEST(KeptMessages, RoundTrip) {
  const auto head = DecodeKeptHead(Encode(SomeHead()));
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head->checkpoint_sha256, std::string(64, 'a'));
  EXPECT_EQ(head->pack_digest, std::string(64, 'b'));
  EXPECT_EQ(head->stimuli_digest, std::string(64, 'c'));
  EXPECT_EQ(head->stimuli, (std::vector<std::string>{"left", "right"}));
  EXPECT_EQ(head->extraction_seconds, 0.1 + 0.2);
  EXPECT_EQ(*DecodeKeptEnd(EncodeKeptEnd(DigestOf("x"))), DigestOf("x"));
  const auto request = DecodeRdmsRequest(Encode(RdmsRequest{"/g", {"a.*"}, "cosine", 77}));
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->layers, std::vector<std::string>{"a.*"});
  EXPECT_EQ(request->memory_budget_bytes, 77u);
}

TEST(KeptMessages, NameTheFieldThatIsWrong) {
  std::string text = Encode(SomeHead());
  text.replace(text.find("\"format\":1"), 10, "\"format\":2");
  EXPECT_THAT(DecodeKeptHead(text).error().message, HasSubstr("is 2, this program reads 1"));
  EXPECT_THAT(DecodeKeptHead("{}").error().message, HasSubstr("field format"));
  KeptHead head = SomeHead();
  head.stimuli_digest = "ABC";
  EXPECT_THAT(DecodeKeptHead(Encode(head)).error().message, HasSubstr("stimuli_digest"));
  EXPECT_FALSE(DecodeKeptEnd(R"({"sha256": "x"})").ok());
}

TEST(RdmMessages, KeepEveryBitAndAreRefusedWhenCut) {
  RdmMessage rdm;
  rdm.layer = {"layer4.1", 3};
  rdm.features = 7;
  rdm.inferred = true;
  rdm.rdm = {3, Eigen::Vector3d(0.1, 1e-300, 2.5)};
  const std::string bytes = Encode(rdm);
  const auto back = DecodeRdm(bytes);
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(back->layer, rdm.layer);
  EXPECT_EQ(back->rdm.upper, rdm.rdm.upper);
  EXPECT_TRUE(back->inferred);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(DecodeRdm(bytes.substr(0, size)).ok()) << size;
  EXPECT_FALSE(DecodeRdm(bytes + "x").ok());
  RdmMessage none = rdm;
  none.undefined = "all equal";
  none.rdm.upper.resize(0);
  EXPECT_EQ(DecodeRdm(Encode(none))->undefined, "all equal");
}

}  // namespace
}  // namespace ventral
