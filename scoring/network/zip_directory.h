// The central directory of a zip archive: what every record should be, before any is read.
#ifndef VENTRAL_SCORING_NETWORK_ZIP_DIRECTORY_H_
#define VENTRAL_SCORING_NETWORK_ZIP_DIRECTORY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ventral {

struct ZipEntry {
  std::uint32_t crc32 = 0;
  std::uint64_t bytes = 0;  // of its content
  bool compressed = false;
};

// name → entry, as stored (APPNOTE 6.3.10, with zip64). LibTorch's own reader is built without CRC
// checks, and allocates what an entry claims: this is what it is held against. Throws Refusal: no
// zip archive, truncated, more than `max_records`, an encrypted record, records that
// together claim more bytes than the file has, that overlap or lie outside the file, a name twice,
// or one that is absolute or has "..".
std::unordered_map<std::string, ZipEntry> ReadZipDirectory(std::string_view file,
                                                           std::int64_t max_records);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_ZIP_DIRECTORY_H_
