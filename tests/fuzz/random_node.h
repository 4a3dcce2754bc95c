// A node of an allowed operator, with arguments of the kinds that its schema names.
#ifndef VENTRAL_TESTS_FUZZ_RANDOM_NODE_H_
#define VENTRAL_TESTS_FUZZ_RANDOM_NODE_H_

#include <string>
#include <vector>

#include "scoring/network/json.h"
#include "tests/fuzz/choices.h"

namespace ventral::fuzz {

// Tensors of many shapes and types, values "pool_0" … that random nodes take; made by nodes of
// their own, which AddPool puts first.
void AddPool(Json& graph);

// `name` is that of the node and of its first result; `tensors`: values that it may take.
Json RandomNode(const std::string& name, const std::vector<std::string>& tensors, Choices& choices);

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_RANDOM_NODE_H_
