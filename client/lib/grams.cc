#include "client/lib/grams.h"

#include <fstream>

namespace ventral::client {
namespace {

using JobStub = v1::JobService::StubInterface;

Status Receive(Connection& connection, const v1::Job& job, std::ostream& out, Hasher& hasher,
               const UploadProgress& progress) {
  v1::FetchGramsRequest request;
  request.set_name(job.name());
  grpc::ClientContext context;
  const auto stream = connection.jobs().FetchGrams(&context, request);
  std::int64_t done = 0;
  v1::FetchGramsResponse piece;
  while (stream->Read(&piece)) {
    hasher.Update(piece.chunk());
    out.write(piece.chunk().data(), static_cast<std::streamsize>(piece.chunk().size()));
    done += static_cast<std::int64_t>(piece.chunk().size());
    if (!out || done > job.grams().size_bytes()) context.TryCancel();
    progress(done, job.grams().size_bytes());
  }
  const grpc::Status status = stream->Finish();
  if (out && done <= job.grams().size_bytes() && !status.ok()) return connection.ToError(status);
  return Ok{};
}

}  // namespace

Status FetchGrams(Connection& connection, const std::string& name,
                  const std::filesystem::path& file, const UploadProgress& progress) {
  v1::GetJobRequest request;
  request.set_name(name);
  VENTRAL_ASSIGN_OR_RETURN(const v1::Job job,
                           connection.CallTwice(connection.jobs(), &JobStub::GetJob, request));
  if (!job.has_grams()) {
    return NotFound("the Grams of " + name +
                    " are not kept: 'ventral logs' may say why; submit the checkpoint again");
  }
  std::ofstream out(file, std::ios::binary);
  Hasher hasher;
  VENTRAL_RETURN_IF_ERROR(Receive(connection, job, out, hasher, progress));
  out.close();
  if (!out) return Unavailable("cannot write " + file.string());
  if (hasher.Finish().hex() == job.grams().sha256()) return Ok{};
  return CorruptData("what came as the Grams of " + name + " does not have their SHA-256");
}

}  // namespace ventral::client
