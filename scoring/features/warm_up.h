// What LibTorch does lazily, done before the process is sealed: reading about the processor,
// loading code, starting threads.
#ifndef VENTRAL_SCORING_FEATURES_WARM_UP_H_
#define VENTRAL_SCORING_FEATURES_WARM_UP_H_

#include <string>

#include "scoring/base/result.h"

namespace ventral {

// LibTorch allocates the output of each operation and frees it soon after. Freed memory stays with
// the process, so that the kernel need not clear the same pages for each operation, which takes up
// to half of a forward pass. Blocks of 256 MiB and more, as slices held for a Gram matrix are, go
// back.
void KeepFreedMemory();

// Runs one small operation of each library that LibTorch calls, with one thread, and makes
// `device` ready. No thread is made on the CPU. `device`: "cpu", "cuda:N".
// @error invalid_input if there is no such device.
Status WarmUpLibraries(const std::string& device);

// Makes the pool of `threads` threads that everything after runs on.
Status StartThreads(int threads);

}  // namespace ventral

#endif  // VENTRAL_SCORING_FEATURES_WARM_UP_H_
