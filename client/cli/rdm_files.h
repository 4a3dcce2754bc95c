// RDMs as files, with an index that says what they are.
#ifndef VENTRAL_CLIENT_CLI_RDM_FILES_H_
#define VENTRAL_CLIENT_CLI_RDM_FILES_H_

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "scoring/base/result.h"
#include "worker/protocol/rdm_messages.h"

namespace ventral::cli {

// A folder with one .npy (float64) a layer, and index.json.
class RdmFiles {
 public:
  // Square [stimulus × stimulus], or the strict upper triangle row by row where `condensed`.
  RdmFiles(std::filesystem::path folder, bool condensed)
      : folder_(std::move(folder)), condensed_(condensed) {}

  // The first one removes the index.json of an earlier run. @error unavailable if the folder cannot
  // be made, or the file not be written (names it).
  Status Write(const RdmMessage& rdm);
  // Ends with index.json, which is also given back: what the RDMs are of, the stimuli in the order
  // of the rows, and each layer with its file, or why it has none.
  Result<nlohmann::json> WriteIndex(const RdmsMessage& rdms);

 private:
  Status RemoveIndex() const;

  std::filesystem::path folder_;
  bool condensed_;
  nlohmann::json layers_ = nlohmann::json::array();
};

// "003-features.12.npy": the layer's place and name; what a file's name should not hold is '_'.
std::string RdmFileName(std::size_t place, const LayerId& layer);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_RDM_FILES_H_
