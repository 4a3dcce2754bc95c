// Who is listed as a worker, what hearing of one writes, and what is forgotten.
#include "server/store/worker_registry.h"

#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WorkerRegistryTest : public StoreTest {
 protected:
  store::WorkerRegistry& workers() { return store_->workers(); }
  static store::WorkerRow Worker(const std::string& name) {
    store::WorkerRow worker;
    worker.name = name;
    worker.version = "0.1.0";
    worker.devices = {"cpu", "cuda:0"};
    worker.sandbox = {"privileges", "limits"};
    worker.missing = {{"landlock", "not in this kernel"}};
    worker.memory_bytes = std::int64_t{1} << 60;
    return worker;
  }
  std::vector<store::WorkerRow> List() {
    return workers().List({}, store::Everything()).value().rows;
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto page = workers().List({1000, ""}, store::Everything()).value();
    for (const auto& worker : page.rows) names.push_back(worker.name);
    return names;
  }
  // What changes with each write of the row and with each lock on it.
  std::string Marks() {
    const auto row =
        Sql("SELECT xmin::text || ' ' || xmax::text || ' ' || ctid::text FROM workers");
    return row[0][0].as<std::string>();
  }
};

TEST_F(WorkerRegistryTest, ListsAWorkerAsItDescribesItself) {
  EXPECT_THAT(List(), IsEmpty());
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  clock_.Advance(seconds(7));
  const auto listed = List();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].name, "w1");
  EXPECT_EQ(listed[0].version, "0.1.0");
  EXPECT_THAT(listed[0].devices, ElementsAre("cpu", "cuda:0"));
  EXPECT_THAT(listed[0].sandbox, ElementsAre("privileges", "limits"));
  EXPECT_EQ(listed[0].missing, Worker("").missing);
  EXPECT_EQ(listed[0].memory_bytes, std::int64_t{1} << 60);
  EXPECT_THAT(listed[0].jobs, IsEmpty());
  EXPECT_EQ(listed[0].first_seen, start_);
  EXPECT_EQ(listed[0].last_seen, start_);
  EXPECT_EQ(listed[0].unseen, seconds(7));
}

TEST_F(WorkerRegistryTest, HostileTextsComeBackAsTheyWere) {
  const std::string text = "a\"b\\c{},NULL '); DROP TABLE workers; -- \xc3\xa9\n%s";
  store::WorkerRow worker = Worker(text);
  worker.version = text;
  worker.devices = {text, "NULL", "", "{}"};
  worker.sandbox = {};
  worker.missing = {{text, text}, {"b", ""}};
  ASSERT_TRUE(workers().Heard(worker).ok());
  const auto listed = List();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].name, text);
  EXPECT_EQ(listed[0].version, text);
  EXPECT_EQ(listed[0].devices, worker.devices);
  EXPECT_THAT(listed[0].sandbox, IsEmpty());
  EXPECT_EQ(listed[0].missing, worker.missing);
}

TEST_F(WorkerRegistryTest, RefusesWhatIsNoText) {
  for (const std::string& bad : {std::string("\xff"), std::string("a\0b", 3)}) {
    store::WorkerRow worker = Worker("w");
    worker.missing["landlock"] = bad;
    EXPECT_EQ(workers().Heard(worker).error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(workers().Heard(Worker(bad)).error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_THAT(List(), IsEmpty());
}

TEST_F(WorkerRegistryTest, HearingTheSameAgainWritesNothingForTenSeconds) {
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  const std::string marks = Marks();
  clock_.Advance(seconds(10));
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  EXPECT_EQ(Marks(), marks);
  clock_.Advance(seconds(1));
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  EXPECT_NE(Marks(), marks);
  EXPECT_EQ(List()[0].last_seen, start_ + seconds(11));
  EXPECT_EQ(List()[0].first_seen, start_);
}

TEST_F(WorkerRegistryTest, WhatChangedIsWrittenAtOnce) {
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  clock_.Advance(seconds(1));
  store::WorkerRow worker = Worker("w1");
  worker.missing.clear();
  worker.sandbox.push_back("landlock");
  worker.memory_bytes = 7;
  ASSERT_TRUE(workers().Heard(worker).ok());
  ASSERT_EQ(List().size(), 1u);
  EXPECT_EQ(List()[0].sandbox, worker.sandbox);
  EXPECT_THAT(List()[0].missing, IsEmpty());
  EXPECT_EQ(List()[0].memory_bytes, 7);
  EXPECT_EQ(List()[0].last_seen, start_ + seconds(1));
  worker.memory_bytes = 8;
  ASSERT_TRUE(workers().Heard(worker).ok());
  EXPECT_EQ(List()[0].memory_bytes, 8) << "of itself, too";
}

TEST_F(WorkerRegistryTest, AClockThatWasWrongIsMended) {
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  Sql("UPDATE workers SET last_seen = '2100-01-01'");
  EXPECT_EQ(List()[0].unseen, seconds(0));
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  EXPECT_EQ(List()[0].last_seen, start_);
}

TEST_F(WorkerRegistryTest, AWorkerIsHeardOfByItsJobs) {
  AddModel("alexnet", 'a');
  AddPack();
  ASSERT_TRUE(workers().Heard(Worker("w1")).ok());
  ASSERT_TRUE(workers().Heard(Worker("w2")).ok());
  const auto first = jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  const auto second = jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  const auto lease = jobs().Lease("w1", "cpu").value().value();
  ASSERT_TRUE(jobs().Lease("w1", "cuda:0").value().has_value());
  EXPECT_THAT(List()[0].jobs, ElementsAre(first.id, second.id));
  EXPECT_THAT(List()[1].jobs, IsEmpty());

  clock_.Advance(seconds(30));
  ASSERT_TRUE(workers().HeardAtWork(first.id).ok());
  EXPECT_EQ(List()[0].last_seen, start_ + seconds(30));
  EXPECT_EQ(List()[1].last_seen, start_);
  ASSERT_TRUE(jobs().Complete(first.id, lease.token, {{ScoreOf("it.human.rsa")}}, "").ok());
  EXPECT_THAT(List()[0].jobs, ElementsAre(second.id));

  clock_.Advance(seconds(30));
  ASSERT_TRUE(workers().HeardAtWork(first.id).ok()) << "it has ended";
  ASSERT_TRUE(workers().HeardAtWork("no uuid").ok());
  EXPECT_EQ(List()[0].last_seen, start_ + seconds(30));
}

TEST_F(WorkerRegistryTest, WhoIsNotSeenForAWeekIsForgottenWhenAnotherComes) {
  ASSERT_TRUE(workers().Heard(Worker("old")).ok());
  clock_.Advance(seconds(60));
  ASSERT_TRUE(workers().Heard(Worker("older than a week, almost")).ok());
  clock_.Advance(store::kForgottenAfter - seconds(30));
  EXPECT_EQ(Names().size(), 2u) << "until then it is told how long it was away";
  ASSERT_TRUE(workers().Heard(Worker("new")).ok());
  EXPECT_THAT(Names(), ElementsAre("new", "older than a week, almost"));
}

TEST_F(WorkerRegistryTest, AThousandAreRemembered) {
  Sql("INSERT INTO workers SELECT 'flood ' || i, '', '{}', '{}', '{}', '2025-05-31', "
      "'2025-05-31'::timestamptz + i * interval '1 s' FROM generate_series(1, 1200) AS i");
  ASSERT_TRUE(workers().Heard(Worker("new")).ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM workers")[0][0].as<int>(), 1000);
  EXPECT_EQ(
      Sql("SELECT count(*) FROM workers WHERE name IN ('new', 'flood 202', 'flood 201')")[0][0]
          .as<int>(),
      2);
}

TEST_F(WorkerRegistryTest, ComesInPages) {
  for (const char* name : {"b", "a", "C", "\xc3\xa9", "d e"}) {
    ASSERT_TRUE(workers().Heard(Worker(name)).ok());
  }
  std::vector<std::string> names;
  std::string token;
  do {
    const auto page = workers().List({2, token}, store::Everything()).value();
    EXPECT_LE(page.rows.size(), 2u);
    for (const auto& row : page.rows) names.push_back(row.name);
    token = page.next_token;
  } while (!token.empty());
  EXPECT_THAT(names, ElementsAre("C", "a", "b", "d e", "\xc3\xa9"));
  EXPECT_EQ(workers().List({2, "made up"}, store::Everything()).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(workers().List({-1, ""}, store::Everything()).error().code, ErrorCode::kInvalidInput);
}

}  // namespace
}  // namespace ventral::testing
