// Memory that a process shares with its child: for numbers that are too many for a pipe.
#ifndef VENTRAL_WORKER_SANDBOX_SHARED_WINDOW_H_
#define VENTRAL_WORKER_SANDBOX_SHARED_WINDOW_H_

#include <cstdint>
#include <span>

#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "worker/sandbox/descriptor.h"

namespace ventral {

// Where a child that was given a window (ChildOptions::shared) finds it.
inline constexpr int kSharedDescriptor = 3;

// The child writes, says so in a frame, and waits until the parent has taken it: by a futex in the
// window, as a sealed process may wait but not read. The parent waits for nothing: whatever a
// hostile child does to the window, the parent finds other numbers, or its own again.
class SharedWindow {
 public:
  // The parent's. It has its memory from the start, and its size for ever: no side can cut it off
  // under the other.
  // @error unavailable if the system has no such memory.
  static Result<SharedWindow> Make(Bytes values);
  // The child's: maps kSharedDescriptor, and closes it. Call before Confine.
  // @error unavailable if it is no window of this size.
  static Result<SharedWindow> Inherit(Bytes values);
  SharedWindow(SharedWindow&&) noexcept;
  SharedWindow& operator=(SharedWindow&&) = delete;
  ~SharedWindow();

  // The parent's, for ChildOptions::shared.
  int descriptor() const { return memory_.get(); }
  // The parent's: the other side may write to it at any time, so copy first and then look.
  std::span<const float> values() const;
  // The parent's: what was written is taken.
  void Release();

  // The child's: the room to write to, once all that was written before is taken.
  std::span<float> AwaitRoom();

 private:
  SharedWindow(Descriptor memory, void* start, std::uint64_t bytes);
  static Result<SharedWindow> Map(Descriptor memory, std::uint64_t bytes);
  std::uint32_t* turn() const { return static_cast<std::uint32_t*>(start_); }
  float* first() const;

  Descriptor memory_;
  void* start_;
  std::uint64_t bytes_;
  std::uint32_t turns_ = 0;  // of this side
};

}  // namespace ventral

#endif  // VENTRAL_WORKER_SANDBOX_SHARED_WINDOW_H_
