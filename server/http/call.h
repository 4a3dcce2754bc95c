// One call of a method by its descriptor, over the server's own channel: it passes the same gate,
// the same log and the same handler as a call that came over gRPC.
#ifndef VENTRAL_SERVER_HTTP_CALL_H_
#define VENTRAL_SERVER_HTTP_CALL_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ventral::http {

// Both texts hold printable ASCII only: gRPC ends the process over other metadata.
struct CallHead {
  std::string authorization;  // as the client sent it; may be empty
  std::string peer;           // "192.0.2.7:51234", for log and audit
  std::optional<std::chrono::milliseconds> timeout;
};

class Calls {
 public:
  // `peer_key`: the metadata in which calls over `own` say where they come from.
  Calls(const std::shared_ptr<grpc::Channel>& own, std::string peer_key)
      : stub_(own), peer_key_(std::move(peer_key)) {}

  // "/ventral.v1.JobService/GetJob", or nullptr.
  static const google::protobuf::MethodDescriptor* Find(const std::string& path);

  // Requires a unary method.
  grpc::Status Unary(const google::protobuf::MethodDescriptor& method, const CallHead& head,
                     const google::protobuf::Message& request, google::protobuf::Message* response);

  // Gives each message to `take`, until the end or until it returns false, which cancels the call.
  // `wanted` is asked each second: false cancels too. Requires a method that streams back only.
  grpc::Status Stream(const google::protobuf::MethodDescriptor& method, const CallHead& head,
                      const google::protobuf::Message& request,
                      const std::function<bool(const google::protobuf::Message&)>& take,
                      const std::function<bool()>& wanted);

 private:
  void Prepare(const CallHead& head, grpc::ClientContext* context) const;

  grpc::GenericStub stub_;
  const std::string peer_key_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_CALL_H_
