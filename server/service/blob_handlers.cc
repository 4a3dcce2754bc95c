#include "server/service/blob_handlers.h"

#include "server/service/caller.h"
#include "server/service/charged_upload.h"
#include "server/service/names.h"
#include "server/service/reply.h"
#include "server/service/seen.h"
#include "server/service/upload.h"

namespace ventral::service {
namespace {

constexpr int kMostDigests = 10'000;

Result<Declared> ReadDeclaration(const v1::UploadBlobRequest& first, Call& call) {
  if (!first.has_declaration()) {
    return InvalidInput("the first message must be a declaration of sha256 and size_bytes");
  }
  return ReadDeclared(first.declaration().sha256(), first.declaration().size_bytes(), "declaration",
                      call);
}

Status Store(grpc::ServerReader<v1::UploadBlobRequest>& reader, DataStreams::Place& place,
             const grpc::ServerContext& context, ChargedUpload& charged, BlobWriter& writer) {
  VENTRAL_RETURN_IF_ERROR(ReceiveChunks(reader, place, [&](std::string_view chunk) {
    charged.Received(chunk.size());
    return writer.Append(chunk);
  }));
  if (context.IsCancelled()) return Unavailable("the upload was cancelled; nothing was kept");
  return writer.Commit();
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
    std::vector<Digest> digests;
    std::vector<std::string> names;
    for (int i = 0; i < request->sha256_size(); ++i) {
      VENTRAL_ASSIGN_OR_RETURN(auto digest, call.Check("sha256[" + std::to_string(i) + "]",
                                                       Digest::Parse(request->sha256(i))));
      names.push_back(digest.hex());
      digests.push_back(std::move(digest));
    }
    VENTRAL_ASSIGN_OR_RETURN(const auto nameable,
                             store_.blob_rights().Nameable(CurrentViewer(), names));
    for (const Digest& digest : digests) {
      const bool has = nameable.contains(digest.hex()) && blobs_.Hold(digest);
      if (!has) response->add_missing_sha256(digest.hex());
    }
    return Ok{};
  });
}

grpc::Status BlobHandlers::UploadBlob(grpc::ServerContext* context,
                                      grpc::ServerReader<v1::UploadBlobRequest>* reader,
                                      v1::UploadBlobResponse* response) {
  DataStreams::Place place(streams_, *context);
  if (!place.held()) return place.Refusal();
  v1::UploadBlobRequest first;
  reader->Read(&first);  // stays empty, and is refused, where the client sent nothing
  return Respond(first, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto declared, ReadDeclaration(first, call));
    response->set_sha256(declared.digest.hex());
    response->set_size_bytes(static_cast<std::int64_t>(declared.size.value));
    VENTRAL_ASSIGN_OR_RETURN(const auto nameable, store_.blob_rights().Nameable(
                                                      CurrentViewer(), {declared.digest.hex()}));
    // Who has no right to name it yet sends the bytes, whether or not they are here.
    response->set_already_present(!nameable.empty() && blobs_.Hold(declared.digest));
    if (response->already_present()) return CheckHeldSize(blobs_, declared);
    VENTRAL_ASSIGN_OR_RETURN(const auto writer, blobs_.Begin(declared.digest, declared.size));
    const std::string& user = CurrentCaller().user;
    const auto size = static_cast<std::int64_t>(declared.size.value);
    VENTRAL_ASSIGN_OR_RETURN(
        auto charge, call.CheckLimit(UserName(user), store_.quotas().ChargeUpload(user, size)));
    ChargedUpload charged(store_.quotas(), std::move(charge));
    const Status stored = Store(*reader, place, *context, charged, *writer);
    charged.Settle(stored, context->IsCancelled());
    VENTRAL_RETURN_IF_ERROR(stored);
    return store_.blob_rights().Remember(user, declared.digest.hex());
  });
}

}  // namespace ventral::service
