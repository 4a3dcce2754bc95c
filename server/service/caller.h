// Who makes the call that a thread serves.
#ifndef VENTRAL_SERVER_SERVICE_CALLER_H_
#define VENTRAL_SERVER_SERVICE_CALLER_H_

#include <string>

namespace ventral::service {

struct Caller {
  std::string user;   // id; empty where nobody said who calls, or accounts are off
  std::string token;  // id
  // Where accounts are off, everyone is.
  bool is_admin = false;
};

// gRPC's synchronous API serves a call, with its interceptors, on one thread from its handler's
// begin to its status. An empty one outside of calls.
const Caller& CurrentCaller();

// Makes `caller` the current one while it lives. Requires that none lives on this thread.
class CallerScope {
 public:
  explicit CallerScope(Caller caller);
  ~CallerScope();
  CallerScope(const CallerScope&) = delete;
  CallerScope& operator=(const CallerScope&) = delete;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CALLER_H_
