// Private to network: a verified program. Whoever holds one may run it: every value is defined
// before its use and once, every operator is allowed, every argument has a type that its schema
// takes.
#ifndef VENTRAL_SCORING_NETWORK_TORCH_PROGRAM_H_
#define VENTRAL_SCORING_NETWORK_TORCH_PROGRAM_H_

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "scoring/network/network.h"
#include "scoring/network/torch_promises.h"
#include "scoring/network/torch_runnable.h"
#include "scoring/network/torch_scalar_function.h"

namespace ventral {

// Values are numbered in the order of their definition.
using ValueId = int;
inline constexpr ValueId kNoValue = -1;
inline constexpr int kNoGuard = -1;

enum class ValueKind { kTensor, kInt, kFloat, kBool };

// One argument: a constant of the file, a value, or a list of such.
struct Operand {
  enum class Kind { kConstant, kValue, kTensors, kOptionalTensors, kInts, kFloats, kBools };
  Kind kind = Kind::kConstant;
  c10::IValue constant;
  ValueId value = kNoValue;
  bool number_as_tensor = false;  // a number where the schema has a Tensor: `x * n`
  std::vector<Operand> items;
};
Operand ValueOperand(ValueId value);

// Nodes of a branch run where `predicate`, a truth value or a tensor of one element, is `wanted`,
// and the branch around it runs.
struct Guard {
  ValueId predicate = kNoValue;
  bool wanted = true;
  int outer = kNoGuard;
};

struct OutputSlot {
  bool is_list = false;
  std::vector<ValueId> values;  // one unless a list; kNoValue where the graph drops it
};

struct Node {
  std::string name;
  std::string target;                     // "torch.ops.aten.conv2d.default"
  std::vector<LayerId> modules;           // the module calls that it lies in, outermost first
  std::optional<c10::OperatorHandle> op;  // else `select`, else `function`
  PromiseCheck check = nullptr;           // before each call of `op`
  ScalarFunction function = ScalarFunction::kAdd;
  // Arguments: predicate, results of the one branch, results of the other; returns one of the two.
  bool select = false;
  int guard = kNoGuard;            // of program.guards
  std::vector<Operand> arguments;  // in the schema's order, defaults filled in
  std::vector<OutputSlot> outputs;
  std::vector<ValueId> dead;  // not needed after this node
};

// A layer's output: `value` as it stands after node `after` (-1: before the first), when its module
// returns.
struct Capture {
  NetworkLayer layer;
  ValueId value = kNoValue;
  std::ptrdiff_t after = -1;
};

// Both ends are in it.
struct IntegerRange {
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  bool operator==(const IntegerRange&) const = default;
};

// A weight, buffer or constant. `written`: some node writes into it, so each run gets its own copy.
struct Binding {
  ValueId value = kNoValue;
  c10::IValue content;
  bool written = false;
};

struct Program {
  std::vector<std::string> names;  // of the values
  std::vector<ValueKind> kinds;
  std::unordered_map<std::string, ValueId> index;
  std::vector<ValueId> inputs;  // as the signature lists them
  std::vector<Node> nodes;
  std::vector<Guard> guards;
  // What a module call in a subgraph returns, flat; kNoValue for what is none.
  std::map<LayerId, std::vector<ValueId>> traces;
  std::map<std::string, std::string> classes;  // module path → class, as the graph tells it
  std::vector<ValueId> outputs;                // tensors that the network returns
  std::vector<Binding> bindings;
  std::set<ValueId> parameters;  // among the bindings
  std::set<ValueId>
      unscorable;            // not floating point, or without a row a stimulus, as the file says
  ValueId image = kNoValue;  // as InputSizes and InputType say
  BatchRange batch;
  std::map<ValueId, IntegerRange> ranges;  // range_constraints of the archive
  std::vector<Capture> captures;           // in the order of execution

  // Throw Refusal for a name that is defined already, or not yet.
  ValueId Define(const std::string& name, ValueKind kind);
  ValueId Use(const std::string& name) const;
};

// "node conv2d (torch.ops.aten.conv2d.default) in module features.0".
std::string Describe(const Node& node);

// The first node that draws random numbers, or nullptr.
const Node* FirstSampler(const Program& program);

// Of a program whose lifetimes are found; layers are indices of its captures.
std::unique_ptr<Runnable> RunnableOf(Program program);

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_TORCH_PROGRAM_H_
