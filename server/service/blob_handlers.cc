#include "server/service/blob_handlers.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <thread>

#include "server/service/caller.h"
#include "server/service/charged_upload.h"
#include "server/service/names.h"
#include "server/service/reply.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

constexpr int kMostDigests = 10'000;

// A client that went away ends its stream before gRPC says that it did: what it has sent is then no
// whole upload of too few bytes, and must stay.
constexpr std::chrono::milliseconds kCancellationComes{200}, kBetweenLooks{5};

struct Declaration {
  UploadName upload;
  Bytes offset;
};

Result<Declaration> ReadDeclaration(const v1::UploadBlobRequest& first, Call& call) {
  if (!first.has_declaration()) {
    return InvalidInput("the first message must be a declaration of sha256 and size_bytes");
  }
  const v1::BlobDeclaration& said = first.declaration();
  VENTRAL_ASSIGN_OR_RETURN(auto declared,
                           ReadDeclared(said.sha256(), said.size_bytes(), "declaration", call));
  const auto bad_offset = [&call](const std::string& why) {
    return call.Check("declaration.offset_bytes", Result<Declaration>(InvalidInput(why)));
  };
  if (said.offset_bytes() < 0) return bad_offset("is negative");
  const Bytes offset(static_cast<std::uint64_t>(said.offset_bytes()));
  if (offset > declared.size) {
    return bad_offset("is " + std::to_string(offset.value) + ", and the blob has " +
                      std::to_string(declared.size.value) + " bytes");
  }
  return Declaration{{CurrentCaller().user, std::move(declared.digest), declared.size}, offset};
}

bool WasCut(const grpc::ServerContext& context, bool whole) {
  auto left = whole ? std::chrono::milliseconds(0) : kCancellationComes;
  for (; left.count() > 0 && !context.IsCancelled(); left -= kBetweenLooks) {
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return context.IsCancelled();
}

Status Store(grpc::ServerReader<v1::UploadBlobRequest>& reader, DataStreams::Place& place,
             const grpc::ServerContext& context, std::uint64_t wanted, ChargedUpload& charged,
             BlobWriter& writer) {
  std::uint64_t came = 0;
  VENTRAL_RETURN_IF_ERROR(ReceiveChunks(reader, place, [&](std::string_view chunk) {
    charged.Received(chunk.size());
    came += chunk.size();
    return writer.Append(chunk);
  }));
  if (WasCut(context, came == wanted)) {
    return Unavailable("the upload was cut: ask QueryUpload how much of it is there");
  }
  return writer.Commit();
}

}  // namespace

grpc::Status BlobHandlers::FindMissingBlobs(grpc::ServerContext*,
                                            const v1::FindMissingBlobsRequest* request,
                                            v1::FindMissingBlobsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    if (request->sha256_size() > kMostDigests) {
      return call.Check("sha256",
                        Status(InvalidInput("has " + std::to_string(request->sha256_size()) +
                                            " digests; ask for at most 10000 at a time")));
    }
    std::vector<Digest> digests;
    std::vector<std::string> names;  // of all of them
    for (int i = 0; i < request->sha256_size(); ++i) {
      VENTRAL_ASSIGN_OR_RETURN(auto digest, call.Check("sha256[" + std::to_string(i) + "]",
                                                       Digest::Parse(request->sha256(i))));
      names.push_back(digest.hex());
      digests.push_back(std::move(digest));
    }
    VENTRAL_ASSIGN_OR_RETURN(const auto nameable,
                             store_.blob_rights().Nameable(CurrentViewer(), names));
    std::vector<Digest> asked;
    std::copy_if(digests.begin(), digests.end(), std::back_inserter(asked),
                 [&](const Digest& digest) { return nameable.contains(digest.hex()); });
    VENTRAL_ASSIGN_OR_RETURN(const auto held, HoldAll(blobs_, asked));
    std::set<std::string> here;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      if (held[i].ok()) here.insert(asked[i].hex());
    }
    for (const std::string& name : names) {
      if (!here.contains(name)) response->add_missing_sha256(name);
    }
    return Ok{};
  });
}

Result<bool> BlobHandlers::IsHere(const Declared& declared) {
  VENTRAL_ASSIGN_OR_RETURN(const auto nameable,
                           store_.blob_rights().Nameable(CurrentViewer(), {declared.digest.hex()}));
  if (nameable.empty()) return false;
  return IsHeld(blobs_, declared);
}

grpc::Status BlobHandlers::QueryUpload(grpc::ServerContext*, const v1::QueryUploadRequest* request,
                                       v1::QueryUploadResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(auto declared,
                             ReadDeclared(request->sha256(), request->size_bytes(), "", call));
    VENTRAL_ASSIGN_OR_RETURN(const bool here, IsHere(declared));
    response->set_already_present(here);
    response->set_received_bytes(request->size_bytes());
    if (here) return Ok{};
    VENTRAL_ASSIGN_OR_RETURN(
        const Bytes received,
        blobs_.Received({CurrentCaller().user, std::move(declared.digest), declared.size}));
    response->set_received_bytes(static_cast<std::int64_t>(received.value));
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
    const UploadName& upload = declared.upload;
    response->set_sha256(upload.digest.hex());
    response->set_size_bytes(static_cast<std::int64_t>(upload.size.value));
    VENTRAL_ASSIGN_OR_RETURN(const bool here, IsHere({upload.digest, upload.size}));
    response->set_already_present(here);
    if (here) return Ok{};
    const std::uint64_t wanted = upload.size.value - declared.offset.value;
    VENTRAL_ASSIGN_OR_RETURN(
        auto charge,
        call.CheckLimit(UserName(upload.owner), store_.quotas().ChargeUpload(
                                                    upload.owner, static_cast<std::int64_t>(wanted),
                                                    declared.offset.value > 0 ? 0 : 1)));
    ChargedUpload charged(store_.quotas(), std::move(charge));
    call.OnConflict(ConflictMeans::kOutOfRange);
    const auto writer = blobs_.Resume(upload, declared.offset);
    if (!writer.ok()) {
      charged.Cancel();
      return writer.error();
    }
    const Status stored = Store(*reader, place, *context, wanted, charged, **writer);
    charged.Settle(stored, context->IsCancelled());
    VENTRAL_RETURN_IF_ERROR(stored);
    return store_.blob_rights().Remember(upload.owner, upload.digest.hex());
  });
}

}  // namespace ventral::service
