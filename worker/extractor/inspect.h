// One look at a checkpoint, from its frame to the last answer.
#ifndef VENTRAL_WORKER_EXTRACTOR_INSPECT_H_
#define VENTRAL_WORKER_EXTRACTOR_INSPECT_H_

namespace ventral {

// Reads a kInspectRequest from `in`, seals the process as for a request, and answers on `out`:
// kActivation frames, then kInspection, or kFailure. Returns the exit status.
int ServeInspection(int in, int out);

}  // namespace ventral

#endif  // VENTRAL_WORKER_EXTRACTOR_INSPECT_H_
