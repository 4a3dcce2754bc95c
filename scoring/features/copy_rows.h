// Activations copied out of a network, and summed on the way.
#ifndef VENTRAL_SCORING_FEATURES_COPY_ROWS_H_
#define VENTRAL_SCORING_FEATURES_COPY_ROWS_H_

#include <cstdint>

namespace ventral {

// Copies `count` values and returns their sum, in lanes of doubles that do not wait for each other:
// the same to the last bit wherever the arrays lie and whatever the processor.
double CopyAndSum(const float* from, float* to, std::int64_t count);

// The same without AVX2, for a test on a machine that has it.
double CopyAndSumPlainly(const float* from, float* to, std::int64_t count);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_COPY_ROWS_H_
