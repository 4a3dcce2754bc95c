// A checkpoint file becomes jobs.
#ifndef VENTRAL_CLIENT_LIB_SUBMIT_H_
#define VENTRAL_CLIENT_LIB_SUBMIT_H_

#include <string>
#include <vector>

#include "client/lib/upload.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/model.pb.h"

namespace ventral::client {

struct Submission {
  std::filesystem::path file;
  v1::Model model;                 // model_id is required
  std::vector<std::string> packs;  // pack ids; one at least
};

struct Submitted {
  v1::Model model;
  v1::Checkpoint checkpoint;
  std::vector<v1::Job> jobs;   // one a pack, in order
  bool model_existed = false;  // its description was left as it is
};

// Creates the model if there is none of this id, uploads the file if the server lacks it, names it
// a checkpoint, and queues one job a pack. The packs are looked up first, so a misspelt one costs
// no upload.
// @error conflict if a private model is wanted and a public one has its id; as ReadLocalFile,
// UploadMissing and the server.
Result<Submitted> Submit(Connection& connection, const Submission& submission,
                         const UploadProgress& progress, const UploadGoesOn& goes_on = {});

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_SUBMIT_H_
