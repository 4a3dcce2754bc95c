// Private to blob: what is left of uploads in the disk store's folder incoming/.
#ifndef VENTRAL_SERVER_BLOB_DISK_HALF_H_
#define VENTRAL_SERVER_BLOB_DISK_HALF_H_

#include <chrono>
#include <filesystem>

#include "server/blob/blob_store.h"
#include "server/blob/descriptor.h"

namespace ventral {

// A half is incoming/DIGEST.SIZE.OWNER.half, where OWNER is a digest of the owner's id; whatever
// else stands there is of an upload that leaves nothing. A file is locked (flock) while somebody
// writes it, or removes it, in any process on this file system.
std::filesystem::path HalfPath(const std::filesystem::path& incoming, const UploadName& upload);

struct HalfFile {
  Descriptor file;  // locked, for reading and writing, at its end; not open: there is none
  Bytes there{0};
  bool others = false;  // another has it locked
};

// `make`: where there is none, an empty one is made. @error unavailable.
Result<HalfFile> OpenHalf(const std::filesystem::path& path, bool make);

// Takes away what is there. @error unavailable.
Status EmptyHalf(const HalfFile& half);

// Its bytes, after fsync; 0 where there is none. @error unavailable.
Result<Bytes> HalfBytes(const std::filesystem::path& path);

// Of all of them. @error unavailable.
Result<Bytes> AllHalfBytes(const std::filesystem::path& incoming);

// Removes halves whose last byte came before `before`, and files that nobody can go on with; not
// what is locked. The bytes of the halves. @error unavailable.
Result<Bytes> RemoveOldHalves(const std::filesystem::path& incoming,
                              std::chrono::system_clock::time_point before);

}  // namespace ventral

#endif  // VENTRAL_SERVER_BLOB_DISK_HALF_H_
