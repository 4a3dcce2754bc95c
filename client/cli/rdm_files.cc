#include "client/cli/rdm_files.h"

#include <array>
#include <cstdio>
#include <vector>

#include "scoring/pack/build/pack_writer.h"

namespace ventral::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kLongestName = 100;

Status WriteOne(const fs::path& file, const Rdm& rdm, bool condensed) {
  const std::int64_t n = rdm.stimuli;
  if (condensed) {
    const std::vector<std::int64_t> shape = {rdm.upper.size()};
    const std::vector<double> values(rdm.upper.begin(), rdm.upper.end());
    return WriteNpy(file, {shape, values, /*wide=*/true});
  }
  std::vector<double> square(static_cast<std::size_t>(n * n), 0.0);
  Eigen::Index k = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i + 1; j < n; ++j) {
      square[static_cast<std::size_t>(i * n + j)] = square[static_cast<std::size_t>(j * n + i)] =
          rdm.upper(k++);
    }
  }
  const std::vector<std::int64_t> shape = {n, n};
  return WriteNpy(file, {shape, square, /*wide=*/true});
}

}  // namespace

std::string RdmFileName(std::size_t place, const LayerId& layer) {
  std::array<char, 32> number{};
  std::snprintf(number.data(), number.size(), "%03zu-", place);
  std::string name = layer.ToString();
  for (char& c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-' || c == '@';
    if (!plain) c = '_';
  }
  return number.data() + name.substr(0, kLongestName) + ".npy";
}

Status RdmFiles::Write(const RdmMessage& rdm) {
  if (layers_.empty()) VENTRAL_RETURN_IF_ERROR(RemoveIndex());
  nlohmann::json layer = {{"layer", rdm.layer.path},
                          {"step", rdm.layer.step},
                          {"features", rdm.features},
                          {"inferred", rdm.inferred}};
  if (rdm.undefined.empty()) {
    const std::string name = RdmFileName(layers_.size(), rdm.layer);
    VENTRAL_RETURN_IF_ERROR(WriteOne(folder_ / name, rdm.rdm, condensed_));
    layer["file"] = name;
  } else {
    layer["undefined"] = rdm.undefined;
  }
  layers_.push_back(std::move(layer));
  return Ok{};
}

// What stands in the folder from before is of other files: an index that is there says that all of
// its files are.
Status RdmFiles::RemoveIndex() const {
  std::error_code error;
  fs::remove(folder_ / "index.json", error);
  if (!error || error == std::errc::not_a_directory) return Ok{};
  return Unavailable("cannot remove the old " + (folder_ / "index.json").string() + ": " +
                     error.message());
}

Result<nlohmann::json> RdmFiles::WriteIndex(const RdmsMessage& rdms) {
  nlohmann::json index = {{"distance", rdms.distance},
                          {"condensed", condensed_},
                          {"checkpoint_sha256", rdms.head.checkpoint_sha256},
                          {"pack", rdms.head.pack},
                          {"pack_version", rdms.head.pack_version},
                          {"pack_digest", rdms.head.pack_digest},
                          {"extractor", rdms.extractor},
                          {"device", rdms.device},
                          {"precision", rdms.precision},
                          {"preprocessing", rdms.preprocessing},
                          {"stimuli", rdms.head.stimuli},
                          {"layers", layers_}};
  const std::string text =
      index.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  VENTRAL_RETURN_IF_ERROR(WriteBytes(folder_ / "index.json", text));
  return index;
}

}  // namespace ventral::cli
