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
  std::string request{};  // another one for each call; in every line of the log that it makes
  std::string attempt{};  // "job=… attempt=2", where the call is about one; in these lines, too
};

// "job=jobs/3f2a… attempt=2", as the worker's log names it, too; by number 0, the job alone.
std::string AttemptInLog(const std::string& job, int attempt);

// The current call is about this attempt.
void CallIsAbout(const std::string& job, int attempt);

// Eight hexadecimal digits that tell calls apart; not secret.
std::string NewRequest();

// gRPC's synchronous API serves a call, with its interceptors, on one thread from its handler's
// begin to its status. An empty one outside of calls.
const Caller& CurrentCaller();

// While it lives there is a current caller, with a new `request`: nobody known until Is says who.
// Requires that none lives on this thread.
class CallerScope {
 public:
  CallerScope();
  void Is(Caller caller);
  ~CallerScope();
  CallerScope(const CallerScope&) = delete;
  CallerScope& operator=(const CallerScope&) = delete;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CALLER_H_
