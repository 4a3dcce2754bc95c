#include "scoring/pack/npy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "tests/unit/pack/small_pack.h"

namespace ventral {
namespace {

using testing::NpyBytes;
using testing::NpyFloats;

Result<NpyArray> Read(const std::string& bytes, std::uint64_t max_bytes = 1 << 20) {
  std::istringstream in(bytes);
  return ReadNpy(in, bytes.size(), max_bytes, "x.npy");
}

template <typename T>
std::string Raw(std::initializer_list<T> values) {
  std::string bytes;
  for (const T value : values) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  return bytes;
}

std::string Header(const std::string& descr, const std::string& shape,
                   const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

TEST(Npy, ReadsEveryType) {
  const struct {
    const char* descr;
    std::string data;
    std::vector<double> values;
  } kCases[] = {
      {"<f4", Raw<float>({1.5f, -2.25f}), {1.5, -2.25}},
      {"<f8", Raw<double>({1e-300, 3}), {1e-300, 3}},
      {"|i1", Raw<std::int8_t>({-128, 127}), {-128, 127}},
      {"<i1", Raw<std::int8_t>({-1, 1}), {-1, 1}},
      {"|u1", Raw<std::uint8_t>({0, 255}), {0, 255}},
      {"<i2", Raw<std::int16_t>({-32768, 5}), {-32768, 5}},
      {"<u2", Raw<std::uint16_t>({65535, 5}), {65535, 5}},
      {"<i4", Raw<std::int32_t>({-2147483647, 5}), {-2147483647, 5}},
      {"<u4", Raw<std::uint32_t>({4294967295u, 5}), {4294967295.0, 5}},
      {"<i8", Raw<std::int64_t>({-9007199254740992, 5}), {-9007199254740992.0, 5}},
      {"<u8", Raw<std::uint64_t>({9007199254740992u, 5}), {9007199254740992.0, 5}},
  };
  for (const auto& item : kCases) {
    const auto array = Read(NpyBytes(Header(item.descr, "(2,)"), item.data));
    ASSERT_TRUE(array.ok()) << item.descr << array.error().ToString();
    EXPECT_EQ(array->shape, std::vector<std::int64_t>{2}) << item.descr;
    EXPECT_EQ(array->values, item.values) << item.descr;
  }
}

TEST(Npy, TurnsFortranOrderIntoRowOrder) {
  // a[i, j, k] = 100 i + 10 j + k of shape 2 × 3 × 2, first index fastest.
  std::vector<float> stored;
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) stored.push_back(static_cast<float>(100 * i + 10 * j + k));
    }
  }
  std::string data(reinterpret_cast<const char*>(stored.data()), stored.size() * sizeof(float));
  const auto array = Read(NpyBytes(Header("<f4", "(2, 3, 2)", "True"), data));
  ASSERT_TRUE(array.ok()) << array.error().ToString();
  EXPECT_EQ(array->values, (std::vector<double>{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}));
}

TEST(Npy, ReadsVersionsTwoAndThree) {
  const std::string literal = Header("<f4", "(1,)");
  for (const char version : {'\x02', '\x03'}) {
    std::string bytes("\x93NUMPY", 6);
    bytes += version;
    bytes += '\0';
    bytes += static_cast<char>(literal.size());
    bytes += std::string(3, '\0') + literal + Raw<float>({2.5f});
    const auto array = Read(bytes);
    ASSERT_TRUE(array.ok()) << array.error().ToString();
    EXPECT_EQ(array->values, std::vector<double>{2.5});
  }
}

TEST(Npy, RefusesWhatNumPyWouldNotWrite) {
  const std::string eight(8, '\0');
  const std::pair<std::string, const char*> kCases[] = {
      {"", "not a .npy file"},
      {"PK\x03\x04 a zip", "not a .npy file"},
      {"\x93NUMPY", "cut off"},
      {NpyBytes(Header(">f4", "(2,)"), eight), "descr"},
      {NpyBytes(Header("=f4", "(2,)"), eight), "descr"},
      {NpyBytes(Header("<f2", "(4,)"), eight), "descr"},
      {NpyBytes(Header("<c8", "(1,)"), eight), "descr"},
      {NpyBytes(Header("|O", "(1,)"), eight), "descr"},
      {NpyBytes(Header("|b1", "(8,)"), eight), "descr"},
      {NpyBytes(Header("<U2", "(1,)"), eight), "descr"},
      {NpyBytes("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", eight), "descr"},
      {NpyBytes(Header("<f4", "(-2,)"), eight), "shape"},
      {NpyBytes(Header("<f4", "(2)"), eight), "shape"},
      {NpyBytes(Header("<f4", "(2"), eight), "shape"},
      {NpyBytes(Header("<f4", "(99999999999999999999,)"), eight), "shape"},
      {NpyBytes(Header("<f4", "(1099511627776, 1099511627776)"), eight), "larger than any file"},
      {NpyBytes(Header("<f4", "(4294967296, 4294967296, 4)"), eight), "larger than any file"},
      {NpyBytes(Header("<f4", "(2,)", "Maybe"), eight), "fortran_order"},
      {NpyBytes("{'descr': '<f4', 'shape': (2,), }", eight), "incomplete"},
      {NpyBytes("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", eight),
       "each once"},
      {NpyBytes(Header("<f4", "(2,)") + "__import__('os')", eight), "incomplete"},
      {NpyBytes("{'descr': '<f4", ""), "descr"},
      {NpyBytes(Header("<f4", "(3,)"), eight), "promises"},
      {NpyBytes(Header("<f4", "(1,)"), eight), "promises"},
      {NpyBytes(Header("<i8", "(1,)"), Raw<std::int64_t>({9007199254740994})), "2^53"},
      {std::string("\x93NUMPY\x04\0\x01\0{", 11), "versions"},
      {std::string("\x93NUMPY\x02\0\xff\xff\xff\xff{", 13), "64 KiB"},
  };
  for (const auto& [bytes, part] : kCases) {
    const auto array = Read(bytes);
    ASSERT_FALSE(array.ok()) << part << ": " << bytes;
    EXPECT_EQ(array.error().code, ErrorCode::kInvalidInput) << bytes;
    EXPECT_NE(array.error().message.find(part), std::string::npos) << array.error().message;
    EXPECT_EQ(array.error().message.find("x.npy: "), 0u) << array.error().message;
  }
}

TEST(Npy, RefusesMoreThanItMayReadBeforeReadingIt) {
  const std::string bytes = NpyFloats({1000}, std::vector<float>(1000));
  EXPECT_TRUE(Read(bytes, 8000).ok());
  // The file has 4 KB and its float64 values 8 KB: those count.
  const auto array = Read(bytes, 7999);
  ASSERT_FALSE(array.ok());
  EXPECT_EQ(array.error().code, ErrorCode::kResourceLimit);
}

TEST(Npy, KeepsNaN) {
  const auto array = Read(NpyFloats({2}, {NAN, 1}));
  ASSERT_TRUE(array.ok());
  EXPECT_TRUE(std::isnan(array->values[0]));
}

}  // namespace
}  // namespace ventral
