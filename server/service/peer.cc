#include "server/service/peer.h"

#include <random>

namespace ventral::service {
namespace {

std::string RandomKey() {
  constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string key = "ventral-http-peer-";
  for (int i = 0; i < 32; ++i) key += kHex[random() % 16];
  return key;
}

}  // namespace

const std::string& HttpPeerKey() {
  static const std::string key = RandomKey();
  return key;
}

std::string PeerOf(const grpc::ServerContextBase& context) {
  const auto told = context.client_metadata().find(HttpPeerKey());
  if (told == context.client_metadata().end()) return context.peer();
  return "http:" + std::string(told->second.data(), told->second.size());
}

}  // namespace ventral::service
