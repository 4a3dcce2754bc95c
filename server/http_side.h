// The HTTP half of ventral-server: what it needs of settings, store and gRPC server.
#ifndef VENTRAL_SERVER_HTTP_SIDE_H_
#define VENTRAL_SERVER_HTTP_SIDE_H_

#include <memory>

#include "scoring/base/result.h"
#include "server/http/http_server.h"
#include "server/measures/measures.h"
#include "server/service/server.h"
#include "server/settings.h"
#include "server/store/store.h"

namespace ventral {

// Null where no --http-listen was given. All that is passed outlives the result.
// @error unavailable, invalid_input as HttpServer::Start.
Result<std::unique_ptr<http::HttpServer>> StartHttp(const Settings& settings, store::Store& store,
                                                    measures::Measures& measures,
                                                    service::Server& server);

}  // namespace ventral

#endif  // VENTRAL_SERVER_HTTP_SIDE_H_
