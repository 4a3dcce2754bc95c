#include <cstdlib>
#include <iostream>

#include "tests/fuzz/targets.h"

namespace ventral::fuzz {

void Fail(const std::string& promise) {
  std::cerr << "not as promised: " << promise << std::endl;
  std::abort();
}

}  // namespace ventral::fuzz
