// From a process that may do anything to one that can only compute.
#ifndef VENTRAL_WORKER_EXTRACTOR_SEALED_H_
#define VENTRAL_WORKER_EXTRACTOR_SEALED_H_

#include "scoring/base/result.h"
#include "scoring/base/units.h"
#include "worker/protocol/requests.h"
#include "worker/sandbox/layers.h"

namespace ventral {

// Call once, before the first byte of a checkpoint or an image is parsed, when all files are mapped
// and no thread was made. Loads what LibTorch loads lazily, confines the process, starts its
// threads, and seals it (worker/sandbox). Afterwards it can write to `out` and to standard error,
// and to nothing else. `checkpoint`: its size, which the address space must hold.
// @error invalid_input: no such device; internal: the process cannot be sealed, or not as
// `limits.required_sandbox` demands (says which layer, and why). Then nothing must be run.
Result<SandboxReport> SealExtractor(const RunLimits& limits, Bytes checkpoint, int out);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EXTRACTOR_SEALED_H_
