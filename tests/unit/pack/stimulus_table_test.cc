#include "scoring/pack/stimulus_table.h"

#include <gtest/gtest.h>

namespace ventral {
namespace {

Result<std::vector<StimulusRow>> Parse(std::string_view csv, std::int64_t max_stimuli = 100) {
  return ParseStimulusTable(csv, max_stimuli, "stimuli.csv");
}

TEST(StimulusTable, FindsItsColumnsWhereverTheyStand) {
  const std::string_view kTables[] = {
      "stimulus_id,file\n01,s/1.png\n02,s/2.png\n",
      "stimulus_id,file\r\n01,s/1.png\r\n02,s/2.png",
      "category,file,stimulus_id\n\"a \"\"face\"\", human\",s/1.png,01\nx,s/2.png,02\n",
  };
  for (const auto table : kTables) {
    const auto rows = Parse(table);
    ASSERT_TRUE(rows.ok()) << rows.error().ToString();
    ASSERT_EQ(rows->size(), 2u) << table;
    EXPECT_EQ((*rows)[0].id, "01");
    EXPECT_EQ((*rows)[1].file, "s/2.png");
  }
}

TEST(StimulusTable, GivesItsOtherColumns) {
  StimulusColumns columns;
  ASSERT_TRUE(ParseStimulusTable("category,file,stimulus_id,twice,twice,,set\n"
                                 "face,a.png,1,x,y,z,train\nhouse,b.png,2,x,y,z,\n",
                                 100, "stimuli.csv", &columns)
                  .ok());
  EXPECT_EQ(columns, (StimulusColumns{{"category", {"face", "house"}}, {"set", {"train", ""}}}));
}

TEST(StimulusTable, NamesTheRowThatIsWrong) {
  const std::pair<std::string_view, const char*> kCases[] = {
      {"", "has no header"},
      {"id,file\n", "row 1: the header must name the column 'stimulus_id'"},
      {"stimulus_id,path\n", "row 1: the header must name the column 'file'"},
      {"stimulus_id,file,file\n", "row 1: the header must name the column 'file' once"},
      {"stimulus_id,file\n01,a.png\n02\n", "row 3 has 1 fields and the header has 2"},
      {"stimulus_id,file\n01,a.png,x\n", "row 2 has 3 fields"},
      {"stimulus_id,file\n,a.png\n", "row 2: stimulus_id"},
      {"stimulus_id,file\n01,a.png\n02,b.png\n01,c.png\n", "row 4: stimulus_id '01' stands twice"},
      {"stimulus_id,file\n01,/etc/passwd\n", "row 2: path '/etc/passwd'"},
      {"stimulus_id,file\n01,../a.png\n", "row 2: path '../a.png'"},
      {"stimulus_id,file\n01,\n", "row 2: a path has 0 bytes"},
      {"stimulus_id,file\n\xff\xfe,a.png\n", "row 2: stimulus_id"},
      {"stimulus_id,file\n01,a\"b.png\n", "row 2: "},
      {"stimulus_id,file\n01,\"a.png\n02,b.png\n", "row 2: "},
  };
  for (const auto& [csv, part] : kCases) {
    const auto rows = Parse(csv);
    ASSERT_FALSE(rows.ok()) << csv;
    EXPECT_EQ(rows.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(rows.error().message.find(std::string("stimuli.csv: ") + part), std::string::npos)
        << rows.error().message;
  }
}

TEST(StimulusTable, StopsAtItsLimit) {
  const auto rows = Parse("stimulus_id,file\n1,a\n2,b\n3,c\n", 2);
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.error().code, ErrorCode::kResourceLimit);
}

}  // namespace
}  // namespace ventral
