#include "server/http/peers.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstdlib>
#include <cstring>

namespace ventral::http {
namespace {

using AskSocket = int (*)(int, sockaddr*, socklen_t*);

Address AddressBy(AskSocket ask, int socket) {
  sockaddr_storage found{};
  socklen_t size = sizeof found;
  if (ask(socket, reinterpret_cast<sockaddr*>(&found), &size) != 0) return {};
  return AddressOf(found);
}

}  // namespace

Address AddressOf(const sockaddr_storage& socket) {
  if (socket.ss_family != AF_INET && socket.ss_family != AF_INET6) return {};
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&socket), sizeof socket, host, sizeof host,
                  port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return {};
  }
  return {host, std::atoi(port)};
}

Address RemoteAddress(int socket) { return AddressBy(getpeername, socket); }

Address LocalAddress(int socket) { return AddressBy(getsockname, socket); }

bool IsLoopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1" || host.starts_with("::ffff:127.");
}

std::string PeerOf(const sockaddr_storage& socket) {
  const Address address = AddressOf(socket);
  if (address.host.empty() || IsLoopback(address.host)) return "";
  if (socket.ss_family == AF_INET) return address.host;
  sockaddr_in6 six{};
  std::memcpy(&six, &socket, sizeof six);
  if (IN6_IS_ADDR_V4MAPPED(&six.sin6_addr)) return address.host.substr(address.host.rfind(':') + 1);
  std::memset(six.sin6_addr.s6_addr + 8, 0, 8);
  char network[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, &six.sin6_addr, network, sizeof network);
  return network + std::string("/64");
}

bool Shares::Enter(const std::string& peer) {
  if (peer.empty()) return true;
  int& taken = taken_[peer];
  if (taken >= most_) return false;
  ++taken;
  return true;
}

void Shares::Leave(const std::string& peer) {
  const auto found = taken_.find(peer);
  if (found != taken_.end() && --found->second == 0) taken_.erase(found);
}

}  // namespace ventral::http
