#include "tests/unit/blob/blob_sides.h"

#include <gtest/gtest.h>

#include "tests/support/files.h"
#include "tests/support/s3_server.h"

namespace ventral::testing {
namespace {
namespace fs = std::filesystem;

constexpr int kDaysOld = 48;  // hours

int FilesBelow(const fs::path& folder) {
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    files += entry.is_regular_file() && entry.path().extension() != ".txt" ? 1 : 0;
  }
  return files;
}

class DiskSide final : public BlobSide {
 public:
  Result<std::unique_ptr<BlobStore>> Open(Bytes max_blob, Bytes max_total) override {
    return OpenDiskBlobStore({Root(), max_blob, max_total});
  }
  int Blobs() const override { return FilesBelow(Root() / "sha256"); }
  int LeftOvers() const override { return FilesBelow(Root() / "incoming"); }
  void Damage(const Digest& digest, const std::string& bytes) override {
    WriteFile(PlaceOf(digest), bytes);
  }
  void MakeOld(const Digest& digest) override {
    fs::last_write_time(PlaceOf(digest),
                        fs::file_time_type::clock::now() - std::chrono::hours(kDaysOld));
  }
  void AddStranger() override { WriteFile(Stranger(), "not a blob"); }
  bool HasStranger() const override { return fs::exists(Stranger()); }
  std::uint64_t WhatStays(std::uint64_t bytes) const override { return bytes; }
  void LetRest() override {}
  int Many() const override { return 300; }

 private:
  fs::path Root() const { return scratch_.path() / "blobs"; }
  fs::path Stranger() const { return Root() / "sha256/ab/notes.txt"; }
  fs::path PlaceOf(const Digest& digest) const {
    return Root() / "sha256" / digest.hex().substr(0, 2) / digest.hex();
  }
  ScratchFolder scratch_;
};

class S3Side final : public BlobSide {
 public:
  Result<std::unique_ptr<BlobStore>> Open(Bytes max_blob, Bytes max_total) override {
    S3BlobOptions options = bucket_.Options();
    options.max_blob = max_blob;
    options.max_total = max_total;
    return OpenS3BlobStore(options);
  }
  int Blobs() const override {
    int blobs = 0;
    for (const auto& [key, size] : bucket_.State().keys) {
      const auto slash = key.rfind('/');
      blobs += Digest::Parse(std::string_view(key).substr(slash + 1)).ok() ? 1 : 0;
    }
    return blobs;
  }
  int LeftOvers() const override {
    const auto state = bucket_.State();
    int left = state.uploads;
    for (const auto& [key, size] : state.keys) left += key.find("/halves/") != key.npos ? 1 : 0;
    return left;
  }
  void Damage(const Digest& digest, const std::string& bytes) override {
    bucket_.Damage(KeyOf(digest), bytes);
  }
  void MakeOld(const Digest& digest) override { bucket_.Age(digest.hex(), kDaysOld); }
  void AddStranger() override { bucket_.Age("writable", kDaysOld); }  // what Open wrote
  bool HasStranger() const override {
    return bucket_.State().keys.contains("lab/blobs/sha256/writable");
  }
  std::uint64_t WhatStays(std::uint64_t bytes) const override {
    const std::uint64_t part = bucket_.Options().part.value;
    return bytes / part * part;  // whole ones
  }
  void LetRest() override { bucket_.Age("/halves/", 1); }
  int Many() const override { return 30; }

 private:
  static std::string KeyOf(const Digest& digest) {
    return "lab/blobs/sha256/" + digest.hex().substr(0, 2) + "/" + digest.hex();
  }
  S3Bucket bucket_;
};

}  // namespace

std::unique_ptr<BlobSide> MakeBlobSide(std::string_view name) {
  if (name == "disk") return std::make_unique<DiskSide>();
  return S3Bucket::Available() ? std::make_unique<S3Side>() : nullptr;
}

Status PutBlob(BlobStore& store, std::string_view bytes) {
  VENTRAL_ASSIGN_OR_RETURN(auto writer, store.Begin(DigestOf(bytes), Bytes(bytes.size())));
  VENTRAL_RETURN_IF_ERROR(writer->Append(bytes));
  return writer->Commit();
}

Result<std::string> GetBlob(const BlobStore& store, const Digest& digest) {
  std::string all;
  VENTRAL_RETURN_IF_ERROR(store.Read(digest, [&](std::string_view piece) -> Status {
    EXPECT_LE(piece.size(), std::size_t{1} << 20);
    all += piece;
    return Ok{};
  }));
  return all;
}

}  // namespace ventral::testing
