// What the fuzzers run, and the replay test with them. Each takes any bytes; where the code does
// not keep its promise the process ends with a sentence on stderr.
#ifndef VENTRAL_TESTS_FUZZ_TARGETS_H_
#define VENTRAL_TESTS_FUZZ_TARGETS_H_

#include <string>
#include <string_view>

namespace ventral::fuzz {

// A file: Network::Load is a network, or an error with words, of invalid_input or resource_limit.
void RunArchive(std::string_view bytes);

// Byte 0 says which JSON record of a valid archive the rest replaces (its CRC is made right): so
// the bytes reach the parsers of card, graph and weights. As RunArchive; what loads is run.
void RunRecords(std::string_view bytes);

// The bytes choose a valid network and edits of its graph (program_edits.h). What loads is run
// twice and must answer the same, each node; and in two parts, which must not crash. Where every
// edit keeps the meaning, it must load, answer as the network itself does, and the parts as the
// whole.
void RunProgram(std::string_view bytes);

// What a child may write into its pipe: frames, each held against its decoder. What is decoded,
// encoded and decoded again is the same.
void RunFrames(std::string_view bytes);

// Byte 0 says what the rest is: a pack's manifest, stimuli.csv, an array (.npy) or an image. It is
// read, or refused with words as invalid_input or resource_limit; what is read keeps its limits,
// and no path leaves the pack.
void RunPack(std::string_view bytes);

// A request over HTTP (requests_target.cc): it finds a method or is refused with words; its JSON is
// a message or is refused, and a message written as JSON reads as the same.
void RunRequests(std::string_view bytes);

// Ends the process.
[[noreturn]] void Fail(const std::string& promise);

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_TARGETS_H_
