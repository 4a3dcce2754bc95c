// Part of every program of the preset tsan: how ThreadSanitizer judges, and what it cannot see.
//
// gRPC stands on the locks of Abseil, and neither library is compiled with ThreadSanitizer, so that
// it knows of no order between a call and its handler, nor between an answer and who waited for it.
// Here these locks tell it.
#include <absl/synchronization/mutex.h>
#include <dlfcn.h>

extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);

// In the program, as a child may be started without environment. What a library without
// ThreadSanitizer does to memory, say by memcpy or free, is judged without what it does to order it
// (atomics), so it is not judged; our own code is, wherever it was called from.
const char* __tsan_default_options() {
  return "halt_on_error=1:exitcode=66:ignore_noninstrumented_modules=1";
}
}

namespace {

// Abseil's own function behind one of this file: both have the same mangled name.
template <typename Function>
Function Behind(void* here) {
  Dl_info found{};
  dladdr(here, &found);
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, found.dli_sname));
}

template <typename Member>
void* AddressOf(Member member) {
  void* address = nullptr;
  static_assert(sizeof member >= sizeof address);
  __builtin_memcpy(&address, &member, sizeof address);
  return address;
}

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static const auto behind = Behind<void (*)(Mutex*)>(AddressOf(&Mutex::Lock));
  behind(this);
  __tsan_acquire(this);
}

bool Mutex::TryLock() {
  static const auto behind = Behind<bool (*)(Mutex*)>(AddressOf(&Mutex::TryLock));
  const bool locked = behind(this);
  if (locked) __tsan_acquire(this);
  return locked;
}

void Mutex::Unlock() {
  static const auto behind = Behind<void (*)(Mutex*)>(AddressOf(&Mutex::Unlock));
  __tsan_release(this);
  behind(this);
}

void CondVar::Wait(Mutex* lock) {
  static const auto behind = Behind<void (*)(CondVar*, Mutex*)>(AddressOf(&CondVar::Wait));
  __tsan_release(lock);
  behind(this, lock);
  __tsan_acquire(lock);
}

bool CondVar::WaitWithTimeout(Mutex* lock, Duration timeout) {
  static const auto behind =
      Behind<bool (*)(CondVar*, Mutex*, Duration)>(AddressOf(&CondVar::WaitWithTimeout));
  __tsan_release(lock);
  const bool late = behind(this, lock, timeout);
  __tsan_acquire(lock);
  return late;
}

bool CondVar::WaitWithDeadline(Mutex* lock, Time deadline) {
  static const auto behind =
      Behind<bool (*)(CondVar*, Mutex*, Time)>(AddressOf(&CondVar::WaitWithDeadline));
  __tsan_release(lock);
  const bool late = behind(this, lock, deadline);
  __tsan_acquire(lock);
  return late;
}

ABSL_NAMESPACE_END
}  // namespace absl
