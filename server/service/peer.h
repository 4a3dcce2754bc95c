// Where a call comes from.
#ifndef VENTRAL_SERVER_SERVICE_PEER_H_
#define VENTRAL_SERVER_SERVICE_PEER_H_

#include <grpcpp/server_context.h>

#include <string>

namespace ventral::service {

// The metadata in which a call over the server's own channel (Server::OwnChannel) says where its
// HTTP request comes from. Made at random in each process, so that nobody else can say so.
const std::string& HttpPeerKey();

// "ipv4:192.0.2.7:51234", "unix:", "http:192.0.2.7:51234".
std::string PeerOf(const grpc::ServerContextBase& context);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_PEER_H_
