#include "server/service/blob_handlers.h"

#include "server/service/reply.h"

namespace ventral::service {
namespace {

constexpr int kMostDigests = 10'000;
constexpr std::size_t kLargestChunk = 1 << 20;

struct Declared {
  Digest digest;
  Bytes size;
};

Result<Declared> ReadDeclaration(const v1::UploadBlobRequest& first, Call& call) {
  if (!first.has_declaration()) {
    return InvalidInput("the first message must be a declaration of sha256 and size_bytes");
  }
  const auto& said = first.declaration();
  VENTRAL_ASSIGN_OR_RETURN(auto digest,
                           call.Check("declaration.sha256", Digest::Parse(said.sha256())));
  if (said.size_bytes() < 0) {
    return call.Check("declaration.size_bytes", Result<Declared>(InvalidInput("is negative")));
  }
  return Declared{std::move(digest), Bytes(static_cast<std::uint64_t>(said.size_bytes()))};
}

// Everything after the declaration, until the client has finished or was refused.
Status ReceiveChunks(grpc::ServerReader<v1::UploadBlobRequest>& reader, BlobWriter& writer) {
  v1::UploadBlobRequest message;
  while (reader.Read(&message)) {
    if (!message.has_chunk()) {
      return InvalidInput("every message after the first must be a chunk");
    }
    if (message.chunk().size() > kLargestChunk) {
      return InvalidInput("a chunk has " + std::to_string(message.chunk().size()) +
                          " bytes; at most 1048576 are allowed");
    }
    VENTRAL_RETURN_IF_ERROR(writer.Append(message.chunk()));
  }
  return Ok{};
}

// A blob is immutable and named by its content: the same digest with another size is a false claim.
Status CheckHeldSize(const BlobStore& blobs, const Declared& declared) {
  VENTRAL_ASSIGN_OR_RETURN(const Bytes held, blobs.Size(declared.digest));
  if (held == declared.size) return Ok{};
  return InvalidInput("the blob " + declared.digest.hex() + " has " + std::to_string(held.value) +
                      " bytes, not the declared " + std::to_string(declared.size.value));
}

}  // namespace

grpc::Status BlobHandlers::FindMissingBlobs(grpc::ServerContext*,
                                            const v1::FindMissingBlobsRequest* request,
                                            v1::FindMissingBlobsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    if (request->sha256_size() > kMostDigests) {
      return InvalidInput("sha256 has " + std::to_string(request->sha256_size()) +
                          " digests; ask for at most 10000 at a time");
    }
    for (int i = 0; i < request->sha256_size(); ++i) {
      VENTRAL_ASSIGN_OR_RETURN(const auto digest, call.Check("sha256[" + std::to_string(i) + "]",
                                                             Digest::Parse(request->sha256(i))));
      if (!blobs_.Contains(digest)) response->add_missing_sha256(digest.hex());
    }
    return Ok{};
  });
}

grpc::Status BlobHandlers::UploadBlob(grpc::ServerContext* context,
                                      grpc::ServerReader<v1::UploadBlobRequest>* reader,
                                      v1::UploadBlobResponse* response) {
  v1::UploadBlobRequest first;
  reader->Read(&first);  // stays empty, and is refused, where the client sent nothing
  return Respond(first, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto declared, ReadDeclaration(first, call));
    response->set_sha256(declared.digest.hex());
    response->set_size_bytes(static_cast<std::int64_t>(declared.size.value));
    response->set_already_present(blobs_.Contains(declared.digest));
    if (response->already_present()) return CheckHeldSize(blobs_, declared);
    VENTRAL_ASSIGN_OR_RETURN(const auto writer, blobs_.Begin(declared.digest, declared.size));
    VENTRAL_RETURN_IF_ERROR(ReceiveChunks(*reader, *writer));
    if (context->IsCancelled()) return Unavailable("the upload was cancelled; nothing was kept");
    return writer->Commit();
  });
}

}  // namespace ventral::service
