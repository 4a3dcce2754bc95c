#include "worker/evaluator/kept_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ventral {
namespace {

namespace fs = std::filesystem;

Error CannotWrite(const fs::path& file, const std::string& why) {
  return Unavailable("cannot write " + file.string() + ": " + why);
}

// Of the disk, or of its rights: the Grams may be sound, and another attempt may read them.
Error CannotRead(const fs::path& file, const std::string& why) {
  return Unavailable("cannot read " + file.string() + ": " + why);
}

// Removes itself unless it was renamed away.
struct TemporaryFile {
  fs::path path;
  ~TemporaryFile() { unlink(path.c_str()); }
};

class Writer {
 public:
  explicit Writer(int fd) : fd_(fd) {}
  Status Put(FrameType type, std::string_view payload) {
    VENTRAL_RETURN_IF_ERROR(WriteFrame(fd_, type, payload));
    hasher_.Update(FrameHead(type, payload.size()));
    hasher_.Update(payload);
    return Ok{};
  }
  Status End() { return WriteFrame(fd_, FrameType::kKeptEnd, EncodeKeptEnd(hasher_.Finish())); }

 private:
  int fd_;
  Hasher hasher_;
};

Status WriteAll(int fd, const KeptHead& head, const PlanMessage& plan,
                const std::vector<Gram>& grams) {
  Writer writer(fd);
  VENTRAL_RETURN_IF_ERROR(writer.Put(FrameType::kKeptHead, Encode(head)));
  VENTRAL_RETURN_IF_ERROR(writer.Put(FrameType::kPlan, Encode(plan)));
  for (const Gram& gram : grams) {
    VENTRAL_RETURN_IF_ERROR(writer.Put(FrameType::kGram, Encode(gram)));
  }
  return writer.End();
}

// The new name is durable once its folder is.
Status SyncFolderOf(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : ".";
  const Descriptor open_folder(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (open_folder.get() < 0 || fsync(open_folder.get()) != 0)
    return CannotWrite(file, std::strerror(errno));
  return Ok{};
}

}  // namespace

Status WriteKeptGrams(const fs::path& file, const KeptHead& head, const PlanMessage& plan,
                      const std::vector<Gram>& grams) {
  const TemporaryFile temporary{file.string() + ".partial-" + std::to_string(getpid())};
  const Descriptor out(
      open(temporary.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (out.get() < 0) return CannotWrite(file, std::strerror(errno));
  const Status written = WriteAll(out.get(), head, plan, grams);
  if (!written.ok()) return CannotWrite(file, written.error().context);
  if (fsync(out.get()) != 0) return CannotWrite(file, std::strerror(errno));
  if (std::rename(temporary.path.c_str(), file.c_str()) != 0)
    return CannotWrite(file, std::strerror(errno));
  return SyncFolderOf(file);
}

Error KeptGramsReader::Wrong(const std::string& what) const {
  return InvalidInput(name_ + " cannot be used as kept Grams: " + what);
}

Result<KeptGramsReader> KeptGramsReader::Open(const fs::path& file) {
  Descriptor in(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (in.get() < 0 && errno == ENOENT) return NotFound("there is no file " + file.string());
  KeptGramsReader reader(file.string(), std::move(in));
  struct stat found {};
  if (reader.file_.get() < 0 || fstat(reader.file_.get(), &found) != 0)
    return CannotRead(file, std::strerror(errno));
  if (!S_ISREG(found.st_mode)) return reader.Wrong("it is no file");
  VENTRAL_RETURN_IF_ERROR(reader.ReadStart());
  return reader;
}

Result<Frame> KeptGramsReader::ReadFrameOf(std::uint64_t cap) {
  Result<std::optional<Frame>> frame = ReadFrame(file_.get(), Bytes{cap});
  // What read() said stands in the context; an end that came too early has none.
  if (!frame.ok() && !frame.error().context.empty())
    return CannotRead(name_, frame.error().context);
  if (!frame.ok() && frame.error().code == ErrorCode::kUnavailable)
    return Wrong("it is cut off; " + frame.error().message);
  if (!frame.ok() && frame.error().code == ErrorCode::kCorruptData) {
    return Wrong(began_ ? "it is damaged"
                        : "it is no file that 'ventral score --keep-grams' writes");
  }
  if (!frame.ok()) return Wrong(frame.error().message);
  if (!frame->has_value()) return Wrong("it is cut off; its end is missing");
  began_ = true;
  return std::move(**frame);
}

Status KeptGramsReader::ReadStart() {
  for (const FrameType wanted : {FrameType::kKeptHead, FrameType::kPlan}) {
    VENTRAL_ASSIGN_OR_RETURN(const Frame frame, ReadFrameOf(kControlFrameCap.value));
    if (frame.type != wanted) return Wrong("it does not begin as such a file does");
    hasher_->Update(FrameHead(frame.type, frame.payload.size()));
    hasher_->Update(frame.payload);
    if (wanted == FrameType::kKeptHead) {
      Result<KeptHead> head = DecodeKeptHead(frame.payload);
      if (!head.ok()) return Wrong(head.error().message);
      head_ = std::move(head).value();
    } else {
      Result<PlanMessage> plan = DecodePlan(frame.payload);
      if (!plan.ok()) return Wrong(plan.error().message);
      plan_ = std::move(plan).value();
    }
  }
  return Ok{};
}

Result<std::optional<Gram>> KeptGramsReader::Next() {
  const auto stimuli = static_cast<std::int64_t>(head_.stimuli.size());
  VENTRAL_ASSIGN_OR_RETURN(const Frame frame,
                           ReadFrameOf(std::max(GramFrameCap(stimuli), std::uint64_t{1} << 16)));
  if (frame.type == FrameType::kKeptEnd) {
    VENTRAL_RETURN_IF_ERROR(CheckEnd(frame));
    return std::optional<Gram>();
  }
  if (frame.type != FrameType::kGram) return Wrong("a frame that such a file does not have");
  hasher_->Update(FrameHead(frame.type, frame.payload.size()));
  hasher_->Update(frame.payload);
  Result<Gram> gram = DecodeGram(frame.payload);
  if (!gram.ok()) return Wrong(gram.error().message);
  return std::optional<Gram>(std::move(gram).value());
}

Status KeptGramsReader::CheckEnd(const Frame& end) {
  const Result<Digest> said = DecodeKeptEnd(end.payload);
  if (!said.ok()) return Wrong(said.error().message);
  if (hasher_->Finish() != *said) return Wrong("it is damaged; its bytes have another SHA-256");
  Result<std::optional<Frame>> more = ReadFrame(file_.get(), Bytes{0});
  if (more.ok() && !more->has_value()) return Ok{};
  return Wrong("something stands behind its end");
}

}  // namespace ventral
