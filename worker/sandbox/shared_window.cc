#include "worker/sandbox/shared_window.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstring>
#include <utility>

namespace ventral {
namespace {

// Before the values: the number of times that the parent has taken them. A cache line.
constexpr std::uint64_t kHead = 64;

Error NoWindow(const std::string& why) {
  return Unavailable("no memory can be shared with the extractor", why);
}

}  // namespace

SharedWindow::SharedWindow(Descriptor memory, void* start, std::uint64_t bytes)
    : memory_(std::move(memory)), start_(start), bytes_(bytes) {}

SharedWindow::SharedWindow(SharedWindow&& other) noexcept
    : memory_(std::move(other.memory_)),
      start_(std::exchange(other.start_, nullptr)),
      bytes_(other.bytes_),
      turns_(other.turns_) {}

SharedWindow::~SharedWindow() {
  if (start_ != nullptr) munmap(start_, bytes_);
}

Result<SharedWindow> SharedWindow::Map(Descriptor memory, std::uint64_t bytes) {
  void* const start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory.get(), 0);
  if (start == MAP_FAILED) return NoWindow(std::strerror(errno));
  return SharedWindow(std::move(memory), start, bytes);
}

Result<SharedWindow> SharedWindow::Make(Bytes values) {
  const std::uint64_t bytes = kHead + values.value;
  Descriptor memory(memfd_create("ventral-features", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0) return NoWindow(std::strerror(errno));
  // Its memory now, as a page that cannot be had later is a SIGBUS.
  const int refused = posix_fallocate(memory.get(), 0, static_cast<off_t>(bytes));
  if (refused != 0) return NoWindow(std::strerror(refused));
  if (fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return NoWindow(std::strerror(errno));
  return Map(std::move(memory), bytes);
}

Result<SharedWindow> SharedWindow::Inherit(Bytes values) {
  const std::uint64_t bytes = kHead + values.value;
  struct stat found {};
  if (fstat(kSharedDescriptor, &found) != 0) return NoWindow(std::strerror(errno));
  Descriptor memory(kSharedDescriptor);
  if (static_cast<std::uint64_t>(found.st_size) != bytes) return NoWindow("it has another size");
  VENTRAL_ASSIGN_OR_RETURN(SharedWindow window, Map(std::move(memory), bytes));
  window.memory_.Close();
  return window;
}

float* SharedWindow::first() const {
  return reinterpret_cast<float*>(static_cast<char*>(start_) + kHead);
}

std::span<const float> SharedWindow::values() const {
  return {first(), (bytes_ - kHead) / sizeof(float)};
}

void SharedWindow::Release() {
  std::atomic_ref(*turn()).store(++turns_, std::memory_order_release);
  syscall(SYS_futex, turn(), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

std::span<float> SharedWindow::AwaitRoom() {
  // Between processes, so not the private futex of std::atomic's wait.
  for (std::uint32_t seen = 0;
       (seen = std::atomic_ref(*turn()).load(std::memory_order_acquire)) != turns_;) {
    syscall(SYS_futex, turn(), FUTEX_WAIT, seen, nullptr, nullptr, 0);
  }
  ++turns_;
  return {first(), (bytes_ - kHead) / sizeof(float)};
}

}  // namespace ventral
