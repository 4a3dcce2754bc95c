#include "client/lib/file_upload.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>

#include "client/channel/busy.h"

namespace ventral::client {
namespace {

constexpr std::size_t kChunk = 1 << 20;
constexpr int kTriesFromNothing = 2;  // with a server that keeps nothing of them

v1::UploadBlobRequest Declaration(const LocalFile& file, std::int64_t from) {
  v1::UploadBlobRequest request;
  request.mutable_declaration()->set_sha256(file.sha256.hex());
  request.mutable_declaration()->set_size_bytes(file.bytes);
  request.mutable_declaration()->set_offset_bytes(from);
  return request;
}

}  // namespace

// A file of one chunk is not worth the question. What a server answers is held against the file.
Status FileUpload::Ask() {
  from_ = 0;
  if (begin_anew_ || file_.bytes <= static_cast<std::int64_t>(kChunk)) return Ok{};
  v1::QueryUploadRequest request;
  request.set_sha256(file_.sha256.hex());
  request.set_size_bytes(file_.bytes);
  v1::QueryUploadResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + Connection::kCallDeadline);
  const grpc::Status status = connection_.blobs().QueryUpload(&context, request, &response);
  keeps_ = status.error_code() != grpc::StatusCode::UNIMPLEMENTED;
  if (!keeps_) return Ok{};  // an older server
  if (!status.ok()) return connection_.ToError(status);
  whole_ = response.already_present();
  if (response.received_bytes() > 0 && response.received_bytes() <= file_.bytes) {
    from_ = response.received_bytes();
  }
  if (from_ > furthest_) tries_ = 0;
  furthest_ = std::max(furthest_, from_);
  return Ok{};
}

Status FileUpload::Send(End* end) {
  *end = End::kRefused;
  std::ifstream in(file_.path, std::ios::binary);
  if (!in) return NotFound("cannot open " + file_.path.string());
  in.seekg(from_);
  grpc::ClientContext context;
  v1::UploadBlobResponse reply;
  const auto writer = connection_.blobs().UploadBlob(&context, &reply);
  v1::UploadBlobRequest request = Declaration(file_, from_);
  bool open = writer->Write(request);
  std::string buffer(kChunk, '\0');
  std::int64_t sent = from_;
  while (open &&
         (in.read(buffer.data(), static_cast<std::streamsize>(kChunk)) || in.gcount() > 0)) {
    request.set_chunk(buffer.data(), static_cast<std::size_t>(in.gcount()));
    open = writer->Write(request);  // false once the server has answered
    there_(sent += in.gcount());
  }
  if (in.bad()) {
    context.TryCancel();
    [[maybe_unused]] const grpc::Status cancelled = writer->Finish();
    return CorruptData("cannot read all of " + file_.path.string() + ": its disk fails");
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (status.ok()) {
    *end = End::kDone;
    return Ok{};
  }
  Error error = connection_.ToError(status);
  if (IsBusy(status)) {
    *end = End::kBusy;
  } else if (status.error_code() == grpc::StatusCode::OUT_OF_RANGE) {
    *end = End::kElsewhere;  // another call was at it, or it was collected
  } else if (error.code == ErrorCode::kUnavailable) {
    *end = End::kCut;
  } else if (error.code == ErrorCode::kInvalidInput && from_ > 0) {
    // What was there before may be at fault, and is thrown away.
    *end = End::kElsewhere;
    begin_anew_ = true;
  }
  return std::move(error).Within(file_.path.string());
}

// Pauses before it says yes.
bool FileUpload::MayTryAgain(End end) {
  if (end == End::kRefused) return false;
  const int most_tries = keeps_ ? patience_.tries : std::min(patience_.tries, kTriesFromNothing);
  if (end == End::kBusy ? waited_ >= patience_.busy : ++tries_ >= most_tries) return false;
  if (tries_ <= 1 && end != End::kBusy) pause_ = std::chrono::milliseconds(0);  // it moved
  pause_ = std::min(std::max(2 * pause_, patience_.first_pause), patience_.longest_pause);
  std::this_thread::sleep_for(pause_);
  if (end == End::kBusy) waited_ += pause_;
  if (end == End::kCut) connection_.AwaitServer(Connection::kRetryPatience);
  return true;
}

Status FileUpload::Run() {
  for (bool first = true;; first = false) {
    End end = End::kCut;
    Status outcome = Ask();
    if (outcome.ok() && whole_) {
      there_(file_.bytes);
      return Ok{};
    }
    if (outcome.ok()) {
      if (first && from_ > 0 && goes_on_) goes_on_(file_.path, from_, file_.bytes);
      if (from_ > 0) there_(from_);
      outcome = Send(&end);
    } else {
      if (outcome.error().code != ErrorCode::kUnavailable) end = End::kRefused;
      outcome = std::move(outcome).error().Within(file_.path.string());
    }
    if (outcome.ok() || !MayTryAgain(end)) return outcome;
  }
}

}  // namespace ventral::client
