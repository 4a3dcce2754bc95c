#include "server/service/seen.h"

namespace ventral::service {
namespace {

struct Sight {
  store::JobRow job;
  bool owns_model = false;
};

Result<Sight> SightOf(store::Store& store, const std::string& id) {
  VENTRAL_ASSIGN_OR_RETURN(store::JobRow job, store.jobs().Get(id));
  VENTRAL_ASSIGN_OR_RETURN(const auto rights, SeenCatalogue(store)->RightsOn(job.model, job.pack));
  if (!rights.sees) return NotFound("there is no job " + id);  // as the queue says it
  return Sight{std::move(job), rights.owns};
}

}  // namespace

Result<store::JobRow> SeenJob(store::Store& store, const std::string& id) {
  VENTRAL_ASSIGN_OR_RETURN(Sight sight, SightOf(store, id));
  return std::move(sight.job);
}

Result<store::JobRow> OwnJob(store::Store& store, const std::string& id) {
  VENTRAL_ASSIGN_OR_RETURN(Sight sight, SightOf(store, id));
  const std::string& owner = sight.job.owner;
  if (owner.empty() || sight.owns_model || owner == CurrentCaller().user) {
    return std::move(sight.job);
  }
  return Error{ErrorCode::kPermission,
               "job " + id +
                   " is another user's: only who made it, the owner of its model and admins may "
                   "end or retry it",
               {}};
}

}  // namespace ventral::service
