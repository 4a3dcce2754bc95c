// What is said to libpq, so that a machine that vanished is noticed.
#ifndef VENTRAL_SERVER_STORE_CONNECTION_STRING_H_
#define VENTRAL_SERVER_STORE_CONNECTION_STRING_H_

#include <string>

namespace ventral::store {

// `connection`, a libpq conninfo or URI, as a conninfo that also says for how long a host may say
// nothing: 10 s while it is connected to, 30 s (over TCP) to acknowledge what it was sent, a minute
// where nothing is sent. What `connection`, or libpq's environment (PGCONNECT_TIMEOUT), says of
// these stays; a service file's word does not count. A string that libpq does not read comes back
// as it is: connecting says what is wrong with it.
std::string WithTimeouts(const std::string& connection);

}  // namespace ventral::store

#endif  // VENTRAL_SERVER_STORE_CONNECTION_STRING_H_
