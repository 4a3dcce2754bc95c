// Sizes in sentences.
#ifndef VENTRAL_SCORING_BASE_BYTE_TEXT_H_
#define VENTRAL_SCORING_BASE_BYTE_TEXT_H_

#include <cstdint>
#include <string>

namespace ventral {

// "640 bytes", "12884901888 bytes (12.0 GiB)": the number to reckon with, and the one to read.
std::string ByteText(std::uint64_t bytes);

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_BYTE_TEXT_H_
