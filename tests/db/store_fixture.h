// A store on a database of its own, and raw SQL beside it.
#ifndef VENTRAL_TESTS_DB_STORE_FIXTURE_H_
#define VENTRAL_TESTS_DB_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "server/store/store.h"
#include "tests/db/queue_backend.h"
#include "tests/support/postgres.h"

namespace ventral::testing {

class StoreTest : public ::testing::Test {
 protected:
  using seconds = std::chrono::seconds;

  StoreTest()
      : store_(store::OpenStore(Options(), clock_)),
        catalogue_(store_->CatalogueFor(store::Everything())) {}

  store::StoreOptions Options() const {
    store::StoreOptions options;
    options.connection = database_.connection();
    options.policy.lease = seconds(60);
    return options;
  }
  store::Catalogue& catalogue() { return *catalogue_; }
  store::JobQueue& jobs() { return store_->jobs(); }

  // A model, its checkpoint and pack "it" with two benchmarks.
  void AddModel(const std::string& id, char digit) {
    store::ModelRow model;
    model.id = id;
    model.display_name = "Net " + id;
    ASSERT_TRUE(catalogue().CreateModel(model, "").ok());
    AddCheckpoint(id, digit);
  }
  void AddCheckpoint(const std::string& model, char digit) {
    ASSERT_TRUE(catalogue().CreateCheckpoint({model, Sha(digit), "net.pt2", 10, {}}).ok());
  }
  void AddPack() {
    ASSERT_TRUE(catalogue()
                    .CreatePack(PackWith("it", "1.0.0", {"it.monkey.rsa", "it.human.rsa"}), {})
                    .ok());
  }
  // Scores this checkpoint through a job.
  std::vector<std::string> Score(const std::string& model, char digit,
                                 const std::vector<store::NewScore>& scores) {
    const auto job = jobs().Create({model, Sha(digit), "it", ""}).value();
    const auto lease = jobs().Lease("w", "cpu").value().value();
    EXPECT_EQ(lease.job, job.id);
    return jobs().Complete(lease.job, lease.token, scores, "").value();
  }

  pqxx::result Sql(const std::string& sql) {
    pqxx::connection connection(database_.connection());
    pqxx::work transaction(connection);
    pqxx::result result = transaction.exec(sql);
    transaction.commit();
    return result;
  }
  // What the database says when it refuses; "" when it does not.
  std::string Refusal(const std::string& sql) {
    try {
      Sql(sql);
      return "";
    } catch (const pqxx::sql_error& error) {
      return error.what();
    }
  }

  const TimePoint start_{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
  ManualClock clock_{start_};
  TestDatabase database_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Catalogue> catalogue_;  // sees all
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_DB_STORE_FIXTURE_H_
