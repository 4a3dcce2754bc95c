#include "server/service/job_handlers.h"

#include "server/service/caller.h"
#include "server/service/convert.h"
#include "server/service/names.h"
#include "server/service/paging.h"
#include "server/service/reply.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

Result<store::NewJob> NewJobOf(const v1::CreateJobRequest& request, Call& call) {
  VENTRAL_ASSIGN_OR_RETURN(
      auto checkpoint,
      call.Check("job.checkpoint", ParseCheckpointName(request.job().checkpoint())));
  VENTRAL_ASSIGN_OR_RETURN(auto pack, call.Check("job.pack", ParsePackName(request.job().pack())));
  VENTRAL_ASSIGN_OR_RETURN(const auto request_id,
                           call.Check("request_id", CheckRequestId(request.request_id())));
  return store::NewJob{
      std::move(checkpoint.model), std::move(checkpoint.sha256), std::move(pack),
      OwnRequest(request_id),      CurrentCaller().user,         CurrentCaller().is_admin};
}

// Of JobState, whose first value is no state.
constexpr int kStates = v1::JobState_ARRAYSIZE - 1;

Result<std::vector<store::JobState>> StatesOf(const v1::ListJobsRequest& request) {
  if (request.states_size() > kStates) {
    return InvalidInput("has " + std::to_string(request.states_size()) + " entries; there are " +
                        std::to_string(kStates) + " states");
  }
  std::vector<store::JobState> states;
  for (const int number : request.states()) {
    const auto state = FromProto(static_cast<v1::JobState>(number));
    if (!state) return InvalidInput(std::to_string(number) + " is not a state that jobs have");
    states.push_back(*state);
  }
  return states;
}

Result<store::JobFilter> FilterOf(const v1::ListJobsRequest& request, Call& call) {
  store::JobFilter filter;
  VENTRAL_ASSIGN_OR_RETURN(filter.page_size,
                           call.Check("page_size", PageSize(request.page_size())));
  VENTRAL_ASSIGN_OR_RETURN(filter.model,
                           call.Check("model", ParseOptionalModelName(request.model())));
  filter.page_token = request.page_token();
  filter.viewer = CurrentViewer();
  VENTRAL_ASSIGN_OR_RETURN(filter.states, call.Check("states", StatesOf(request)));
  return filter;
}

// GetJob, CancelJob and RetryJob: one job by name, something done, the job as it is then.
template <typename Request, typename Act>
grpc::Status OnJob(const Request& request, v1::Job* response, Act&& act) {
  return Respond(request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseJobName(request.name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             call.CheckLimit(UserName(CurrentCaller().user), act(id)));
    *response = ToProto(row);
    return Ok{};
  });
}

}  // namespace

grpc::Status JobHandlers::CreateJob(grpc::ServerContext*, const v1::CreateJobRequest* request,
                                    v1::Job* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto asked, NewJobOf(*request, call));
    VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store_)->GetModel(asked.model));
    VENTRAL_RETURN_IF_ERROR(jobs_.CheckFits(asked));
    call.OnConflict(ConflictMeans::kAlreadyExists);
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             call.CheckLimit(UserName(asked.owner), jobs_.Create(asked)));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status JobHandlers::GetJob(grpc::ServerContext*, const v1::GetJobRequest* request,
                                 v1::Job* response) {
  return OnJob(*request, response, [&](const std::string& id) { return SeenJob(store_, id); });
}

grpc::Status JobHandlers::CancelJob(grpc::ServerContext*, const v1::CancelJobRequest* request,
                                    v1::Job* response) {
  return OnJob(*request, response, [&](const std::string& id) -> Result<store::JobRow> {
    VENTRAL_RETURN_IF_ERROR(OwnJob(store_, id));
    return jobs_.Cancel(id);
  });
}

grpc::Status JobHandlers::RetryJob(grpc::ServerContext*, const v1::RetryJobRequest* request,
                                   v1::Job* response) {
  return OnJob(*request, response, [&](const std::string& id) -> Result<store::JobRow> {
    VENTRAL_RETURN_IF_ERROR(OwnJob(store_, id));
    VENTRAL_ASSIGN_OR_RETURN(auto row,
                             jobs_.Retry(id, CurrentCaller().user, CurrentCaller().is_admin));
    CallIsAbout(id, row.attempt);  // the one that did not do
    return row;
  });
}

grpc::Status JobHandlers::SetJobPriority(grpc::ServerContext*,
                                         const v1::SetJobPriorityRequest* request,
                                         v1::Job* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseJobName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             call.Check("priority", jobs_.SetPriority(id, request->priority())));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status JobHandlers::ListJobs(grpc::ServerContext*, const v1::ListJobsRequest* request,
                                   v1::ListJobsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto filter, FilterOf(*request, call));
    VENTRAL_ASSIGN_OR_RETURN(auto page, call.Check("page_token", jobs_.List(filter)));
    for (const auto& row : page.rows) *response->add_jobs() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

grpc::Status JobHandlers::WatchJob(grpc::ServerContext* context, const v1::WatchJobRequest* request,
                                   grpc::ServerWriter<v1::Job>* writer) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseJobName(request->name())));
    return watches_.Follow([&] { return SeenJob(store_, id); },
                           [&](const store::JobRow& row) { return writer->Write(ToProto(row)); },
                           [&] { return context->IsCancelled(); });
  });
}

grpc::Status JobHandlers::ListJobAttempts(grpc::ServerContext*,
                                          const v1::ListJobAttemptsRequest* request,
                                          v1::ListJobAttemptsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("parent", ParseJobName(request->parent())));
    VENTRAL_RETURN_IF_ERROR(SeenJob(store_, id));
    VENTRAL_ASSIGN_OR_RETURN(const auto rows, jobs_.Attempts(id));
    for (const auto& row : rows) *response->add_attempts() = ToProto(row);
    return Ok{};
  });
}

}  // namespace ventral::service
