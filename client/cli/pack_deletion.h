// ventral pack delete, undelete.
#ifndef VENTRAL_CLIENT_CLI_PACK_DELETION_H_
#define VENTRAL_CLIENT_CLI_PACK_DELETION_H_

#include <CLI/CLI.hpp>

#include "client/cli/session.h"

namespace ventral::cli {

void AddPackDeletion(CLI::App& packs, Session& session);

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_PACK_DELETION_H_
