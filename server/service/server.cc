#include "server/service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "server/service/admin_handlers.h"
#include "server/service/audit.h"
#include "server/service/blob_handlers.h"
#include "server/service/call_log.h"
#include "server/service/call_measures.h"
#include "server/service/guarded_service.h"
#include "server/service/job_handlers.h"
#include "server/service/model_handlers.h"
#include "server/service/pack_handlers.h"
#include "server/service/readiness.h"
#include "server/service/reaper.h"
#include "server/service/score_handlers.h"
#include "server/service/worker_handlers.h"
#include "server/service/worker_pool_handlers.h"

namespace ventral::service {
namespace {

constexpr int kPingMilliseconds = 30'000;  // finds clients whose machine is gone

// Threads that wait for bytes and calls. One that takes in a large message does nothing else until
// it is here, and gRPC's own one or two would be those that strangers keep so busy.
constexpr int kFewestPollers = 4, kMostPollers = 8;

// "host:port" with the port that was bound; a unix socket has none.
std::string Bound(const std::string& listen, int port) {
  if (listen.starts_with("unix:")) return listen;
  return listen.substr(0, listen.rfind(':') + 1) + std::to_string(port);
}

// gRPC gives reflection to every server of a process that is linked with it.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// gRPC holds a message against its largest size after unpacking it, and before a token is looked
// at: 1 MiB of a stranger would become a GiB.
void TakeNothingCompressed(grpc::ServerBuilder* builder) {
  for (const auto algorithm : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder->SetCompressionAlgorithmSupportStatus(algorithm, false);
  }
  builder->AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
}

void Configure(const ServerOptions& options, store::AuditLog& audit, grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else two servers share a port unseen
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kPingMilliseconds);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.most_calls_a_connection);
  TakeNothingCompressed(builder);
  if (!options.reflection) builder->SetOption(std::make_unique<WithoutReflection>());
  builder->SetMaxReceiveMessageSize(options.largest_message);
  builder->SetMaxSendMessageSize(options.largest_message);
  builder->SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, kFewestPollers);
  builder->SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, kMostPollers);
  grpc::ResourceQuota quota("ventral");
  quota.SetMaxThreads(options.most_threads + kMostPollers);
  quota.Resize(options.most_memory.value);
  builder->SetResourceQuota(quota);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(MakeCallLog());
  interceptors.push_back(MakeAudit(audit, options.accounts));
  if (options.measures != nullptr) {
    interceptors.push_back(MakeCallMeasures(*options.measures));
  }
  builder->experimental().SetInterceptorCreators(std::move(interceptors));
}

GateOptions GateOptionsOf(const ServerOptions& options) {
  const bool certificates = options.tls && !options.tls->client_ca.empty();
  return {options.accounts, options.anonymous_reading, certificates};
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const ServerOptions& options, store::Store& store, BlobStore& blobs)
      : gate_(store.accounts(), store.audit(), GateOptionsOf(options)),
        calls_(options.most_calls),
        watches_(options.watch),
        streams_(options.streams),
        blob_(blobs, streams_, store),
        model_(store, blobs),
        pack_(store, blobs),
        job_(store, blobs, watches_, streams_),
        score_(store),
        worker_(store, blobs, streams_, options.wall_time, options.most_grams),
        pool_(store),
        admin_(store.accounts(), store.audit(), store.quotas()) {}
  ~GrpcServer() override { Drain(std::chrono::milliseconds(0)); }

  Status Listen(const ServerOptions& options, store::Store& store) {
    grpc::ServerBuilder builder;
    Configure(options, store.audit(), &builder);
    int port = 0;
    builder.AddListeningPort(options.listen, ServerCredentialsOf(options.tls), &port);
    VENTRAL_RETURN_IF_ERROR(Guard());
    for (const auto& service : guarded_) builder.RegisterService(service.get());
    grpc_ = builder.BuildAndStart();
    if (!grpc_ || port == 0) {
      return Unavailable("cannot listen on " + options.listen +
                         "; is another server there? --listen names another address");
    }
    address_ = Bound(options.listen, port);
    grpc_->GetHealthCheckService()->SetServingStatus(true);
    readiness_ = std::make_unique<Readiness>(
        *grpc_->GetHealthCheckService(),
        [this, &store] {
          Status answered = store.Ping();
          ready_ = answered.ok();
          return answered;
        },
        options.ready_interval);
    reaper_ = std::make_unique<Reaper>(store.jobs(), options.reap_interval, options.measures);
    return Ok{};
  }

  const std::string& address() const override { return address_; }

  std::shared_ptr<grpc::Channel> OwnChannel() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);  // what the server may send
    arguments.SetMaxSendMessageSize(-1);
    return grpc_->InProcessChannel(arguments);
  }

  bool ready() const override { return ready_; }

  void Retire() override {
    const std::lock_guard lock(draining_);
    readiness_.reset();
    ready_ = false;
    watches_.Stop();
    if (grpc_) grpc_->GetHealthCheckService()->Shutdown();
  }

  void Drain(std::chrono::milliseconds patience) override {
    Retire();
    const std::lock_guard lock(draining_);
    reaper_.reset();
    if (!grpc_) return;
    grpc_->Shutdown(std::chrono::system_clock::now() + patience);
    grpc_.reset();
  }

 private:
  Status Guard() {
    const std::pair<const char*, grpc::Service*> services[] = {
        {v1::BlobService::service_full_name(), &blob_},
        {v1::ModelService::service_full_name(), &model_},
        {v1::PackService::service_full_name(), &pack_},
        {v1::JobService::service_full_name(), &job_},
        {v1::ScoreService::service_full_name(), &score_},
        {v1::WorkerService::service_full_name(), &worker_},
        {v1::WorkerPoolService::service_full_name(), &pool_},
        {v1::AdminService::service_full_name(), &admin_}};
    for (const auto& [name, handlers] : services) {
      VENTRAL_ASSIGN_OR_RETURN(auto guarded, GuardService(*handlers, name, gate_, calls_));
      guarded_.push_back(std::move(guarded));
    }
    return Ok{};
  }

  const Gate gate_;
  Places calls_;
  Watches watches_;
  DataStreams streams_;
  BlobHandlers blob_;
  ModelHandlers model_;
  PackHandlers pack_;
  JobHandlers job_;
  ScoreHandlers score_;
  WorkerHandlers worker_;
  WorkerPoolHandlers pool_;
  AdminHandlers admin_;
  std::vector<std::unique_ptr<grpc::Service>> guarded_;
  std::string address_;
  std::atomic<bool> ready_ = true;
  std::mutex draining_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<Readiness> readiness_;
  std::unique_ptr<Reaper> reaper_;
};

// Process-wide in gRPC, and before the first server.
void TurnOnHealthAndReflection() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, store::Store& store,
                                              BlobStore& blobs) {
  TurnOnHealthAndReflection();
  auto server = std::make_unique<GrpcServer>(options, store, blobs);
  VENTRAL_RETURN_IF_ERROR(server->Listen(options, store));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace ventral::service
