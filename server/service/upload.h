// Streams of bytes from a client into the blob store: a declaration, then chunks.
#ifndef VENTRAL_SERVER_SERVICE_UPLOAD_H_
#define VENTRAL_SERVER_SERVICE_UPLOAD_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "server/blob/blob_store.h"
#include "server/blob/hold_all.h"
#include "server/service/data_streams.h"
#include "server/service/reply.h"

namespace ventral::service {

struct Declared {
  Digest digest;
  Bytes size;
};

// Errors name "<where>.sha256" or "<where>.size_bytes"; without `where`, the fields alone.
inline Result<Declared> ReadDeclared(const std::string& sha256, std::int64_t size_bytes,
                                     const std::string& where, Call& call) {
  const std::string in = where.empty() ? "" : where + ".";
  VENTRAL_ASSIGN_OR_RETURN(auto digest, call.Check(in + "sha256", Digest::Parse(sha256)));
  if (size_bytes < 0) {
    return call.Check(in + "size_bytes", Result<Declared>(InvalidInput("is negative")));
  }
  return Declared{std::move(digest), Bytes(static_cast<std::uint64_t>(size_bytes))};
}

// Everything after the declaration, until the client has finished or was refused; `place` is told
// of each. Request has a field `chunk`.
template <typename Request>
Status ReceiveChunks(grpc::ServerReader<Request>& reader, DataStreams::Place& place,
                     const std::function<Status(std::string_view)>& take) {
  constexpr std::size_t kLargestChunk = 1 << 20;
  Request message;
  while (reader.Read(&message)) {
    if (!message.has_chunk()) {
      return InvalidInput("every message after the first must be a chunk");
    }
    if (message.chunk().size() > kLargestChunk) {
      return InvalidInput("a chunk has " + std::to_string(message.chunk().size()) +
                          " bytes; at most 1048576 are allowed");
    }
    place.Moved(message.chunk().size());
    VENTRAL_RETURN_IF_ERROR(take(message.chunk()));
  }
  place.Finished();
  return Ok{};
}

// The whole blob, in messages of Response, which has a field `chunk`.
template <typename Response>
Status SendChunks(const BlobStore& blobs, const Digest& digest, DataStreams::Place& place,
                  grpc::ServerWriter<Response>& writer) {
  return blobs.Read(digest, [&](std::string_view bytes) -> Status {
    Response piece;
    piece.set_chunk(bytes.data(), bytes.size());
    if (!writer.Write(piece)) return Unavailable("the client went away, or took no bytes");
    place.Moved(bytes.size());
    return Ok{};
  });
}

// A blob is immutable and named by its content: the same digest with another size is a false claim.
inline Status CheckHeldSize(Bytes held, const Declared& declared) {
  if (held == declared.size) return Ok{};
  return InvalidInput("the blob " + declared.digest.hex() + " has " + std::to_string(held.value) +
                      " bytes, not the declared " + std::to_string(declared.size.value));
}

// Whether it is here, and held; false where it has to be uploaded. @error as CheckHeldSize;
// unavailable.
inline Result<bool> IsHeld(const BlobStore& blobs, const Declared& declared) {
  const auto held = blobs.Hold(declared.digest);
  if (!held.ok() && HasToBeUploaded(held.error())) return false;
  if (!held.ok()) return held.error();
  VENTRAL_RETURN_IF_ERROR(CheckHeldSize(*held, declared));
  return true;
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_UPLOAD_H_
