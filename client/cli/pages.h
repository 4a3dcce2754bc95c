// Lists whole, over all their pages.
#ifndef VENTRAL_CLIENT_CLI_PAGES_H_
#define VENTRAL_CLIENT_CLI_PAGES_H_

#include "client/lib/connection.h"

namespace ventral::cli {

// All pages of a list, merged into one message without a next_page_token.
template <typename Stub, typename Request, typename Reply>
Result<Reply> AllPages(client::Connection& connection, Stub& stub,
                       grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                       Request request, int page_size = 1000) {
  Reply all;
  request.set_page_size(page_size);
  do {
    VENTRAL_ASSIGN_OR_RETURN(Reply page, connection.Call(stub, method, request));
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  return all;
}

inline Result<v1::ListScoresResponse> AllScores(client::Connection& connection,
                                                const v1::ListScoresRequest& request) {
  // With its layers, one score may have megabytes.
  constexpr int kWithLayers = 20;
  constexpr int kWithoutLayers = 1000;
  return AllPages(connection, connection.scores(), &v1::ScoreService::StubInterface::ListScores,
                  request, request.omit_layers() ? kWithoutLayers : kWithLayers);
}

}  // namespace ventral::cli

#endif  // VENTRAL_CLIENT_CLI_PAGES_H_
