#include "scoring/pack/build/mat_file.h"

#include <matio.h>

#include <cmath>

namespace ventral {
namespace {

// Axes of MATLAB matrices stay two at least; those of size 1 carry nothing here.
std::vector<std::int64_t> Squeezed(const matvar_t& variable) {
  std::vector<std::int64_t> shape;
  for (int axis = 0; axis < variable.rank; ++axis) {
    if (variable.dims[axis] != 1) shape.push_back(static_cast<std::int64_t>(variable.dims[axis]));
  }
  return shape;
}

std::size_t Count(const matvar_t& variable) {
  std::size_t count = 1;
  for (int axis = 0; axis < variable.rank; ++axis) count *= variable.dims[axis];
  return count;
}

template <typename T>
void Copy(const matvar_t& variable, std::vector<double>& out) {
  const auto* data = static_cast<const T*>(variable.data);
  out.assign(data, data + out.size());
}

// In MATLAB's order: the first index moves fastest.
bool CopyNumbers(const matvar_t& variable, std::vector<double>& out) {
  if (variable.data == nullptr || variable.isComplex) return false;
  switch (variable.class_type) {
    case MAT_C_DOUBLE: Copy<double>(variable, out); return true;
    case MAT_C_SINGLE: Copy<float>(variable, out); return true;
    case MAT_C_INT8: Copy<std::int8_t>(variable, out); return true;
    case MAT_C_UINT8: Copy<std::uint8_t>(variable, out); return true;
    case MAT_C_INT16: Copy<std::int16_t>(variable, out); return true;
    case MAT_C_UINT16: Copy<std::uint16_t>(variable, out); return true;
    case MAT_C_INT32: Copy<std::int32_t>(variable, out); return true;
    case MAT_C_UINT32: Copy<std::uint32_t>(variable, out); return true;
    default: return false;
  }
}

Result<NpyArray> ToArray(const matvar_t& variable, const std::string& name) {
  NpyArray array;
  array.shape = Squeezed(variable);
  std::vector<double> stored(Count(variable));
  if (!CopyNumbers(variable, stored)) return InvalidInput(name + " holds no real numbers");
  array.values = ToRowMajor(stored, array.shape);
  return array;
}

bool IsText(const matvar_t& variable) {
  return variable.class_type == MAT_C_CHAR && variable.data != nullptr &&
         (variable.data_size == 1 || variable.data_size == 2);
}

std::string ToText(const matvar_t& variable) {
  std::string text;
  for (std::size_t i = 0; i < Count(variable); ++i) {
    const unsigned code = variable.data_size == 1
                              ? static_cast<const std::uint8_t*>(variable.data)[i]
                              : static_cast<const std::uint16_t*>(variable.data)[i];
    text += code < 0x80 ? static_cast<char>(code) : '?';
  }
  return text;
}

}  // namespace

struct MatVariable::Impl {
  std::string name;  // "file: variable"
  std::unique_ptr<matvar_t, void (*)(matvar_t*)> variable{nullptr, Mat_VarFree};

  Result<const matvar_t*> Field(const std::string& field, std::int64_t element) const {
    const matvar_t* found = nullptr;
    if (variable->class_type == MAT_C_STRUCT && element >= 0 &&
        static_cast<std::size_t>(element) < Count(*variable)) {
      found = Mat_VarGetStructFieldByName(variable.get(), field.c_str(),
                                          static_cast<std::size_t>(element));
    }
    if (found != nullptr) return found;
    return InvalidInput(name + "[" + std::to_string(element) + "] has no field '" + field + "'");
  }
};

Result<MatVariable> MatVariable::Read(const std::filesystem::path& file, const std::string& name) {
  auto impl = std::make_shared<Impl>();
  impl->name = file.filename().string() + ": " + name;
  const std::unique_ptr<mat_t, int (*)(mat_t*)> mat(Mat_Open(file.c_str(), MAT_ACC_RDONLY),
                                                    Mat_Close);
  if (!mat) return InvalidInput(file.filename().string() + " is no MAT file");
  impl->variable.reset(Mat_VarRead(mat.get(), name.c_str()));
  if (!impl->variable) return InvalidInput(impl->name + ": there is no such variable");
  MatVariable read;
  read.impl_ = std::move(impl);
  return read;
}

std::vector<std::int64_t> MatVariable::Shape() const { return Squeezed(*impl_->variable); }

std::int64_t MatVariable::Elements() const {
  return static_cast<std::int64_t>(Count(*impl_->variable));
}

Result<NpyArray> MatVariable::Numbers() const { return ToArray(*impl_->variable, impl_->name); }

Result<NpyArray> MatVariable::Numbers(const std::string& field, std::int64_t element) const {
  VENTRAL_ASSIGN_OR_RETURN(const matvar_t* found, impl_->Field(field, element));
  return ToArray(*found, impl_->name + "." + field);
}

Result<std::string> MatVariable::Text(const std::string& field, std::int64_t element) const {
  VENTRAL_ASSIGN_OR_RETURN(const matvar_t* found, impl_->Field(field, element));
  if (IsText(*found)) return ToText(*found);
  VENTRAL_ASSIGN_OR_RETURN(const NpyArray number, ToArray(*found, impl_->name + "." + field));
  if (number.values.size() == 1 && number.values[0] == std::round(number.values[0])) {
    return std::to_string(static_cast<std::int64_t>(number.values[0]));
  }
  return InvalidInput(impl_->name + "." + field + " is neither a text nor one whole number");
}

}  // namespace ventral
