#ifndef VENTRAL_SERVER_SERVICE_SCORE_HANDLERS_H_
#define VENTRAL_SERVER_SERVICE_SCORE_HANDLERS_H_

#include "server/store/store.h"
#include "ventral/v1/score.grpc.pb.h"

namespace ventral::service {

class ScoreHandlers final : public v1::ScoreService::Service {
 public:
  // `store` outlives this.
  explicit ScoreHandlers(store::Store& store) : store_(store) {}

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
  store::Store& store_;
};

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_SCORE_HANDLERS_H_
