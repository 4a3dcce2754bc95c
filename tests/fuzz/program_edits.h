// Edits of models/model.json that keep it JSON, and mostly a program.
#ifndef VENTRAL_TESTS_FUZZ_PROGRAM_EDITS_H_
#define VENTRAL_TESTS_FUZZ_PROGRAM_EDITS_H_

#include "scoring/network/json.h"
#include "tests/fuzz/choices.h"

namespace ventral::fuzz {

// Other names for all values, and nodes whose results nobody uses: the program means what it meant.
void Rename(Json& model, Choices& choices);
void AddUnused(Json& model, Choices& choices);

// One of: another number, two texts swapped, a node's operator, an element of a list gone or twice,
// a node of any allowed operator with arguments of the kinds that its schema names (random_node.h).
void EditAnything(Json& model, Choices& choices);

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_PROGRAM_EDITS_H_
