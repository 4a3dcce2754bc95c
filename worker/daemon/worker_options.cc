#include "worker/daemon/worker_options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "scoring/base/version.h"
#include "worker/sandbox/layers.h"

namespace ventral {
namespace {

constexpr char kFooter[] = R"(
Examples:
  ventral-worker --server 127.0.0.1:7411 --cache /var/cache/ventral
  ventral-worker --cache /var/cache/ventral --device cuda:0 --device cuda:1 --memory-budget 16GiB
  ventral-worker --cache /tmp/cache --once        one job, if one is waiting, and exit
  ventral-worker --cache /var/cache/ventral --sandbox strict
  ventral-worker --cache /var/cache/ventral --rescore-only     no network is run here, nor LibTorch
  ventral-worker --server lab:7411 --token-file worker.token --tls-ca ca.pem --cache /var/cache/ventral

Its token is that of a user with the role worker; VENTRAL_TOKEN may hold it instead.

ventral-evaluate must stand beside this program, and ventral-extract unless --rescore-only is given.
SIGTERM or SIGINT: leases no more, hands the running job back (after --drain-seconds), and exits.
A second one hands it back at once.

Exit codes: 0 done; 1 a bug; 2 wrong usage; 3 the cache folder, the programs beside this one, the
token or the certificates cannot be used; 4 with --once: the server did not answer; 5 checkpoints
cannot be sealed on this machine, or not as --sandbox demands (the log names layer and reason).)";

std::string HostName() {
  std::array<char, 65> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "worker";
}

// An empty text where `device` is fine, as CLI11 wants it.
std::string CheckDevice(const std::string& device) {
  if (device == "auto" || device == "cpu") return {};
  const std::string_view number =
      std::string_view(device).substr(std::min<std::size_t>(5, device.size()));
  const bool is_cuda = device.starts_with("cuda:") && !number.empty() && number.size() <= 3 &&
                       number.find_first_not_of("0123456789") == std::string_view::npos;
  return is_cuda ? "" : device + " is no device: auto, cpu or cuda:N";
}

std::string CheckSandbox(const std::string& text) {
  const auto layers = ParseRequiredLayers(text);
  return layers.ok() ? std::string() : layers.error().message;
}

void AddAccess(CLI::App& app, WorkerOptions& options) {
  app.add_option("--token-file", options.token_file, "File with this worker's token")
      ->envname("VENTRAL_TOKEN_FILE");
  app.add_option("--tls-ca", options.access.tls_ca,
                 "TLS: file (PEM) of the CA that signed the server's certificate, or 'system'")
      ->envname("VENTRAL_TLS_CA");
  app.add_option("--tls-cert", options.access.tls_cert, "Certificate (PEM) to show the server")
      ->envname("VENTRAL_TLS_CERT");
  app.add_option("--tls-key", options.access.tls_key, "Its private key (PEM)")
      ->envname("VENTRAL_TLS_KEY");
  app.add_flag("--insecure", options.access.insecure,
               "Send the token without TLS, for all on the way to read")
      ->envname("VENTRAL_INSECURE");
}

void AddOptions(CLI::App& app, WorkerOptions& options) {
  app.add_option("--server", options.server, "Server, HOST:PORT")
      ->envname("VENTRAL_SERVER")
      ->capture_default_str();
  AddAccess(app, options);
  app.add_option("--cache", options.cache, "Folder for copies of checkpoints and packs")
      ->envname("VENTRAL_CACHE")
      ->required();
  app.add_option("--device", options.devices,
                 "auto, cpu or cuda:N; repeat it for more, each runs one job at a time [auto]")
      ->envname("VENTRAL_DEVICE")
      ->delimiter(',')
      ->check(CheckDevice);
  app.add_option("--name", options.name, "What this worker calls itself [the host's name]")
      ->envname("VENTRAL_WORKER_NAME")
      ->check([](const std::string& name) {
        return name.size() <= 100 ? std::string() : "a name has at most 100 characters";
      });
  app.add_option("--memory-budget", options.memory_budget_bytes,
                 "Activations held between batches, such as 4GiB [4GiB]")
      ->envname("VENTRAL_MEMORY_BUDGET")
      ->transform(CLI::AsSizeValue(false));
  app.add_option(
         "--max-memory", options.max_memory_bytes,
         "Most that a job may get that is known to need more than the budget, such as 32GiB "
         "[the machine's, or its control group's]")
      ->envname("VENTRAL_MAX_MEMORY")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--batch-size", options.batch_size, "Stimuli a batch")
      ->envname("VENTRAL_BATCH_SIZE")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "Threads of one run; 0: all cores")
      ->envname("VENTRAL_THREADS")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  app.add_option("--poll-seconds", options.poll_seconds, "Pause between looks at an empty queue")
      ->envname("VENTRAL_POLL_SECONDS")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  app.add_option("--max-cache-bytes", options.max_cache_bytes,
                 "Size of the cache, such as 20GiB; the longest unused goes first [20GiB]")
      ->envname("VENTRAL_MAX_CACHE_BYTES")
      ->transform(CLI::AsSizeValue(false));
  app.add_option("--drain-seconds", options.drain_seconds,
                 "After SIGTERM, how long a running job may still take before it is handed back")
      ->envname("VENTRAL_DRAIN_SECONDS")
      ->check(CLI::Range(0, 86400))
      ->capture_default_str();
  app.add_option(
         "--sandbox", options.sandbox,
         "What must seal a checkpoint, else nothing runs: standard (what the kernel allows), "
         "strict (all), or some of namespaces,empty_root,landlock")
      ->envname("VENTRAL_SANDBOX")
      ->check(CheckSandbox)
      ->capture_default_str();
  app.add_flag("--torchscript", options.torchscript,
               "Also run TorchScript checkpoints, which are programs; without it they are refused")
      ->envname("VENTRAL_TORCHSCRIPT");
  app.add_flag("--rescore-only", options.rescore_only,
               "Take only jobs of 'ventral rescore', which need no extractor, sandbox or GPU")
      ->envname("VENTRAL_RESCORE_ONLY");
  app.add_flag("--once", options.once, "One job a device, or none if none is waiting, and exit");
  app.add_option("--log-level", options.log_level, "debug, info, warn or error")
      ->envname("VENTRAL_LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
}

// "auto" becomes a device; each device runs one job at a time, so it is named once.
void ResolveDevices(std::vector<std::string>& devices) {
  if (devices.empty()) devices = {"auto"};
  std::replace(devices.begin(), devices.end(), std::string("auto"), AutoDevice());
  std::sort(devices.begin(), devices.end());
  devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
}

}  // namespace

std::string AutoDevice() { return std::filesystem::exists("/dev/nvidia0") ? "cuda:0" : "cpu"; }

Result<Access> ReadAccess(const WorkerOptions& options) {
  Access access = options.access;
  const char* token = std::getenv("VENTRAL_TOKEN");
  if (!options.token_file.empty()) {
    VENTRAL_ASSIGN_OR_RETURN(access.token, ReadTokenFile(options.token_file));
  } else if (token != nullptr && *token != '\0') {
    VENTRAL_RETURN_IF_ERROR(CheckToken(token, "VENTRAL_TOKEN"));
    access.token = token;
  }
  VENTRAL_RETURN_IF_ERROR(CheckAccess(options.server, access));
  return access;
}

std::optional<WorkerOptions> ParseWorkerOptions(int argc, const char* const* argv, int& exit_code) {
  WorkerOptions options;
  CLI::App app("Leases jobs from a Ventral server and scores them.", "ventral-worker");
  app.set_version_flag("--version", kVersion);
  app.footer(kFooter);
  AddOptions(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? static_cast<int>(WorkerExit::kDone)
                                     : static_cast<int>(WorkerExit::kUsage);
    return std::nullopt;
  }
  if (options.name.empty()) options.name = HostName();
  ResolveDevices(options.devices);
  return options;
}

}  // namespace ventral
