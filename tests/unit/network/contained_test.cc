// Whose fault an exception of LibTorch is: the network's, the memory's or the device's.
#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include <functional>
#include <new>
#include <string>
#include <utility>

#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

Error Of(const std::function<void()>& throws) {
  const auto contained = Contained("layer 'v4'", [&] {
    throws();
    return 0;
  });
  EXPECT_FALSE(contained.ok());
  return contained.error();
}

// As LibTorch words what cudaGetErrorString says, with the code of the CUDA runtime.
Error OfCuda(std::int32_t code, const std::string& says) {
  return Of([&] {
    throw c10::AcceleratorError({__func__, __FILE__, __LINE__}, code, "CUDA error: " + says);
  });
}

TEST(Contained, TakesADeviceThatFailedForNoFaultOfTheNetwork) {
  for (const auto& [code, says] :
       {std::pair{214, "uncorrectable ECC error encountered"},
        {220, "uncorrectable NVLink error detected during the execution"},
        {46, "CUDA-capable device(s) is/are busy or unavailable"},
        {100, "no CUDA-capable device is detected"},
        {719, "unspecified launch failure"},
        {999, "unknown error"}}) {
    const Error error = OfCuda(code, says);
    EXPECT_EQ(error.code, ErrorCode::kUnavailable) << says;
    EXPECT_EQ(error.message,
              std::string("layer 'v4': the device failed (CUDA error: ") + says + ")");
  }
}

TEST(Contained, TakesWhatComesOfTheNetworkForItsOwn) {
  EXPECT_EQ(OfCuda(710, "device-side assert triggered").code, ErrorCode::kInvalidInput);
  EXPECT_EQ(OfCuda(9, "invalid configuration argument").code, ErrorCode::kInvalidInput);
  EXPECT_EQ(OfCuda(1, "invalid argument").message, "layer 'v4': CUDA error: invalid argument");
  EXPECT_EQ(Of([] { TORCH_CHECK(false, "sizes do not match\nmore"); }).message,
            "layer 'v4': sizes do not match");
  EXPECT_EQ(Of([] { throw Refusal("no"); }).code, ErrorCode::kInvalidInput);
}

TEST(Contained, TellsWhereMemoryRanOut) {
  EXPECT_EQ(OfCuda(2, "out of memory").code, ErrorCode::kResourceLimit);
  EXPECT_EQ(Of([] { throw std::bad_alloc(); }).code, ErrorCode::kResourceLimit);
  EXPECT_EQ(Of([] { TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory"); }).code,
            ErrorCode::kResourceLimit);
}

}  // namespace
}  // namespace ventral
