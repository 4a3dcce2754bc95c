#ifndef VENTRAL_SERVER_SERVICE_SCORE_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_SCORE_HANDLERS_H_

#include "server/store/catalogue.h"
#include "ventral/v1/score.grpc.pb.h"

namespace ventral::service {

class ScoreHandlers final : public v1::ScoreService::Service {
 public:
  // `catalogue` outlives this.
  explicit ScoreHandlers(store::Catalogue& catalogue) : catalogue_(catalogue) {}

  grpc::Status GetScore(grpc::ServerContext* context, const v1::GetScoreRequest* request,
                        v1::Score* response) override;
  grpc::Status ListScores(grpc::ServerContext* context, const v1::ListScoresRequest* request,
                          v1::ListScoresResponse* response) override;
  grpc::Status GetLeaderboard(grpc::ServerContext* context,
                              const v1::GetLeaderboardRequest* request,
                              v1::Leaderboard* response) override;
  grpc::Status CompareModels(grpc::ServerContext* context, const v1::CompareModelsRequest* request,
                             v1::ModelComparison* response) override;

 private:
  store::Catalogue& catalogue_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_SCORE_HANDLERS_H_
