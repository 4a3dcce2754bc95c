#include "server/http/call.h"

#include <vector>

#include "server/http/json_codec.h"

namespace ventral::http {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::string PathOf(const MethodDescriptor& method) {
  return "/" + method.service()->full_name() + "/" + method.name();
}

grpc::ByteBuffer Packed(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

bool Unpack(const grpc::ByteBuffer& buffer, Message* message) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) bytes.append(slice.begin(), slice.end());
  return message->ParseFromString(bytes);
}

grpc::Status Unreadable(const MethodDescriptor& method) {
  return {grpc::StatusCode::INTERNAL, "the answer of " + PathOf(method) + " cannot be read"};
}

// The queue of one call, whose every operation is waited for.
class OneCall {
 public:
  explicit OneCall(grpc::ClientContext& context, const std::function<bool()>& wanted)
      : context_(context), wanted_(wanted) {}
  ~OneCall() {
    queue_.Shutdown();
    void* tag = nullptr;
    for (bool ok = false; queue_.Next(&tag, &ok);) {
    }
  }
  grpc::CompletionQueue* queue() { return &queue_; }

  // Whether the operation that was begun went well.
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    for (;;) {
      const auto until = std::chrono::system_clock::now() + std::chrono::seconds(1);
      const auto next = queue_.AsyncNext(&tag, &ok, until);
      if (next != grpc::CompletionQueue::TIMEOUT) return ok;
      if (wanted_ && !wanted_()) context_.TryCancel();
    }
  }

 private:
  grpc::ClientContext& context_;
  const std::function<bool()>& wanted_;
  grpc::CompletionQueue queue_;
};

}  // namespace

const MethodDescriptor* Calls::Find(const std::string& path) {
  const auto slash = path.find('/', 1);
  if (!path.starts_with("/ventral.v1.") || slash == std::string::npos) return nullptr;
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      path.substr(1, slash - 1) + "." + path.substr(slash + 1));
}

void Calls::Prepare(const CallHead& head, grpc::ClientContext* context) const {
  if (!head.authorization.empty()) context->AddMetadata("authorization", head.authorization);
  context->AddMetadata(peer_key_, head.peer);
  if (head.timeout) context->set_deadline(std::chrono::system_clock::now() + *head.timeout);
}

grpc::Status Calls::Unary(const MethodDescriptor& method, const CallHead& head,
                          const Message& request, Message* response) {
  grpc::ClientContext context;
  Prepare(head, &context);
  const std::function<bool()> always;
  OneCall call(context, always);
  const auto reader =
      stub_.PrepareUnaryCall(&context, PathOf(method), Packed(request), call.queue());
  reader->StartCall();
  grpc::ByteBuffer answer;
  grpc::Status status;
  reader->Finish(&answer, &status, nullptr);
  call.Wait();
  if (status.ok() && !Unpack(answer, response)) return Unreadable(method);
  return status;
}

grpc::Status Calls::Stream(const MethodDescriptor& method, const CallHead& head,
                           const Message& request, const std::function<bool(const Message&)>& take,
                           const std::function<bool()>& wanted) {
  grpc::ClientContext context;
  Prepare(head, &context);
  OneCall call(context, wanted);
  const auto stream = stub_.PrepareCall(&context, PathOf(method), call.queue());
  stream->StartCall(nullptr);
  bool going = call.Wait();
  if (going) {
    stream->WriteLast(Packed(request), grpc::WriteOptions(), nullptr);
    going = call.Wait();
  }
  const auto message = NewMessage(*method.output_type());
  bool readable = true;
  while (going) {
    grpc::ByteBuffer answer;
    stream->Read(&answer, nullptr);
    if (!call.Wait()) break;
    message->Clear();
    readable = Unpack(answer, message.get());
    going = readable && take(*message);
    if (!going) context.TryCancel();
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  call.Wait();
  return readable ? status : Unreadable(method);
}

}  // namespace ventral::http
