// What whoever makes the current call may see.
#ifndef VENTRAL_SERVER_SERVICE_SEEN_H_
#define VENTRAL_SERVER_SERVICE_SEEN_H_

#include <memory>
#include <string>

#include "server/service/caller.h"
#include "server/store/store.h"

namespace ventral::service {

inline store::Viewer CurrentViewer() { return {CurrentCaller().user, CurrentCaller().is_admin}; }

inline std::unique_ptr<store::Catalogue> SeenCatalogue(store::Store& store) {
  return store.CatalogueFor(CurrentViewer());
}

// Request ids are each user's own: another's is neither met nor told of. "" stays "".
inline std::string OwnRequest(const std::string& request_id) {
  const std::string& user = CurrentCaller().user;
  return request_id.empty() || user.empty() ? request_id : user + "/" + request_id;
}

// @error not_found, too, where the caller does not see the job's model, or its pack was deleted.
Result<store::JobRow> SeenJob(store::Store& store, const std::string& id);
// @error permission, too, unless the caller made the job, owns its model, or is an admin; a job of
// nobody known is any submitter's.
Result<store::JobRow> OwnJob(store::Store& store, const std::string& id);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_SEEN_H_
