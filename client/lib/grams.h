// A job's kept Grams, from the server into a file.
#ifndef VENTRAL_CLIENT_LIB_GRAMS_H_
#define VENTRAL_CLIENT_LIB_GRAMS_H_

#include <filesystem>

#include "client/lib/upload.h"

namespace ventral::client {

// `job` is a resource name. Writes `file` and holds its bytes against the digest that the job
// names.
// @error not_found if the job has no kept Grams; corrupt_data if other bytes came; unavailable if
// the
//   server goes away or the file cannot be written (names it).
Status FetchGrams(Connection& connection, const std::string& job, const std::filesystem::path& file,
                  const UploadProgress& progress);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_GRAMS_H_
