// RunArchive and RunRecords of targets.h.
#include <c10/core/InferenceMode.h>

#include <array>

#include "scoring/network/network.h"
#include "tests/fuzz/base_networks.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/run_network.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {

void RunArchive(std::string_view bytes) {
  const auto network = Network::Load({"fuzz.pt2", bytes}, "cpu");
  if (!network.ok()) CheckError(network.error());
}

void RunRecords(std::string_view bytes) {
  static constexpr std::array records = {"models/model.json", "extra/ventral.json",
                                         "data/weights/model_weights_config.json",
                                         "data/constants/model_constants_config.json"};
  if (bytes.empty()) return;
  Choices choices(bytes.substr(0, 1));
  const std::size_t choice = choices.Below(records.size() * BaseNetworks().size());
  auto changed = BaseNetworks()[choice / records.size()].records;
  changed[records[choice % records.size()]] = std::string(bytes.substr(1));
  const auto network = Network::Load({"fuzz.pt2", ZipOf(changed)}, "cpu");
  if (!network.ok()) return CheckError(network.error());
  const c10::InferenceMode inference;
  RunTwice(*network);
}

}  // namespace ventral::fuzz
