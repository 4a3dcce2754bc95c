#include "scoring/pack/build/source_files.h"

#include <set>

namespace ventral {
namespace fs = std::filesystem;
namespace {

constexpr int kDepth = 4;
constexpr std::size_t kMaxEntries = 200'000;

std::string LastPart(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Result<SourceFolder> SourceFolder::Open(const fs::path& folder) {
  SourceFolder opened;
  opened.folder_ = folder;
  std::error_code failure;
  auto entry = fs::recursive_directory_iterator(
      folder, fs::directory_options::skip_permission_denied, failure);
  if (failure) return NotFound("there is no folder " + folder.string());
  for (const auto end = fs::end(entry); entry != end; entry.increment(failure)) {
    if (failure) return Unavailable("cannot list " + folder.string(), failure.message());
    if (entry.depth() >= kDepth) entry.disable_recursion_pending();
    if (!entry->is_regular_file(failure)) continue;
    if (opened.by_name_.size() == kMaxEntries) {
      return ResourceLimit(folder.string() + " has too many files; name the folder that holds " +
                           "the published ones");
    }
    opened.by_name_.emplace(entry->path().filename().string(), entry->path());
  }
  return opened;
}

Result<fs::path> SourceFolder::Find(const SourceFile& source) const {
  std::string other;
  for (const std::string& name : std::set{LastPart(source.file), LastPart(source.url)}) {
    const auto [first, last] = by_name_.equal_range(name);
    for (auto candidate = first; candidate != last; ++candidate) {
      std::error_code failure;
      const fs::path& file = candidate->second;
      if (fs::file_size(file, failure) != source.bytes || failure) {
        other = file.string() + " has not the " + std::to_string(source.bytes) + " bytes";
        continue;
      }
      VENTRAL_ASSIGN_OR_RETURN(const Digest digest, DigestOfFile(file));
      if (digest == source.sha256) return file;
      other = file.string() + " has not the SHA-256 " + source.sha256.hex();
    }
  }
  if (!other.empty()) {
    return InvalidInput("source " + source.file + ": " + other + " of the published file; fetch " +
                        source.url);
  }
  return NotFound("source " + source.file + " is not in " + folder_.string() + "; fetch " +
                  source.url + " into it, or leave out --from to download");
}

}  // namespace ventral
