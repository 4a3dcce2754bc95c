// The valid archives that are changed: small networks of tests/unit/network, taken apart.
#ifndef VENTRAL_TESTS_FUZZ_BASE_NETWORKS_H_
#define VENTRAL_TESTS_FUZZ_BASE_NETWORKS_H_

#include <map>
#include <string>
#include <vector>

#include "scoring/network/json.h"

namespace ventral::fuzz {

struct BaseNetwork {
  std::string name;
  std::map<std::string, std::string> records;  // without the archive's folder
  Json model;                                  // of models/model.json
};

// Read once, from the folder of make_fixtures.py. Ends the process where there is none.
const std::vector<BaseNetwork>& BaseNetworks();

// A zip archive of uncompressed records in one folder, as torch.export.save writes it.
std::string ZipOf(const std::map<std::string, std::string>& records);

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_BASE_NETWORKS_H_
