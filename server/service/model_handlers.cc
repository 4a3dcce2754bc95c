#include "server/service/model_handlers.h"

#include "server/service/convert.h"
#include "server/service/held_blob.h"
#include "server/service/nameable.h"
#include "server/service/names.h"
#include "server/service/paging.h"
#include "server/service/reply.h"
#include "server/service/seen.h"

namespace ventral::service {
namespace {

constexpr std::size_t kLongestText = 2'000;      // characters of one descriptive field
constexpr std::size_t kMostMetadata = 64 << 10;  // bytes of metadata on the wire

Status CheckTexts(const v1::Model& model, Call& call) {
  const std::pair<const char*, const std::string&> texts[] = {
      {"model.display_name", model.display_name()},   {"model.architecture", model.architecture()},
      {"model.training_data", model.training_data()}, {"model.objective", model.objective()},
      {"model.learning_rule", model.learning_rule()}, {"model.licence", model.licence()},
      {"model.reference", model.reference()}};
  for (const auto& [field, text] : texts) {
    if (text.size() <= kLongestText) continue;
    return call.Check(field, Status(InvalidInput("has " + std::to_string(text.size()) +
                                                 " bytes; at most 2000 are allowed")));
  }
  if (model.metadata().ByteSizeLong() <= kMostMetadata) return Ok{};
  return call.Check("model.metadata", Status(InvalidInput("passes 64 KiB")));
}

}  // namespace

grpc::Status ModelHandlers::CreateModel(grpc::ServerContext*, const v1::CreateModelRequest* request,
                                        v1::Model* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_RETURN_IF_ERROR(call.Check("model.model_id", CheckId(request->model().model_id())));
    VENTRAL_RETURN_IF_ERROR(CheckTexts(request->model(), call));
    VENTRAL_ASSIGN_OR_RETURN(const auto request_id,
                             call.Check("request_id", CheckRequestId(request->request_id())));
    VENTRAL_ASSIGN_OR_RETURN(const auto asked, FromProto(request->model()));
    call.OnConflict(ConflictMeans::kAlreadyExists);
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             SeenCatalogue(store_)->CreateModel(asked, OwnRequest(request_id)));
    VENTRAL_ASSIGN_OR_RETURN(*response, ToProto(row, CurrentViewer()));
    return Ok{};
  });
}

grpc::Status ModelHandlers::GetModel(grpc::ServerContext*, const v1::GetModelRequest* request,
                                     v1::Model* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto id, call.Check("name", ParseModelName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row, SeenCatalogue(store_)->GetModel(id));
    VENTRAL_ASSIGN_OR_RETURN(*response, ToProto(row, CurrentViewer()));
    return Ok{};
  });
}

grpc::Status ModelHandlers::ListModels(grpc::ServerContext*, const v1::ListModelsRequest* request,
                                       v1::ListModelsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_ASSIGN_OR_RETURN(auto page, call.Check("page_token", SeenCatalogue(store_)->ListModels(
                                                                     {size, request->page_token()},
                                                                     request->show_deleted())));
    for (const auto& row : page.rows) {
      VENTRAL_ASSIGN_OR_RETURN(*response->add_models(), ToProto(row, CurrentViewer()));
    }
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

grpc::Status ModelHandlers::CreateCheckpoint(grpc::ServerContext*,
                                             const v1::CreateCheckpointRequest* request,
                                             v1::Checkpoint* response) {
  return Respond(*request, [&](Call& call) -> Status {
    const auto& asked = request->checkpoint();
    store::CheckpointRow row;
    VENTRAL_ASSIGN_OR_RETURN(row.model, call.Check("parent", ParseModelName(request->parent())));
    if (!asked.model().empty() && asked.model() != request->parent()) {
      return call.Check("checkpoint.model", Status(InvalidInput("is not the parent")));
    }
    VENTRAL_RETURN_IF_ERROR(call.Check("request_id", CheckRequestId(request->request_id())));
    VENTRAL_ASSIGN_OR_RETURN(const auto digest,
                             call.Check("checkpoint.sha256", Digest::Parse(asked.sha256())));
    if (asked.file_name().size() > kLongestText) {
      return call.Check("checkpoint.file_name", Status(InvalidInput("passes 2000 bytes")));
    }
    VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store_)->GetModel(row.model));
    VENTRAL_RETURN_IF_ERROR(CheckNameable(store_, digest));
    VENTRAL_ASSIGN_OR_RETURN(const Bytes held, HeldBytes(blobs_, digest));
    row.bytes = static_cast<std::int64_t>(held.value);
    row.sha256 = digest.hex();
    row.file_name = asked.file_name();
    VENTRAL_ASSIGN_OR_RETURN(const auto stored, SeenCatalogue(store_)->CreateCheckpoint(row));
    *response = ToProto(stored);
    return Ok{};
  });
}

grpc::Status ModelHandlers::GetCheckpoint(grpc::ServerContext*,
                                          const v1::GetCheckpointRequest* request,
                                          v1::Checkpoint* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto name,
                             call.Check("name", ParseCheckpointName(request->name())));
    VENTRAL_ASSIGN_OR_RETURN(const auto row,
                             SeenCatalogue(store_)->GetCheckpoint(name.model, name.sha256));
    *response = ToProto(row);
    return Ok{};
  });
}

grpc::Status ModelHandlers::ListCheckpoints(grpc::ServerContext*,
                                            const v1::ListCheckpointsRequest* request,
                                            v1::ListCheckpointsResponse* response) {
  return Respond(*request, [&](Call& call) -> Status {
    VENTRAL_ASSIGN_OR_RETURN(const auto model,
                             call.Check("parent", ParseModelName(request->parent())));
    VENTRAL_ASSIGN_OR_RETURN(const int size,
                             call.Check("page_size", PageSize(request->page_size())));
    VENTRAL_RETURN_IF_ERROR(SeenCatalogue(store_)->GetModel(model));
    VENTRAL_ASSIGN_OR_RETURN(auto page,
                             call.Check("page_token", SeenCatalogue(store_)->ListCheckpoints(
                                                          model, {size, request->page_token()})));
    for (const auto& row : page.rows) *response->add_checkpoints() = ToProto(row);
    response->set_next_page_token(std::move(page.next_token));
    return Ok{};
  });
}

}  // namespace ventral::service
