#include "worker/extractor/inspect.h"

#include <optional>

#include "scoring/base/mapped_file.h"
#include "scoring/features/inspect.h"
#include "worker/extractor/sealed.h"
#include "worker/extractor/serve.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/inspect_messages.h"

namespace ventral {
namespace {

Result<InspectRequest> ReadRequest(int in) {
  VENTRAL_ASSIGN_OR_RETURN(const auto frame, ReadFrame(in, kControlFrameCap));
  if (!frame || frame->type != FrameType::kInspectRequest)
    return CorruptData("the first frame is no inspect request");
  return DecodeInspectRequest(frame->payload);
}

struct Files {
  MappedFile checkpoint;
  std::optional<MappedFile> images;
};

Result<Files> MapFiles(const InspectRequest& request) {
  VENTRAL_ASSIGN_OR_RETURN(MappedFile checkpoint, MappedFile::Open(request.checkpoint));
  Files files{std::move(checkpoint), std::nullopt};
  if (request.images.empty()) return files;
  VENTRAL_ASSIGN_OR_RETURN(files.images, MappedFile::Open(request.images));
  return files;
}

InspectionMessage MessageOf(Inspection inspection) {
  InspectionMessage message;
  for (InspectedLayer& layer : inspection.layers) {
    message.layers.push_back({std::move(layer.layer), std::move(layer.shape), layer.parameters,
                              layer.multiply_adds, layer.inferred, layer.scored,
                              std::move(layer.problem)});
  }
  message.not_layers = std::move(inspection.not_layers);
  message.parameters = inspection.parameters;
  message.multiply_adds = inspection.multiply_adds;
  message.least_batch = inspection.least_batch;
  message.most_batch = inspection.most_batch;
  message.extractor = std::move(inspection.extractor);
  message.preprocessing = std::move(inspection.preprocessing);
  message.committed_layers = std::move(inspection.committed_layers);
  message.time_map = std::move(inspection.time_map);
  message.model = std::move(inspection.model);
  return message;
}

Status Answer(const Files& files, int threads, int out) {
  std::optional<FileView> images;
  if (files.images) images = files.images->view();
  const auto send = [out](const LayerId& layer, std::span<const std::int64_t> shape,
                          std::span<const float> values) {
    const std::string bytes(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return WriteFrame(out, FrameType::kActivation,
                      Encode(ActivationMessage{layer, {shape.begin(), shape.end()}, bytes}));
  };
  VENTRAL_ASSIGN_OR_RETURN(Inspection inspection,
                           Inspect(files.checkpoint.view(), images, threads, send));
  return WriteFrame(out, FrameType::kInspection, Encode(MessageOf(std::move(inspection))));
}

}  // namespace

int ServeInspection(int in, int out) {
  // Until the process is sealed nothing foreign has been read.
  const auto request = ReadRequest(in);
  if (!request.ok()) {
    return SendFailure(out, FailureCause::kInfrastructure,
                       Internal("bad request", request.error().ToString()));
  }
  const auto files = MapFiles(*request);
  if (!files.ok()) return SendFailure(out, FailureCause::kInfrastructure, files.error());
  RunLimits limits;
  limits.threads = request->threads;
  const Bytes size{files->checkpoint.view().bytes.size()};
  const auto sealed = SealExtractor(limits, size, out);
  if (!sealed.ok()) return SendFailure(out, FailureCause::kInfrastructure, sealed.error());
  const Status status = Answer(*files, request->threads, out);
  return status.ok() ? 0 : SendFailure(out, CauseOf(status.error()), status.error());
}

}  // namespace ventral
