#include "worker/protocol/frame.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace ventral {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::string_view kMagic = "VNTR";
// A payload grows by at most this much before its bytes have come.
constexpr std::size_t kReadStep = 1 << 20;

template <typename Int>
void PutLittleEndian(char* at, Int value) {
  for (std::size_t i = 0; i < sizeof(Int); ++i) at[i] = static_cast<char>(value >> (8 * i) & 0xff);
}

template <typename Int>
Int GetLittleEndian(const char* at) {
  Int value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value =
        static_cast<Int>(value | static_cast<Int>(static_cast<unsigned char>(at[i])) << (8 * i));
  }
  return value;
}

Status WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Unavailable("the other process closed its pipe", std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return Ok{};
}

// How many of `bytes` came before the end of the stream.
Result<std::size_t> ReadUpTo(int fd, char* to, std::size_t bytes) {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = read(fd, to + done, bytes - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unavailable("reading from the other process failed", std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

bool IsKnown(std::uint16_t type) {
  return type >= static_cast<std::uint16_t>(FrameType::kEvaluateRequest) &&
         type <= static_cast<std::uint16_t>(FrameType::kFeatures);
}

Result<std::string> ReadPayload(int fd, std::uint64_t bytes) {
  std::string payload;
  while (payload.size() < bytes) {
    const std::size_t before = payload.size();
    const std::size_t step =
        static_cast<std::size_t>(std::min<std::uint64_t>(kReadStep, bytes - before));
    payload.resize(before + step);
    VENTRAL_ASSIGN_OR_RETURN(const std::size_t got, ReadUpTo(fd, payload.data() + before, step));
    if (got < step) {
      return Unavailable("the stream ended inside a frame, after " + std::to_string(before + got) +
                         " of " + std::to_string(bytes) + " bytes");
    }
  }
  return payload;
}

}  // namespace

std::string FrameHead(FrameType type, std::uint64_t payload_bytes) {
  std::string header(kHeaderBytes, '\0');
  std::copy(kMagic.begin(), kMagic.end(), header.begin());
  PutLittleEndian<std::uint16_t>(header.data() + 4, kFrameVersion);
  PutLittleEndian<std::uint16_t>(header.data() + 6, static_cast<std::uint16_t>(type));
  PutLittleEndian<std::uint64_t>(header.data() + 8, payload_bytes);
  return header;
}

Status WriteFrame(int fd, FrameType type, std::string_view payload) {
  VENTRAL_RETURN_IF_ERROR(WriteAll(fd, FrameHead(type, payload.size())));
  return WriteAll(fd, payload);
}

Result<std::optional<Frame>> ReadFrame(int fd, Bytes cap) {
  std::array<char, kHeaderBytes> header{};
  VENTRAL_ASSIGN_OR_RETURN(const std::size_t got, ReadUpTo(fd, header.data(), header.size()));
  if (got == 0) return std::optional<Frame>();
  if (got < header.size()) return Unavailable("the stream ended inside a frame's header");
  if (std::string_view(header.data(), kMagic.size()) != kMagic) {
    return CorruptData("what the other process sent is no frame");
  }
  const auto version = GetLittleEndian<std::uint16_t>(header.data() + 4);
  if (version != kFrameVersion) {
    return CorruptData("the other process speaks frame version " + std::to_string(version) +
                       ", this one speaks " + std::to_string(kFrameVersion));
  }
  const auto type = GetLittleEndian<std::uint16_t>(header.data() + 6);
  if (!IsKnown(type)) return CorruptData("frame of unknown type " + std::to_string(type));
  const auto bytes = GetLittleEndian<std::uint64_t>(header.data() + 8);
  if (bytes > cap.value) {
    return ResourceLimit("frame of " + std::to_string(bytes) + " bytes, at most " +
                         std::to_string(cap.value) + " are taken here");
  }
  VENTRAL_ASSIGN_OR_RETURN(std::string payload, ReadPayload(fd, bytes));
  return std::optional<Frame>(Frame{static_cast<FrameType>(type), std::move(payload)});
}

}  // namespace ventral
