// Private to blob: an open file that is closed by itself, with its lock.
#ifndef VENTRAL_SERVER_BLOB_DESCRIPTOR_H_
#define VENTRAL_SERVER_BLOB_DESCRIPTOR_H_

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace ventral {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) Close();
    value_ = std::exchange(other.value_, -1);
    return *this;
  }

  bool open() const { return value_ >= 0; }
  int value() const { return value_; }
  void Close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

  // False where another has it, in whatever process.
  bool Lock() const { return ::flock(value_, LOCK_EX | LOCK_NB) == 0; }
  // False where it is no file.
  bool Look(struct stat* found) const {
    return ::fstat(value_, found) == 0 && S_ISREG(found->st_mode);
  }

 private:
  int value_ = -1;
};

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_DESCRIPTOR_H_
