// RunPack of targets.h.
#include <sstream>

#include "scoring/pack/image.h"
#include "scoring/pack/npy.h"
#include "scoring/pack/pack.h"
#include "scoring/pack/stimulus_table.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

constexpr std::uint64_t kMostImagePixels = 1 << 20, kMostBytes = 16 << 20;
constexpr std::int64_t kMostStimuli = 1000;

void HoldRefusal(const Error& error) {
  if (error.message.empty()) Fail("an error without words");
  if (error.code != ErrorCode::kInvalidInput && error.code != ErrorCode::kResourceLimit)
    Fail("a file of a pack is refused as " + error.ToString());
}

void Manifest(std::string_view bytes) {
  const auto manifest = ParseManifest(bytes);
  if (!manifest.ok()) return HoldRefusal(manifest.error());
  if (manifest->id.empty() || manifest->version.empty()) Fail("a manifest without id or version");
  for (const std::string& file : manifest->array_files) {
    if (!CheckPackPath(file).ok()) Fail("an array that lies outside the pack: " + file);
  }
}

void Table(std::string_view bytes) {
  StimulusColumns columns;
  const auto rows = ParseStimulusTable(bytes, kMostStimuli, "stimuli.csv", &columns);
  if (!rows.ok()) return HoldRefusal(rows.error());
  if (std::ssize(*rows) > kMostStimuli) Fail("more stimuli than are allowed");
  for (const StimulusRow& row : *rows) {
    if (row.id.empty()) Fail("a stimulus without id");
    if (!CheckPackPath(row.file).ok()) Fail("an image that lies outside the pack: " + row.file);
  }
}

void Npy(std::string_view bytes) {
  std::istringstream in{std::string(bytes)};
  const auto array = ReadNpy(in, bytes.size(), kMostBytes, "array.npy");
  if (!array.ok()) return HoldRefusal(array.error());
  std::uint64_t count = 1;
  for (const std::int64_t size : array->shape) count *= static_cast<std::uint64_t>(size);
  if (array->values.size() != count) Fail("an array of another size than its shape");
}

void Picture(std::string_view bytes) {
  const auto image = DecodeImage({"image", bytes}, kMostImagePixels);
  if (!image.ok()) return HoldRefusal(image.error());
  const auto pixels = static_cast<std::uint64_t>(image->height) * image->width;
  if (pixels > kMostImagePixels || image->rgb.size() != pixels * 3)
    Fail("an image of another size");
}

}  // namespace

void RunPack(std::string_view bytes) {
  if (bytes.empty()) return;
  constexpr void (*kReaders[])(std::string_view) = {Manifest, Table, Npy, Picture};
  kReaders[static_cast<unsigned char>(bytes[0]) % 4](bytes.substr(1));
}

}  // namespace ventral::fuzz
