#include "client/lib/job_name.h"

#include <gmock/gmock.h>

#include "tests/unit/client/fake_service.h"

namespace ventral::client {
namespace {

using ::testing::HasSubstr;

constexpr char kFirst[] = "jobs/3f2a9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58";
constexpr char kAlike[] = "jobs/3f2a9d0c-aaaa-4c7a-9f66-0d3c2b1a4e58";
constexpr char kLast[] = "jobs/beef9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58";

class JobName : public ::testing::Test {
 protected:
  JobName() {
    // Two a page: the last job stands on the second.
    for (const char* name : {kFirst, kAlike, kLast}) {
      service_.jobs.jobs.emplace_back().set_name(name);
    }
  }
  Result<std::string> Resolve(const std::string& given) { return ResolveJob(connection_, given); }

  ventral::testing::FakeService service_;
  Connection connection_{service_.address()};
};

TEST_F(JobName, IsANameAnIdOrItsBeginning) {
  const std::pair<const char*, const char*> cases[] = {
      {kFirst, kFirst},
      {kFirst + 5, kFirst},
      {"3f2a9d0c-5", kFirst},
      {"jobs/3f2a9d0c-a", kAlike},
      {"beef", kLast},
      {"BEEF9D0C", kLast},
      {"BEEF9D0C-5B1E-4C7A-9F66-0D3C2B1A4E58", kLast},
  };
  for (const auto& [given, name] : cases) {
    const auto resolved = Resolve(given);
    ASSERT_TRUE(resolved.ok()) << given << ": " << resolved.error().ToString();
    EXPECT_EQ(*resolved, name) << given;
  }
}

TEST_F(JobName, SaysWhyItIsNone) {
  const struct {
    const char* given;
    ErrorCode code;
    const char* says;
  } cases[] = {
      {"", ErrorCode::kInvalidInput, "at least 4"},
      {"bee", ErrorCode::kInvalidInput, "at least 4"},
      {"jobs/bee", ErrorCode::kInvalidInput, "at least 4"},
      {"3f2a", ErrorCode::kInvalidInput, kAlike},
      {"dead", ErrorCode::kNotFound, "ventral jobs"},
      {"eef9", ErrorCode::kNotFound, "ventral jobs"},
      {"jobs/dead9d0c-5b1e-4c7a-9f66-0d3c2b1a4e58", ErrorCode::kNotFound, "there is no jobs/dead"},
  };
  for (const auto& c : cases) {
    const auto resolved = Resolve(c.given);
    ASSERT_FALSE(resolved.ok()) << c.given;
    EXPECT_EQ(resolved.error().code, c.code) << c.given;
    EXPECT_THAT(resolved.error().message, HasSubstr(c.says)) << c.given;
  }
}

TEST_F(JobName, OfAServerThatIsAwayIsUnavailable) {
  service_.Stop();
  for (const char* given : {"beef", kLast}) {
    const auto resolved = Resolve(given);
    ASSERT_FALSE(resolved.ok());
    EXPECT_EQ(resolved.error().code, ErrorCode::kUnavailable);
  }
}

}  // namespace
}  // namespace ventral::client
