// The driver's operations on encoding models.
#ifndef VENTRAL_TESTS_CONFORMANCE_ENCODING_OPERATIONS_H_
#define VENTRAL_TESTS_CONFORMANCE_ENCODING_OPERATIONS_H_

#include <functional>
#include <map>
#include <string>

#include "tests/conformance/driver_arrays.h"

namespace ventral {

std::map<std::string, std::function<json(const Arguments&)>> EncodingOperations();

}  // namespace ventral

#endif  // VENTRAL_TESTS_CONFORMANCE_ENCODING_OPERATIONS_H_
