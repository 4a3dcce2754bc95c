// A channel to a server, over which each call carries the token.
#ifndef VENTRAL_CLIENT_CHANNEL_CHANNEL_H_
#define VENTRAL_CLIENT_CHANNEL_CHANNEL_H_

#include <grpcpp/channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "client/channel/access.h"

namespace ventral {

// Requires CheckAccess. Does not connect yet. Certificates are read again every minute, for new
// connections. A proxy (http_proxy) is asked only where TLS hides the token from it, and never for
// this machine.
std::shared_ptr<grpc::Channel> OpenChannel(const std::string& server, const Access& access,
                                           const grpc::ChannelArguments& arguments);

}  // namespace ventral

#endif  // VENTRAL_CLIENT_CHANNEL_CHANNEL_H_
