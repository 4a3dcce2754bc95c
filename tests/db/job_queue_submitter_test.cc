// Conformance of a JobQueue, as its submitters see it: create, get, list, cancel, retry.
#include "server/store/page_token.h"
#include "tests/db/queue_fixture.h"

namespace ventral::testing {
namespace {

using store::JobFilter;
using store::JobRow;
using store::JobState;
using store::NewJob;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using JobQueueSubmitter = JobQueueSuite;

TEST_P(JobQueueSubmitter, ANewJobIsQueued) {
  const JobRow job = Create();
  EXPECT_EQ(job.model, "alexnet");
  EXPECT_EQ(job.checkpoint_sha256, Sha('a'));
  EXPECT_EQ(job.pack, "it");
  EXPECT_EQ(job.pack_version, "1.0.0");
  EXPECT_EQ(job.state, JobState::kQueued);
  EXPECT_EQ(job.attempts, 0);
  EXPECT_EQ(job.max_attempts, 3);
  EXPECT_EQ(job.created, start_);
  EXPECT_EQ(job.not_before, start_);
  EXPECT_FALSE(job.started || job.ended || job.progress || job.failure || job.cancel_requested);
  EXPECT_THAT(job.scores, IsEmpty());
  EXPECT_EQ(Get(job.id).revision, job.revision);
  EXPECT_THAT(queue().Attempts(job.id).value(), IsEmpty());
}

TEST_P(JobQueueSubmitter, CreateNamesWhatIsMissing) {
  const std::vector<std::pair<NewJob, std::string>> cases = {
      {{"resnet", Sha('a'), "it", ""}, "no model resnet"},
      {{"alexnet", Sha('b'), "it", ""}, "model alexnet has no checkpoint bbbb"},
      {{"alexnet", "", "it", ""}, "model alexnet has no checkpoint"},
      {{"alexnet", Sha('a'), "mt", ""}, "no pack mt"},
      {{"alexnet'; DROP TABLE jobs; --", Sha('a'), "it", ""}, "no model alexnet'; DROP"},
  };
  for (const auto& [job, says] : cases) {
    const auto result = queue().Create(job);
    ASSERT_FALSE(result.ok()) << says;
    EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(result.error().message, HasSubstr(says));
  }
  const auto result = queue().Create({std::string("alexnet\0x", 9), Sha('a'), "it", ""});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(queue().List({}).value().rows, IsEmpty());
}

TEST_P(JobQueueSubmitter, TheSameRequestIsTheSameJob) {
  const NewJob wanted{"alexnet", Sha('a'), "it", "request 1"};
  const JobRow first = queue().Create(wanted).value();
  EXPECT_EQ(queue().Create(wanted).value().id, first.id);
  EXPECT_NE(queue().Create({"alexnet", Sha('a'), "it", "request 2"}).value().id, first.id);
  const auto other = queue().Create({"alexnet", Sha('a'), "v4", "request 1"});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, ErrorCode::kConflict);
  EXPECT_EQ(queue().List({}).value().rows.size(), 2u);
}

TEST_P(JobQueueSubmitter, AJobKeepsThePackVersionOfItsCreation) {
  const JobRow old = Create();
  backend_->AddPack(PackWith("it", "1.1.0-later", {"it.human.rsa"}));
  EXPECT_EQ(Get(old.id).pack_version, "1.0.0");
  EXPECT_EQ(Create().pack_version, "1.1.0-later");
  EXPECT_EQ(Lease().pack_digest, PackWith("it", "1.0.0", {}).digest);
  EXPECT_EQ(Lease().pack_digest, PackWith("it", "1.1.0-later", {}).digest);
}

TEST_P(JobQueueSubmitter, UnknownJobs) {
  for (const std::string& id :
       {std::string("8b6d2c5c-33b6-4a5c-9f3f-111111111111"), std::string("no uuid"), std::string(),
        std::string("'; --"), std::string("\0", 1)}) {
    EXPECT_EQ(queue().Get(id).error().code, ErrorCode::kNotFound) << id;
    EXPECT_EQ(queue().Attempts(id).error().code, ErrorCode::kNotFound) << id;
    EXPECT_EQ(queue().Cancel(id).error().code, ErrorCode::kNotFound) << id;
    EXPECT_EQ(queue().Retry(id).error().code, ErrorCode::kNotFound) << id;
  }
}

TEST_P(JobQueueSubmitter, PagesAreNewestFirstAndWhole) {
  std::vector<std::string> newest_first;
  for (int i = 0; i < 5; ++i) newest_first.insert(newest_first.begin(), Create().id);
  std::vector<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const auto page =
        queue().List({.states = {}, .model = "", .page_size = 2, .page_token = token}).value();
    for (const JobRow& job : page.rows) seen.push_back(job.id);
    token = page.next_token;
    if (!token.empty()) {
      EXPECT_EQ(token, store::MakePageToken("jobs", seen.back()))
          << "no number counts others' jobs";
    }
    Create();  // what comes in between shifts nothing
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(seen, newest_first);
  EXPECT_EQ(pages, 3);
}

TEST_P(JobQueueSubmitter, AFullLastPageHasNoToken) {
  Create();
  Create();
  EXPECT_THAT(queue()
                  .List({.states = {}, .model = "", .page_size = 2, .page_token = ""})
                  .value()
                  .next_token,
              IsEmpty());
}

TEST_P(JobQueueSubmitter, Filters) {
  const JobRow failed = JobIn(JobState::kFailed);
  const JobRow cancelled = JobIn(JobState::kCancelled);
  const JobRow vgg = Create("vgg");
  const auto ids = [&](const JobFilter& filter) {
    std::vector<std::string> found;
    const auto page = queue().List(filter).value();
    for (const JobRow& job : page.rows) found.push_back(job.id);
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre(vgg.id, cancelled.id, failed.id));
  EXPECT_THAT(ids({.states = {JobState::kFailed}, .model = "", .page_token = ""}),
              ElementsAre(failed.id));
  EXPECT_THAT(
      ids({.states = {JobState::kFailed, JobState::kQueued}, .model = "", .page_token = ""}),
      ElementsAre(vgg.id, failed.id));
  EXPECT_THAT(ids({.states = {}, .model = "vgg", .page_token = ""}), ElementsAre(vgg.id));
  EXPECT_THAT(ids({.states = {JobState::kFailed}, .model = "vgg", .page_token = ""}), IsEmpty());
  EXPECT_THAT(ids({.states = {}, .model = "resnet", .page_token = ""}), IsEmpty());
}

TEST_P(JobQueueSubmitter, BadPages) {
  Create();
  Create();
  const std::string good = queue()
                               .List({.states = {}, .model = "", .page_size = 1, .page_token = ""})
                               .value()
                               .next_token;
  ASSERT_FALSE(good.empty());
  for (const std::string& token :
       {std::string("zz"), good + "zz", good.substr(1), good.substr(2), std::string("'; --"),
        std::string(5000, 'a'), std::string("6a6f62733a"), std::string("6a6f62733a2d31"),
        std::string("7061636b733a61"), store::MakePageToken("jobs", "1"),
        store::MakePageToken("jobs", "8b6d2c5c-33b6-4a5c-9f3f-111111111111"),
        std::string("6a6f62733a3939393939393939393939393939393939393939")}) {
    const auto result =
        queue().List({.states = {}, .model = "", .page_size = 1, .page_token = token});
    ASSERT_FALSE(result.ok()) << token;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput) << token;
    EXPECT_THAT(result.error().message, HasSubstr("page_token"));
  }
  EXPECT_EQ(
      queue().List({.states = {}, .model = "", .page_size = -1, .page_token = ""}).error().code,
      ErrorCode::kInvalidInput);
  EXPECT_EQ(queue()
                .List({.states = {}, .model = "", .page_size = 0, .page_token = ""})
                .value()
                .rows.size(),
            2u);
  EXPECT_EQ(queue()
                .List({.states = {}, .model = "", .page_size = 1 << 30, .page_token = ""})
                .value()
                .rows.size(),
            2u);
}

TEST_P(JobQueueSubmitter, CancellingAQueuedJobEndsIt) {
  const JobRow job = Create();
  clock_.Advance(seconds(1));
  const JobRow cancelled = queue().Cancel(job.id).value();
  EXPECT_EQ(cancelled.state, JobState::kCancelled);
  EXPECT_EQ(cancelled.ended, start_ + seconds(1));
  EXPECT_GT(cancelled.revision, job.revision);
  EXPECT_FALSE(queue().Lease("w", "cpu").value().has_value());
}

TEST_P(JobQueueSubmitter, CancellingARunningJobAsksItsWorkerOnce) {
  const JobRow job = JobIn(JobState::kRunning);
  const JobRow asked = queue().Cancel(job.id).value();
  EXPECT_EQ(asked.state, JobState::kRunning);
  EXPECT_TRUE(asked.cancel_requested);
  EXPECT_FALSE(asked.ended.has_value());
  EXPECT_GT(asked.revision, job.revision);
  EXPECT_EQ(queue().Cancel(job.id).value().revision, asked.revision);
}

TEST_P(JobQueueSubmitter, RetryGivesFreshAttemptsAndKeepsTheHistory) {
  const JobRow failed = JobIn(JobState::kFailed);
  clock_.Advance(seconds(30));
  const JobRow again = queue().Retry(failed.id).value();
  EXPECT_EQ(again.state, JobState::kQueued);
  EXPECT_EQ(again.attempts, 0);
  EXPECT_EQ(again.not_before, start_ + seconds(30));
  EXPECT_FALSE(again.ended.has_value());
  EXPECT_GT(again.revision, failed.revision);
  const auto lease = Lease("w2");
  EXPECT_EQ(lease.attempt, 2);
  ASSERT_TRUE(queue().Complete(lease.job, lease.token, Scores(), "").ok());
  EXPECT_EQ(Get(failed.id).attempts, 1);
  const auto attempts = queue().Attempts(failed.id).value();
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].worker, "w1");
  EXPECT_TRUE(attempts[0].failure.has_value());
  EXPECT_EQ(attempts[1].worker, "w2");
  EXPECT_FALSE(attempts[1].failure.has_value());
}

TEST_P(JobQueueSubmitter, JobsOfAPrivateModelAreListedForItsOwnerAndWhoSeesAll) {
  backend_->AddPrivateModel("hidden", "mara");
  backend_->AddCheckpoint({"hidden", Sha('c'), "net.pt2", 1, {}});
  Create();
  const JobRow hidden = queue().Create({"hidden", Sha('c'), "it", "", "mara"}).value();
  EXPECT_EQ(hidden.owner, "mara");
  Create();
  const auto seen_by = [&](const store::Viewer& viewer) {
    store::JobFilter filter;
    filter.page_size = 2;
    filter.viewer = viewer;
    const auto page = queue().List(filter).value();
    return std::pair(page.rows.size(), page.next_token.empty());
  };
  // A page is as long as it would be if the hidden one were not there.
  EXPECT_EQ(seen_by({}), std::pair(std::size_t{2}, true));
  EXPECT_EQ(seen_by({"noor"}), std::pair(std::size_t{2}, true));
  EXPECT_EQ(seen_by({"mara"}), std::pair(std::size_t{2}, false));
  EXPECT_EQ(seen_by(store::Everything()), std::pair(std::size_t{2}, false));
}

TEST_P(JobQueueSubmitter, AWithdrawnModelEndsTheJobsOfWhoSeesItNoMore) {
  backend_->AddPrivateModel("hidden", "mara");
  backend_->AddCheckpoint({"hidden", Sha('c'), "net.pt2", 1, {}});
  const auto create = [&](const std::string& user, bool sees_all = false) {
    return queue().Create({"hidden", Sha('c'), "it", "", user, sees_all});
  };
  EXPECT_EQ(create("noor").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(create("").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(queue().Cancel(create("", true).value().id).ok());
  backend_->SetPrivate("hidden", false);
  const JobRow theirs = create("noor").value();
  const auto lease = Lease();
  ASSERT_EQ(lease.job, theirs.id);
  const JobRow waiting = create("noor").value();
  const JobRow own = create("mara").value();
  backend_->SetPrivate("hidden", true);
  EXPECT_EQ(Get(own.id).state, JobState::kQueued);
  EXPECT_FALSE(Get(own.id).failure.has_value());
  EXPECT_TRUE(queue().Heartbeat(lease.job, lease.token, {}).value().cancel_requested);
  store::AttemptFailure stopped;
  stopped.cancelled = true;
  ASSERT_TRUE(queue().Fail(lease.job, lease.token, stopped).ok());
  for (const std::string& id : {theirs.id, waiting.id}) {
    EXPECT_EQ(Get(id).state, JobState::kCancelled);
    ASSERT_TRUE(Get(id).failure.has_value());
    EXPECT_THAT(Get(id).failure->message, HasSubstr("model hidden was withdrawn"));
    for (const char* by : {"noor", "mara"}) {
      const auto retried = queue().Retry(id, by);
      ASSERT_FALSE(retried.ok());
      EXPECT_EQ(retried.error().code, ErrorCode::kConflict);
      EXPECT_THAT(retried.error().message, HasSubstr("does not see model hidden any more"));
    }
  }
  EXPECT_EQ(Lease().job, own.id);
  backend_->SetPrivate("hidden", false);
  EXPECT_TRUE(queue().Retry(waiting.id, "noor").ok());
}

TEST_P(JobQueueSubmitter, ADeletedPackTakesNoJobsAndItsOwnEnd) {
  Create("alexnet", "it");
  const auto lease = Lease();
  const JobRow waiting = Create("alexnet", "it");
  const JobRow other = Create("alexnet", "v4");
  backend_->DeletePack("it");
  EXPECT_EQ(Get(waiting.id).state, JobState::kCancelled);
  EXPECT_TRUE(Get(waiting.id).ended.has_value());
  EXPECT_THAT(Get(waiting.id).failure.value().message, HasSubstr("pack it was deleted"));
  EXPECT_TRUE(Get(lease.job).cancel_requested);
  EXPECT_TRUE(queue().Heartbeat(lease.job, lease.token, {}).value().cancel_requested);
  EXPECT_EQ(queue().Create({"alexnet", Sha('a'), "it", ""}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(queue().Retry(waiting.id).error().code, ErrorCode::kNotFound);
  store::JobFilter filter;
  filter.page_size = 1;
  filter.viewer = store::Everything();
  const auto page = queue().List(filter).value();
  ASSERT_EQ(page.rows.size(), 1u);
  EXPECT_EQ(page.rows[0].id, other.id);
  EXPECT_TRUE(page.next_token.empty());
  EXPECT_EQ(Lease().job, other.id);
}

TEST_P(JobQueueSubmitter, ARequestIdIsItsUsers) {
  ASSERT_TRUE(queue().Create({"alexnet", Sha('a'), "it", "r1", "mara"}).ok());
  EXPECT_TRUE(queue().Create({"alexnet", Sha('a'), "it", "r1", "mara"}).ok());
  EXPECT_EQ(queue().Create({"alexnet", Sha('a'), "it", "r1", "noor"}).error().code,
            ErrorCode::kConflict);
}

INSTANTIATE_TEST_SUITE_P(Both, JobQueueSubmitter,
                         ::testing::Values(Side{"Memory", &MakeMemoryBackend},
                                           Side{"Postgres", &MakePostgresBackend}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace ventral::testing
