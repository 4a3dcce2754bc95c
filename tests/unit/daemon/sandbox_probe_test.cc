// What an extractor says of its sandbox, and every way in which it can fail to say it.
#include "worker/daemon/sandbox_probe.h"

#include <gmock/gmock.h>

#include "tests/support/files.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kAll[] = R"({"active": ["privileges", "limits", "system_calls", "namespaces"],
                            "missing": {"landlock": "not in this kernel"}})";

TEST(ParseSandboxReport, ReadsLayersAndReasons) {
  const auto report = ParseSandboxReport(kAll);
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_THAT(report->active, ElementsAre("privileges", "limits", "system_calls", "namespaces"));
  EXPECT_EQ(report->ToString(),
            "privileges, limits, system_calls, namespaces; without landlock (not in this kernel)");
}

TEST(ParseSandboxReport, ReasonsAreMadeTextOfAFewWords) {
  const auto report = ParseSandboxReport(
      R"({"active": ["privileges", "limits", "system_calls"], "missing": {"a": "\u001b[2J", "b": "", "c": ")" +
      std::string(5000, 'x') + "\"}}");
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_EQ(report->missing.at("a"), "?[2J");
  EXPECT_EQ(report->missing.at("b"), "no reason given");
  EXPECT_EQ(report->missing.at("c"), std::string(500, 'x'));
}

TEST(ParseSandboxReport, RefusesWhatIsNone) {
  const std::string always = R"("privileges", "limits", "system_calls")";
  std::string many, more;
  for (int i = 0; i < 17; ++i) {
    many += ", \"layer_" + std::to_string(i) + "\"";
    more += (i == 0 ? "\"layer_" : ", \"layer_") + std::to_string(i) + "\": \"x\"";
  }
  const std::pair<std::string, const char*> cases[] = {
      {"", "no JSON object"},
      {"sealed", "no JSON object"},
      {"[1]", "no JSON object"},
      {std::string(8000, '['), "no JSON object"},
      {std::string(1 << 20, ' '), "too long"},
      {"{}", "active: is missing"},
      {R"({"active": "privileges", "missing": {}})", "active: is no list"},
      {R"({"active": [1], "missing": {}})", "active: holds something that is no text"},
      {R"({"active": [)" + always + R"(], "missing": []})", "missing: is no object"},
      {R"({"active": [)" + always + R"(], "missing": {"a": 1}})",
       "holds something that is no text"},
      {R"({"active": [)" + always + many + R"(], "missing": {}})", "more layers than there are"},
      {R"({"active": [)" + always + R"(], "missing": {)" + more + "}}",
       "more layers than there are"},
      {R"({"active": [)" + always + R"(, ""], "missing": {}})", "no name of a layer"},
      {R"({"active": [)" + always + R"(, "\u001b"], "missing": {}})", "no name of a layer"},
      {R"({"active": [)" + always + R"(], "missing": {"A b": "x"}})", "no name of a layer"},
      {R"({"active": [)" + always + R"(], "missing": {"limits": "x"}})", "both active and missing"},
      {R"({"active": ["privileges", "limits"], "missing": {}})", "without system_calls"},
      {R"({"active": ["limits", "system_calls"], "missing": {}})", "without privileges"},
      {R"({"active": [], "missing": {"privileges": "x"}})", "without privileges"},
  };
  for (const auto& [json, says] : cases) {
    const auto report = ParseSandboxReport(json);
    ASSERT_FALSE(report.ok()) << says;
    EXPECT_EQ(report.error().code, ErrorCode::kCorruptData);
    EXPECT_THAT(report.error().message, HasSubstr(says));
  }
}

// Stands where ventral-extract does.
class ProbeSandboxTest : public ::testing::Test {
 protected:
  Result<SandboxReport> Probe(const std::string& script, milliseconds patience) {
    const auto program = folder_.path() / "extract";
    testing::WriteFile(program, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    return ProbeSandbox(program, patience);
  }
  testing::ScratchFolder folder_;
};

TEST_F(ProbeSandboxTest, AsksForTheReport) {
  const auto report =
      Probe("[ \"$*\" = --sandbox-report ] || exit 2\necho '" + std::string(kAll) + "'",
            milliseconds(60'000));
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_EQ(report->active.size(), 4u);
}

TEST_F(ProbeSandboxTest, NoReportIsNoSandbox) {
  const std::pair<std::string, const char*> cases[] = {
      {"echo 'the kernel has no seccomp' >&2; exit 1",
       "exited with status 1; its log ends: the kernel"},
      {"exit 0", "no JSON object"},
      {"echo '{\"active\": []'", "no JSON object"},
      {"echo '" + std::string(kAll) + "'; exit 1", "exited with status 1"},
      {"while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done", "has no end"},
  };
  for (const auto& [script, says] : cases) {
    const auto report = Probe(script, milliseconds(60'000));
    ASSERT_FALSE(report.ok()) << script;
    EXPECT_EQ(report.error().code, ErrorCode::kInternal);
    EXPECT_THAT(report.error().message, HasSubstr(says)) << script;
    EXPECT_THAT(report.error().message, HasSubstr("extract for its sandbox")) << script;
  }
}

TEST_F(ProbeSandboxTest, SilenceEndsWithThePatience) {
  const auto start = std::chrono::steady_clock::now();
  const auto report = Probe("echo '{'; exec sleep 1000", milliseconds(300));
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, HasSubstr("did not answer in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

// It closes its end, and lives on: waiting for it has an end, too.
TEST_F(ProbeSandboxTest, OneThatLivesOnIsEnded) {
  const auto report =
      Probe("echo '" + std::string(kAll) + "'; exec sleep 1000 >&- 2>&-", milliseconds(2000));
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, HasSubstr("did not end in time"));
}

TEST_F(ProbeSandboxTest, AProgramThatIsMissingIsNamed) {
  const auto report = ProbeSandbox("/nonexistent/extract", milliseconds(300));
  ASSERT_FALSE(report.ok());
  EXPECT_THAT(report.error().message, HasSubstr("/nonexistent/extract"));
}

}  // namespace
}  // namespace ventral
