#include "scoring/base/parallel.h"

#include <sched.h>

namespace ventral {

unsigned UsableCores() {
  cpu_set_t usable;
  // Fails where there are more cores than the set can hold.
  if (sched_getaffinity(0, sizeof usable, &usable) != 0) {
    return std::max(1u, std::thread::hardware_concurrency());
  }
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&usable)));
}

}  // namespace ventral
