// Two transactions, interleaved by hand: one holds what the other waits for.
#ifndef VENTRAL_TESTS_DB_LOCK_WAIT_H_
#define VENTRAL_TESTS_DB_LOCK_WAIT_H_

#include <functional>
#include <future>
#include <pqxx/pqxx>
#include <string>
#include <thread>

#include "tests/db/store_fixture.h"

namespace ventral::testing {

class LockWaitTest : public StoreTest {
 protected:
  // Another session has run `statements` and not committed; then `act` is called, and must wait for
  // it; then the other runs `more` and commits. What `act` came to.
  template <typename T>
  T WhileHeld(const std::string& statements, const std::function<T()>& act,
              const std::string& more = "SELECT") {
    pqxx::connection connection(database_.connection());
    pqxx::work held(connection);
    held.exec(statements);
    std::future<T> acted = std::async(std::launch::async, act);
    EXPECT_TRUE(Waits(acted)) << "it did not wait for: " << statements;
    held.exec(more);
    held.commit();
    return acted.get();
  }

 private:
  // Whether a session of this database comes to wait for a lock before `acted` is there.
  template <typename T>
  bool Waits(const std::future<T>& acted) {
    pqxx::connection connection(database_.connection());
    pqxx::nontransaction look(connection);
    for (;;) {
      if (!look.exec("SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                     "wait_event_type = 'Lock'")
               .empty()) {
        return true;
      }
      if (acted.wait_for(std::chrono::seconds(0)) == std::future_status::ready) return false;
      std::this_thread::yield();
    }
  }
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_DB_LOCK_WAIT_H_
