// A request's bytes until the gate has let its caller in: a message can take a hundred times what
// it has on the wire.
#ifndef VENTRAL_SERVER_SERVICE_UNREAD_REQUEST_H_
#define VENTRAL_SERVER_SERVICE_UNREAD_REQUEST_H_

#include <google/protobuf/message_lite.h>
#include <grpc/byte_buffer.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace ventral::service {

class UnreadRequest {
 public:
  using Note = std::function<void(const void* message)>;

  // Keeps these bytes for the call that this thread serves, in the place of any before.
  static void Keep(grpc_byte_buffer* payload);
  // What was kept; nothing is, then. Empty where the call has no request, or reads a stream.
  static UnreadRequest Take();
  // An interceptor that was given `message`: `note` hears of it now, or, where bytes are kept, once
  // they are read.
  static void WhenRead(const void* message, Note note);

  explicit operator bool() const { return payload_ != nullptr; }
  std::size_t bytes() const { return grpc_byte_buffer_length(payload_.get()); }
  // Once. False: they are no such message. Tells those who wait.
  bool ReadInto(google::protobuf::MessageLite& message);

 private:
  struct Destroy {
    void operator()(grpc_byte_buffer* payload) const { grpc_byte_buffer_destroy(payload); }
  };

  static UnreadRequest& Kept();

  std::unique_ptr<grpc_byte_buffer, Destroy> payload_;
  std::vector<Note> notes_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_UNREAD_REQUEST_H_
