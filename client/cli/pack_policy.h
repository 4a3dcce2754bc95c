// Who may see the data of a pack, and how often a submitter may be scored on it.
#ifndef VENTRAL_CLIENT_CLI_PACK_POLICY_H_
#define VENTRAL_CLIENT_CLI_PACK_POLICY_H_

#include <CLI/CLI.hpp>
#include <optional>

#include "client/cli/session.h"
#include "ventral/v1/pack.pb.h"

namespace ventral::cli {

struct PolicyFlags {
  bool is_private = false, open = false;
  int jobs = 0, days = 0;

  // --private, --open, --jobs, --days.
  void AddTo(CLI::App& command);
  // Nothing where no option was given.
  std::optional<v1::PackPolicy> Stated() const;
};

void AddPackPolicy(CLI::App& packs, Session& session);  // pack policy

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_PACK_POLICY_H_
