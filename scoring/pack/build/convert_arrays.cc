#include <algorithm>
#include <numeric>
#include <sstream>

#include "scoring/pack/build/convert.h"
#include "scoring/pack/build/mat_file.h"
#include "scoring/pack/build/zip_file.h"

namespace ventral {
namespace fs = std::filesystem;
namespace {

// The elements of a struct array, which MATLAB counts first index fastest, in C order.
std::vector<double> ElementsInRowOrder(const MatVariable& variable) {
  std::vector<double> elements(static_cast<std::size_t>(variable.Elements()));
  std::iota(elements.begin(), elements.end(), 0.0);
  return ToRowMajor(elements, variable.Shape());
}

// A field's matrices over all elements: [axes of the struct array …, axes of one matrix …].
Result<NpyArray> StackField(const MatVariable& variable, const std::string& field) {
  NpyArray stacked;
  std::vector<std::int64_t> shape;
  for (const double element : ElementsInRowOrder(variable)) {
    VENTRAL_ASSIGN_OR_RETURN(NpyArray one,
                             variable.Numbers(field, static_cast<std::int64_t>(element)));
    if (stacked.values.empty()) shape = one.shape;
    if (one.shape != shape) return InvalidInput("matrices of '" + field + "' differ in shape");
    stacked.values.insert(stacked.values.end(), one.values.begin(), one.values.end());
  }
  stacked.shape = variable.Shape();
  stacked.shape.insert(stacked.shape.end(), shape.begin(), shape.end());
  return stacked;
}

Result<NpyArray> ReadMat(const ArrayStep& step, const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(const MatVariable variable, MatVariable::Read(file, step.variable));
  if (step.field.empty()) return variable.Numbers();
  if (step.element) return variable.Numbers(step.field, *step.element);
  return StackField(variable, step.field);
}

Result<NpyArray> ReadNpz(const ArrayStep& step, const fs::path& file, std::uint64_t max_bytes) {
  VENTRAL_ASSIGN_OR_RETURN(const ZipFile archive, ZipFile::Open(file));
  const std::string member = step.member + ".npy";
  VENTRAL_ASSIGN_OR_RETURN(std::string bytes, archive.Read(member, max_bytes));
  const std::uint64_t size = bytes.size();
  std::istringstream in(std::move(bytes));
  return ReadNpy(in, size, max_bytes, member);
}

// n(n − 1)/2 values, row by row above the diagonal, to n × n.
Result<NpyArray> Square(const NpyArray& upper) {
  std::size_t n = 1;
  while (n * (n - 1) / 2 < upper.values.size()) ++n;
  if (upper.shape.size() != 1 || n * (n - 1) / 2 != upper.values.size()) {
    return InvalidInput("is not the upper triangle of a square matrix");
  }
  const auto side = static_cast<std::int64_t>(n);
  NpyArray square{{}, {side, side}, std::vector<double>(n * n, 0.0)};
  auto next = upper.values.begin();
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t column = row + 1; column < n; ++column) {
      square.values[row * n + column] = square.values[column * n + row] = *next++;
    }
  }
  return square;
}

// Axis i of the result is axis order[i] of the array.
Result<NpyArray> Transpose(const NpyArray& array, const std::vector<std::size_t>& order) {
  const std::size_t axes = array.shape.size();
  std::vector<std::size_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < std::max(axes, order.size()); ++i) {
    if (order.size() != axes || sorted[i] != i) {
      return InvalidInput("'transpose' must name each of the " + std::to_string(axes) +
                          " axes once");
    }
  }
  std::vector<std::size_t> stride(axes, 1);
  for (std::size_t i = axes; i-- > 1;) {
    stride[i - 1] = stride[i] * static_cast<std::size_t>(array.shape[i]);
  }
  NpyArray result{{}, {}, std::vector<double>(array.values.size())};
  for (const std::size_t axis : order) result.shape.push_back(array.shape[axis]);
  for (std::size_t flat = 0; flat < result.values.size(); ++flat) {
    std::size_t rest = flat, from = 0;
    for (std::size_t i = axes; i-- > 0;) {
      const auto size = static_cast<std::size_t>(result.shape[i]);
      from += rest % size * stride[order[i]];
      rest /= size;
    }
    result.values[flat] = array.values[from];
  }
  return result;
}

Result<NpyArray> Make(const ArrayStep& step, const fs::path& file, const PackLimits& limits) {
  const bool mat = step.from.ends_with(".mat"), npz = step.from.ends_with(".npz");
  if (!mat && !npz && !step.from.ends_with(".npy")) {
    return InvalidInput(step.from + " is none of .mat, .npz, .npy");
  }
  auto read = mat   ? ReadMat(step, file)
              : npz ? ReadNpz(step, file, limits.array_bytes)
                    : ReadNpyFile(file, limits.array_bytes, step.from);
  if (read.ok() && step.upper_triangle) read = Square(*read);
  if (read.ok() && !step.transpose.empty()) read = Transpose(*read, step.transpose);
  return read;
}

}  // namespace

Result<NpyArray> MakeArray(const ArrayStep& step, const SourcePaths& sources,
                           const PackLimits& limits) {
  auto made = Make(step, sources.at(step.from), limits);
  if (!made.ok()) return std::move(made).error().Within(step.to);
  return made;
}

}  // namespace ventral
