// One connection to PostgreSQL, with the statements that it has planned already.
#ifndef VENTRAL_SERVER_STORE_SESSION_H_
#define VENTRAL_SERVER_STORE_SESSION_H_

#include <pqxx/pqxx>
#include <set>
#include <string>
#include <utility>

namespace ventral::store {

// Every connection of Database is one.
class Session final : public pqxx::connection {
 public:
  using pqxx::connection::connection;
  std::set<std::string> prepared;  // names
};

// exec_params, for a statement that workers ask for all the time: planned once a connection, not
// once a call. `name` stands for `statement` alone.
template <typename... Arguments>
pqxx::result ExecPrepared(pqxx::work& transaction, const std::string& name, const char* statement,
                          Arguments&&... arguments) {
  auto& session = static_cast<Session&>(transaction.conn());
  if (!session.prepared.contains(name)) {
    session.prepare(name, statement);
    session.prepared.insert(name);
  }
  return transaction.exec_prepared(name, std::forward<Arguments>(arguments)...);
}

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_SESSION_H_
