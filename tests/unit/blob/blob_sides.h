// The two sides of the BlobStore seam, as its conformance suite handles them.
#ifndef VENTRAL_TESTS_UNIT_BLOB_BLOB_SIDES_H_
#define VENTRAL_TESTS_UNIT_BLOB_BLOB_SIDES_H_

#include <memory>
#include <string>
#include <string_view>

#include "server/blob/blob_store.h"

namespace ventral::testing {

class BlobSide {
 public:
  virtual ~BlobSide() = default;
  // Over the same blobs each time.
  virtual Result<std::unique_ptr<BlobStore>> Open(Bytes max_blob, Bytes max_total) = 0;
  virtual int Blobs() const = 0;
  // What uploads have left that are neither committed nor alive.
  virtual int LeftOvers() const = 0;
  // Puts other bytes there, behind the store's back.
  virtual void Damage(const Digest& digest, const std::string& bytes) = 0;
  // As if it had been uploaded two days ago, and not been held since.
  virtual void MakeOld(const Digest& digest) = 0;
  // Something that is no blob, among them.
  virtual void AddStranger() = 0;
  virtual bool HasStranger() const = 0;
  // How much of an upload stays that was cut behind so many bytes.
  virtual std::uint64_t WhatStays(std::uint64_t bytes) const = 0;
  // As if nobody had been at the halves of uploads for an hour.
  virtual void LetRest() = 0;
  // How many blobs a test may make that wants many.
  virtual int Many() const = 0;
};

// "disk" or "s3". Null where that side is not to be had here.
std::unique_ptr<BlobSide> MakeBlobSide(std::string_view name);

Status PutBlob(BlobStore& store, std::string_view bytes);
Result<std::string> GetBlob(const BlobStore& store, const Digest& digest);

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_BLOB_BLOB_SIDES_H_
