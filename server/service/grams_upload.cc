// WorkerHandlers::UploadGrams.
#include "server/service/caller.h"
#include "server/service/kept_grams.h"
#include "server/service/names.h"
#include "server/service/worker_handlers.h"

namespace ventral::service {
namespace {

// Only the worker that has the job now may fill the disk. The lease is kept by it: bytes that come
// are a sign of life.
Status CheckLease(const v1::GramsDeclaration& said, store::JobQueue& jobs, Call& call) {
  VENTRAL_ASSIGN_OR_RETURN(const auto job, call.Check("declaration.job", ParseJobName(said.job())));
  CallIsAbout(job, 0);
  VENTRAL_ASSIGN_OR_RETURN(const auto beat, jobs.Heartbeat(job, said.lease_token(), {}));
  CallIsAbout(job, beat.attempt);
  return Ok{};
}

Status Receive(grpc::ServerReader<v1::UploadGramsRequest>& reader, DataStreams::Place& place,
               BlobWriter& writer) {
  std::string start;
  return ReceiveChunks(reader, place, [&](std::string_view chunk) -> Status {
    // A first chunk may be a few bytes only.
    if (start.size() < 8) {
      start += chunk.substr(0, 8 - start.size());
      if (start.size() == 8 && !BeginsAsKeptGrams(start))
        return InvalidInput("the bytes are no kept Grams");
    }
    return writer.Append(chunk);
  });
}

}  // namespace

grpc::Status WorkerHandlers::UploadGrams(grpc::ServerContext* context,
                                         grpc::ServerReader<v1::UploadGramsRequest>* reader,
                                         v1::UploadGramsResponse* response) {
  DataStreams::Place place(streams_, *context);
  if (!place.held()) return place.Refusal();
  v1::UploadGramsRequest first;
  reader->Read(&first);  // stays empty, and is refused, where the client sent nothing
  return Respond(first, [&](Call& call) -> Status {
    if (!first.has_declaration()) {
      return InvalidInput("the first message must be a declaration of job, lease_token and grams");
    }
    const auto& said = first.declaration();
    VENTRAL_ASSIGN_OR_RETURN(
        const auto declared,
        ReadDeclared(said.grams().sha256(), said.grams().size_bytes(), "declaration.grams", call));
    VENTRAL_RETURN_IF_ERROR(CheckLease(said, store_.jobs(), call));
    VENTRAL_RETURN_IF_ERROR(CheckGramsSize(declared, most_grams_));
    *response->mutable_grams() = said.grams();
    VENTRAL_ASSIGN_OR_RETURN(const bool here, IsHeld(blobs_, declared));
    if (here) {
      VENTRAL_RETURN_IF_ERROR(HeldGrams(said.grams(), most_grams_, blobs_, call));
      return Ok{};
    }
    VENTRAL_ASSIGN_OR_RETURN(const auto writer, blobs_.Begin(declared.digest, declared.size));
    VENTRAL_RETURN_IF_ERROR(Receive(*reader, place, *writer));
    if (context->IsCancelled()) return Unavailable("the upload was cancelled; nothing was kept");
    VENTRAL_RETURN_IF_ERROR(CheckLease(said, store_.jobs(), call));
    return writer->Commit();
  });
}

}  // namespace ventral::service
