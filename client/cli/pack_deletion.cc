#include "client/cli/pack_deletion.h"

#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"

namespace ventral::cli {
namespace {

using PackStub = v1::PackService::StubInterface;

// One pack by its id, something done with it, and who sees it then.
template <typename Request>
Status OnPack(Session& session, const std::string& pack,
              grpc::Status (PackStub::*method)(grpc::ClientContext*, const Request&, v1::Pack*)) {
  Request request;
  request.set_name(pack.starts_with("packs/") ? pack : "packs/" + pack);
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const v1::Pack changed,
                           connection->CallTwice(connection->packs(), method, request));
  const std::string seen_by =
      changed.has_delete_time() ? "nobody: deleted " + Time(changed.delete_time()) : "everyone";
  session.Print(changed, changed.pack_id() + " is seen by " + seen_by + "\n");
  return Ok{};
}

}  // namespace

void AddPackDeletion(CLI::App& packs, Session& session) {
  const auto pack = std::make_shared<std::string>();
  const auto add = [&](const std::string& name, const char* help, auto method) {
    AddCommand(packs, session, name, help, "ventral pack " + name + " held-out",
               [&session, pack, method] { return OnPack(session, *pack, method); })
        ->add_option("pack", *pack, "The pack's id")
        ->required();
  };
  add("delete",
      "Nobody sees it any more, nor its benchmarks, jobs and scores; 'undelete' brings it back for "
      "a while",
      &PackStub::DeletePack);
  add("undelete", "Bring a deleted pack back, with its benchmarks, jobs and scores",
      &PackStub::UndeletePack);
}

}  // namespace ventral::cli
