// Private to features: the arithmetic of one node.
#ifndef VENTRAL_SCORING_FEATURES_TORCH_MULTIPLY_ADDS_H_
#define VENTRAL_SCORING_FEATURES_TORCH_MULTIPLY_ADDS_H_

#include <ATen/core/ivalue.h>

#include <string_view>
#include <vector>

namespace ventral {

// Multiply-adds of one call of an ATen operator ("conv2d.default"), from the shapes that it was
// given and made: convolutions, products of matrices, attention, einsum and recurrent layers.
// Everything else counts as none, as in the field's tables. A double: a hostile shape overflows 64
// bits.
double MultiplyAdds(std::string_view op, const std::vector<c10::IValue>& arguments,
                    const std::vector<c10::IValue>& results);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_TORCH_MULTIPLY_ADDS_H_
