// Where connections come from, and how many of them one place may have.
#ifndef VENTRAL_SERVER_HTTP_PEERS_H_
#define VENTRAL_SERVER_HTTP_PEERS_H_

#include <sys/socket.h>

#include <map>
#include <string>

namespace ventral::http {

struct Address {
  std::string host;  // "192.0.2.7", "2001:db8::7"; empty where a socket has none
  int port = -1;
};
Address AddressOf(const sockaddr_storage& socket);
// Of the other side, and of this one.
Address RemoteAddress(int socket);
Address LocalAddress(int socket);

bool IsLoopback(const std::string& host);

// Who is counted as one: an address of IPv4; of IPv6 the network of 64 bits, as one machine may
// take any address of its own. Empty, counted by nobody, for this machine, where a proxy may stand.
std::string PeerOf(const sockaddr_storage& socket);

// Not thread-safe.
class Shares {
 public:
  explicit Shares(int most) : most_(most) {}
  // False, and nothing taken, where this peer has its share.
  bool Enter(const std::string& peer);
  void Leave(const std::string& peer);

 private:
  const int most_;
  std::map<std::string, int> taken_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_PEERS_H_
