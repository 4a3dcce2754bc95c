#include "scoring/pack/npy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <istream>
#include <type_traits>

namespace ventral {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "stored bytes are used as they are");

constexpr std::uint64_t kLongestHeader = 12 + (1 << 16);
constexpr std::size_t kChunkValues = 1 << 16;

// Converts `count` stored values; false where an integer is not exact in float64.
template <typename T>
bool Convert(const char* bytes, std::size_t count, double* out) {
  for (std::size_t i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
    out[i] = static_cast<double>(value);
    if constexpr (sizeof(T) == 8 && std::is_integral_v<T>) {
      if (std::abs(out[i]) > 9007199254740992.0) return false;
    }
  }
  return true;
}

using Converter = bool (*)(const char*, std::size_t, double*);

Converter ConverterFor(NpyType type) {
  if (type.kind == 'f') return type.bytes == 4 ? Convert<float> : Convert<double>;
  const bool is_signed = type.kind == 'i';
  switch (type.bytes) {
    case 1: return is_signed ? Convert<std::int8_t> : Convert<std::uint8_t>;
    case 2: return is_signed ? Convert<std::int16_t> : Convert<std::uint16_t>;
    case 4: return is_signed ? Convert<std::int32_t> : Convert<std::uint32_t>;
    default: return is_signed ? Convert<std::int64_t> : Convert<std::uint64_t>;
  }
}

Result<std::vector<double>> ReadValues(std::istream& in, const NpyHeader& header) {
  const Converter convert = ConverterFor(header.type);
  const auto width = static_cast<std::size_t>(header.type.bytes);
  std::vector<double> values(header.count);
  std::vector<char> chunk(std::min<std::size_t>(kChunkValues, values.size()) * width);
  for (std::size_t done = 0; done < values.size();) {
    const std::size_t count = std::min(kChunkValues, values.size() - done);
    if (!in.read(chunk.data(), static_cast<std::streamsize>(count * width))) {
      return InvalidInput("the file ends before its last value");
    }
    if (!convert(chunk.data(), count, values.data() + done)) {
      return InvalidInput("an integer is beyond 2^53 and has no exact float64; store float64");
    }
    done += count;
  }
  return values;
}

Status CheckSize(const NpyHeader& header, std::uint64_t total_bytes, std::uint64_t max_bytes) {
  const auto width = static_cast<std::uint64_t>(header.type.bytes);
  const std::uint64_t promised = header.data_offset + header.count * width;  // count ≤ 2^48
  if (promised != total_bytes) {
    return InvalidInput("its header promises " + std::to_string(promised) +
                        " bytes, and there are " + std::to_string(total_bytes) +
                        "; the file is cut off or not what it says");
  }
  if (total_bytes > max_bytes || header.count * sizeof(double) > max_bytes) {
    return ResourceLimit("it holds " + std::to_string(header.count) + " values; at most " +
                         std::to_string(max_bytes) + " bytes are read");
  }
  return Ok{};
}

Result<NpyArray> Read(std::istream& in, std::uint64_t total_bytes, std::uint64_t max_bytes) {
  std::string start(std::min(total_bytes, kLongestHeader), '\0');
  if (!in.read(start.data(), static_cast<std::streamsize>(start.size()))) {
    return InvalidInput("the file cannot be read to its end");
  }
  VENTRAL_ASSIGN_OR_RETURN(const NpyHeader header, ParseNpyHeader(start));
  VENTRAL_RETURN_IF_ERROR(CheckSize(header, total_bytes, max_bytes));
  in.seekg(static_cast<std::streamoff>(header.data_offset));
  VENTRAL_ASSIGN_OR_RETURN(std::vector<double> values, ReadValues(in, header));
  if (header.fortran_order && header.shape.size() > 1) values = ToRowMajor(values, header.shape);
  return NpyArray{header.type, header.shape, std::move(values)};
}

}  // namespace

std::vector<double> ToRowMajor(const std::vector<double>& stored,
                               const std::vector<std::int64_t>& shape) {
  std::vector<double> values(stored.size());
  std::array<std::int64_t, kNpyMaxAxes> index{};
  std::array<std::size_t, kNpyMaxAxes> stride{1};
  for (std::size_t axis = 1; axis < shape.size(); ++axis) {
    stride[axis] = stride[axis - 1] * static_cast<std::size_t>(shape[axis - 1]);
  }
  std::size_t from = 0;
  for (double& value : values) {
    value = stored[from];
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += stride[axis];
      if (++index[axis] < shape[axis]) break;
      from -= stride[axis] * static_cast<std::size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
  return values;
}

Result<NpyArray> ReadNpy(std::istream& in, std::uint64_t total_bytes, std::uint64_t max_bytes,
                         std::string_view name) {
  auto array = Read(in, total_bytes, max_bytes);
  if (!array.ok()) return std::move(array).error().Within(name);
  return array;
}

Result<NpyArray> ReadNpyFile(const fs::path& file, std::uint64_t max_bytes,
                             std::string_view name) {
  std::error_code failure;
  if (!fs::is_regular_file(file, failure)) {
    return NotFound("there is no file '" + std::string(name) + "'");
  }
  const std::uint64_t bytes = fs::file_size(file, failure);
  std::ifstream in(file, std::ios::binary);
  if (failure || !in) return Unavailable("cannot read '" + std::string(name) + "'");
  return ReadNpy(in, bytes, max_bytes, name);
}

}  // namespace ventral
