#include "server/service/unread_request.h"

#include <grpc/byte_buffer_reader.h>
#include <grpc/slice.h>

#include <utility>

namespace ventral::service {

UnreadRequest& UnreadRequest::Kept() {
  static thread_local UnreadRequest kept;
  return kept;
}

void UnreadRequest::Keep(grpc_byte_buffer* payload) {
  Kept() = {};
  Kept().payload_.reset(payload);
}

UnreadRequest UnreadRequest::Take() { return std::exchange(Kept(), {}); }

void UnreadRequest::WhenRead(const void* message, Note note) {
  if (Kept()) {
    Kept().notes_.push_back(std::move(note));
  } else {
    note(message);
  }
}

bool UnreadRequest::ReadInto(google::protobuf::MessageLite& message) {
  const auto payload = std::move(payload_);
  grpc_byte_buffer_reader reader;
  if (!grpc_byte_buffer_reader_init(&reader, payload.get())) return false;
  const grpc_slice whole = grpc_byte_buffer_reader_readall(&reader);
  const bool read = message.ParseFromArray(GRPC_SLICE_START_PTR(whole),
                                           static_cast<int>(GRPC_SLICE_LENGTH(whole)));
  grpc_slice_unref(whole);
  grpc_byte_buffer_reader_destroy(&reader);
  if (!read) return false;
  for (const Note& note : notes_) note(&message);
  return true;
}

}  // namespace ventral::service
