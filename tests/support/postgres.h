// A real PostgreSQL for tests: a database of one's own in a private cluster.
#ifndef VENTRAL_TESTS_SUPPORT_POSTGRES_H_
#define VENTRAL_TESTS_SUPPORT_POSTGRES_H_

#include <filesystem>
#include <string>

namespace ventral::testing {

// The cluster that all test programs of this build folder share, started where it does not run
// (ctest's fixture `postgres` starts and stops it; by hand it stays: deploy/private_postgres.sh
// stop BUILD/test-postgres). VENTRAL_TEST_POSTGRES, a URI of a superuser, names another one
// instead. Throws std::runtime_error with what the script said when there is none to be had.
std::string SharedPostgres();

// A fresh database with the whole schema, copied from a template; dropped with this object.
class TestDatabase {
 public:
  enum class Schema { kMigrated, kEmpty };
  explicit TestDatabase(Schema schema = Schema::kMigrated);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  // URI for StoreOptions::connection or --database.
  const std::string& connection() const { return connection_; }

 private:
  std::string server_, name_, connection_;
};

// A cluster of one's own, which a test may stop and start again; removed with this object.
class TestCluster {
 public:
  TestCluster();
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;
  void Start();
  void Stop();
  // It starts as a standby then, which follows nobody, until `SELECT pg_promote()`. Requires Stop.
  void MakeStandby();
  // URI of its database, migrated; the same after a new start.
  const std::string& connection() const { return connection_; }

 private:
  std::filesystem::path folder_;
  std::string connection_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_SUPPORT_POSTGRES_H_
