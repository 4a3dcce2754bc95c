// One blob into a bucket, and out of it: bench_blob put|get ENDPOINT BUCKET FILE. Prints seconds,
// of the call alone. AWS_ACCESS_KEY_ID and its like have the keys. run.py holds it against boto3.
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "server/blob/s3_store.h"

namespace ventral {
namespace {

using Time = std::chrono::steady_clock;

constexpr std::size_t kPiece = 1 << 20;  // as clients send them

Status PutAll(BlobStore& store, const std::string& bytes) {
  VENTRAL_ASSIGN_OR_RETURN(auto writer, store.Begin(DigestOf(bytes), Bytes(bytes.size())));
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    VENTRAL_RETURN_IF_ERROR(writer->Append(std::string_view(bytes).substr(at, kPiece)));
  }
  return writer->Commit();
}

int Run(const std::string& what, const S3BlobOptions& options, const std::string& bytes) {
  const auto store = OpenS3BlobStore(options);
  if (!store.ok()) {
    std::cerr << store.error().ToString() << '\n';
    return 1;
  }
  const Digest digest = DigestOf(bytes);
  const auto begun = Time::now();
  const Status done = what == "put"
                          ? PutAll(**store, bytes)
                          : (*store)->Read(digest, [](std::string_view) -> Status { return Ok{}; });
  if (!done.ok()) {
    std::cerr << done.error().ToString() << '\n';
    return 1;
  }
  std::cout << std::chrono::duration<double>(Time::now() - begun).count() << '\n';
  return 0;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "bench_blob put|get ENDPOINT BUCKET FILE\n";
    return 2;
  }
  ventral::S3BlobOptions options;
  options.endpoint = argv[2];
  options.bucket = argv[3];
  std::ifstream file(argv[4], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return ventral::Run(argv[1], options, bytes);
}
