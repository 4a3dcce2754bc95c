// A network from a file, as the extractor reads it.
#ifndef VENTRAL_TESTS_UNIT_NETWORK_LOAD_H_
#define VENTRAL_TESTS_UNIT_NETWORK_LOAD_H_

#include <filesystem>
#include <string>

#include "scoring/base/mapped_file.h"
#include "scoring/network/network.h"

namespace ventral::testing {

inline Result<Network> LoadNetwork(const std::filesystem::path& file,
                                   const std::string& device = "cpu",
                                   const NetworkLimits& limits = {}) {
  VENTRAL_ASSIGN_OR_RETURN(const MappedFile bytes, MappedFile::Open(file));
  return Network::Load(bytes.view(), device, limits);
}

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_NETWORK_LOAD_H_
