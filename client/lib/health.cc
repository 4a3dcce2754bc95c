#include "client/lib/health.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

#include "client/channel/channel.h"
#include "client/lib/call_error.h"

namespace ventral::client {
namespace {

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

struct HealthAnswer {
  grpc::Status status;
  grpc::ByteBuffer message;
};

// The messages of grpc.health.v1 come with no package of Debian: HealthCheckRequest is empty for
// the server as a whole, HealthCheckResponse has one number, its field 1.
HealthAnswer Check(grpc::GenericStub& stub, std::chrono::milliseconds patience) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + patience);
  context.set_wait_for_ready(false);
  const grpc::Slice nothing("", 0);
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::CompletionQueue queue;
  HealthAnswer answer;
  const auto call = stub.PrepareUnaryCall(&context, kCheck, request, &queue);
  call->StartCall();
  call->Finish(&answer.message, &answer.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);  // by the deadline
  return answer;
}

// ServingStatus SERVING = 1.
bool SaysServing(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  if (!message.Dump(&slices).ok()) return false;
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(slice.begin(), slice.end());
  return bytes == "\x08\x01";
}

}  // namespace

Status AskHealth(const std::string& server, const Access& access, const std::string& tls_name,
                 std::chrono::milliseconds patience) {
  Access tokenless = access;
  tokenless.token.clear();
  grpc::ChannelArguments arguments;
  if (!tls_name.empty()) arguments.SetSslTargetNameOverride(tls_name);
  grpc::GenericStub stub(OpenChannel(server, tokenless, arguments));
  const HealthAnswer answer = Check(stub, patience);
  if (!answer.status.ok()) return CallError(answer.status, server);
  if (SaysServing(answer.message)) return Ok{};
  return Unavailable("the server " + server +
                     " answers, and says that it cannot serve now: is its database there?");
}

}  // namespace ventral::client
