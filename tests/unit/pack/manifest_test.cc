#include <gtest/gtest.h>

#include "scoring/pack/pack.h"
#include "scoring/pack/pack_path.h"
#include "tests/unit/pack/small_pack.h"

namespace ventral {
namespace {

using testing::SmallManifest;

TEST(Manifest, SaysWhatPublishingNeeds) {
  const auto manifest = ParseManifest(SmallManifest());
  ASSERT_TRUE(manifest.ok()) << manifest.error().ToString();
  EXPECT_EQ(manifest->id, "small");
  EXPECT_EQ(manifest->version, "1.2.3");
  EXPECT_EQ(manifest->title, "Four stimuli");
  EXPECT_EQ(manifest->citation, "None");
  EXPECT_EQ(manifest->licence, "CC0-1.0");
  EXPECT_EQ(manifest->stimuli, 4);
  EXPECT_EQ(manifest->stimuli_file, "stimuli.csv");
  EXPECT_EQ(manifest->array_files,
            (std::vector<std::string>{"it.npy", "arrays/v4.npy", "arrays/trials.npy"}));
  ASSERT_EQ(manifest->benchmarks.size(), 2u);
  const auto& rsa = manifest->benchmarks[0];
  EXPECT_EQ(rsa.spec.id, "small.it.rsa");
  EXPECT_EQ(rsa.spec.recording, "it");
  EXPECT_EQ(rsa.spec.trials, "");
  EXPECT_EQ(rsa.spec.seed.value, 18446744073709551615u);
  EXPECT_EQ(rsa.species, "human");
  EXPECT_EQ(rsa.region, "IT");
  EXPECT_EQ(rsa.modality, "fmri");
  EXPECT_EQ(rsa.subjects, 2);
  const Options expected = {{"comparator", std::string("spearman")},
                            {"bootstrap", std::int64_t{1000}},
                            {"level", 0.5},
                            {"exact", true},
                            {"penalties", std::vector<double>{1, 2.5}}};
  EXPECT_EQ(rsa.spec.options, expected);
  EXPECT_EQ(manifest->benchmarks[1].spec.trials, "v4_trials");
}

TEST(Manifest, NamesWhatIsWrongByJsonPointer) {
  const struct {
    const char *from, *to, *part;
  } kCases[] = {
      {"{", "[", "pack.json: not JSON"},
      {"\"format\": 1,", "", "/: Missing required property 'format'"},
      {"\"format\": 1", "\"format\": 2", "/format: "},
      {"\"format\": 1,", "\"format\": 1, \"fromat\": 1,", "fromat"},
      {"\"id\": \"small\"", "\"id\": \"Small\"", "/id: "},
      {"\"id\": \"small\"", "\"id\": 3", "/id: "},
      {"\"version\": \"1.2.3\"", "\"version\": \"1.2.x\"", "/version: "},
      {"\"version\": \"1.2.3\"", "\"version\": \"1.2.3.\"", "/version: "},
      {"\"version\": \"1.2.3\"", "\"version\": \"1..2.3\"", "/version: "},
      {"\"title\": \"Four stimuli\"", "\"title\": \"a\\u0000b\"", "/title: "},
      {"\"count\": 4", "\"count\": 4.5", "/stimuli/count: "},
      {"\"count\": 4", "\"count\": -4", "/stimuli/count: "},
      {"\"file\": \"stimuli.csv\"", "\"file\": \"../stimuli.csv\"", "/stimuli/file: "},
      {"\"kind\": \"rdms\"", "\"kind\": \"rdm\"", "/recordings/0/kind: "},
      {"\"file\": \"it.npy\"", "\"file\": \"/it.npy\"", "/recordings/0/file: "},
      {"\"session\"", "\"time\"", "/recordings/0/axes/1: "},
      {"\"session\"", "\"subject\"", "/recordings/0/axes/1: axis 'subject'"},
      {"\"session\"", "\"repeat\"", "/recordings/0/axes/1: axis 'repeat'"},
      {"\"stimulus\", \"stimulus\"", "\"stimulus\", \"neuroid\"", "/recordings/0/axes: "},
      {"[\"stimulus\", \"neuroid\"]", "[\"neuroid\", \"stimulus\"]", "/recordings/1/axes: "},
      {"[\"stimulus\", \"neuroid\"]", "[\"neuroid\"]", "/recordings/1/axes: "},
      {"\"id\": \"v4\"", "\"id\": \"it\"", "/recordings/1/id: recording 'it' stands twice"},
      {"\"modality\": \"fmri\"", "\"modality\": \"mri\"", "/recordings/0/modality: "},
      {"\"subjects\": 2", "\"subjects\": 0", "/recordings/0/subjects: "},
      {"\"degrees\": 2.5", "\"degrees\": 0", "/recordings/0/degrees: "},
      {"\"id\": \"small.it.rsa\"", "\"id\": \"other.it.rsa\"", "/benchmarks/0/id: "},
      {"\"id\": \"small.it.rsa\"", "\"id\": \"small.\"", "/benchmarks/0/id: "},
      {"\"id\": \"small.it.rsa\"", "\"id\": \"small.v4.ridge\"", "/benchmarks/1/id: benchmark"},
      {"\"recording\": \"it\"", "\"recording\": \"pit\"", "/benchmarks/0/recording: "},
      {"\"trials\": \"v4_trials\"", "\"trials\": \"trials\"", "/benchmarks/1/trials: names no"},
      {"\"trials\": \"v4_trials\"", "\"trials\": \"v4\"", "/benchmarks/1/trials: must name"},
      {", \"seed\": 7", "", "/benchmarks/1: Missing required property 'seed'"},
      {"\"seed\": 7", "\"seed\": -7", "/benchmarks/1/seed: "},
      {"\"seed\": 7", "\"seed\": 7.5", "/benchmarks/1/seed: "},
      {"\"exact\": true", "\"exact\": null", "/benchmarks/0/options/exact: "},
      {"\"exact\": true", "\"exact\": {}", "/benchmarks/0/options/exact: "},
      {"\"exact\": true", "\"exact\": 18446744073709551615", "/benchmarks/0/options/exact: "},
      {"[1, 2.5]", "[1, \"2\"]", "/benchmarks/0/options/penalties/1: "},
      {"\"exact\": true", "\"exact\": true, \"exact\": false", "'exact' stands twice"},
  };
  for (const auto& item : kCases) {
    const auto manifest = ParseManifest(SmallManifest(item.from, item.to));
    ASSERT_FALSE(manifest.ok()) << item.from << " → " << item.to;
    EXPECT_EQ(manifest.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(manifest.error().message.find("pack.json: "), 0u);
    EXPECT_NE(manifest.error().message.find(item.part), std::string::npos)
        << item.from << " → " << item.to << "\n" << manifest.error().message;
  }
}

TEST(Manifest, SurvivesHostileJson) {
  EXPECT_FALSE(ParseManifest("").ok());
  EXPECT_FALSE(ParseManifest(std::string(100'000, '[')).ok());
  EXPECT_FALSE(ParseManifest(std::string(100'000, '[') + std::string(100'000, ']')).ok());
  const auto deep = ParseManifest(std::string(33, '[') + std::string(33, ']'));
  ASSERT_FALSE(deep.ok());
  EXPECT_NE(deep.error().message.find("nested deeper than 32 levels"), std::string::npos);
  std::string many = "[{}";  // a parser that looks at all before each would take a minute
  while (many.size() < 1'000'000) many += ",{}";
  EXPECT_FALSE(ParseManifest(many + "]").ok());
  const std::string long_text(800'000, 'a');
  for (const char* from : {"\"small\"", "\"1.2.3\"", "\"spikes\"", "\"spearman\"", "\"it.npy\""}) {
    EXPECT_FALSE(ParseManifest(SmallManifest(from, "\"" + long_text + "\"")).ok()) << from;
  }
  const auto large = ParseManifest(SmallManifest() + std::string(2 << 20, ' '));
  ASSERT_FALSE(large.ok());
  EXPECT_EQ(large.error().code, ErrorCode::kResourceLimit);
}

TEST(PackPath, StaysInThePack) {
  for (const char* path : {"a", "stimuli/01.png", "a..b/c.", "größe/図.png"}) {
    EXPECT_TRUE(CheckPackPath(path).ok()) << path;
  }
  const std::string kBad[] = {
      "",      "/a",    "a/",       "a//b",       "..",
      "../a",  "a/..",  "a/../b",   ".",          "./a",
      "a/./b", "a\\b",  "a\nb",     "a\tb",       std::string("a\0b", 3),
      "\x7f",  "\xff",  "\xc0\xaf", "\xed\xa0\x80", std::string(513, 'a'),
  };
  for (const std::string& path : kBad) {
    const auto checked = CheckPackPath(path);
    ASSERT_FALSE(checked.ok()) << path;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidInput);
  }
}

TEST(PlainText, IsWellFormedUtf8WithoutControls) {
  for (const char* text : {"", "plain", "é", "€", "𐍈", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(IsPlainText(text)) << text;
  }
  for (const char* text : {"\x80", "\xc3", "\xe2\x82", "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "a\x1b[31m"}) {
    EXPECT_FALSE(IsPlainText(text)) << text;
  }
}

}  // namespace
}  // namespace ventral
