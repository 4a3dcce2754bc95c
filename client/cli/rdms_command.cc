#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <utility>

#include "client/cli/commands.h"
#include "client/cli/progress_line.h"
#include "client/cli/rdm_files.h"
#include "client/cli/terminal_text.h"
#include "client/lib/grams.h"
#include "client/lib/job_name.h"
#include "client/lib/local_score.h"
#include "client/lib/rdms.h"

namespace ventral::cli {
namespace {

namespace fs = std::filesystem;

struct RdmFlags {
  std::string from;
  RdmsRequest request;
  fs::path out;
  bool condensed = false;
};

// A file that lives as long as this, with a name of its own.
class Download {
 public:
  static Result<Download> Make() {
    const char* folder = std::getenv("TMPDIR");
    std::string name =
        std::string(folder == nullptr || *folder == '\0' ? "/tmp" : folder) + "/ventral-XXXXXX";
    const int fd = mkstemp(name.data());
    if (fd < 0)
      return Unavailable("cannot make a file in " + fs::path(name).parent_path().string());
    close(fd);
    return Download(std::move(name));
  }
  Download(Download&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Download& operator=(Download&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~Download() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

 private:
  explicit Download(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Result<Download> Fetch(Session& session, const std::string& given) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  VENTRAL_ASSIGN_OR_RETURN(const std::string job, client::ResolveJob(*connection, given));
  VENTRAL_ASSIGN_OR_RETURN(Download download, Download::Make());
  ProgressLine line;
  const auto show = [&line](std::int64_t done, std::int64_t total) {
    line.Show("fetch", "fetch: Grams", done, total);
  };
  const Status fetched = client::FetchGrams(*connection, job, download.path(), show);
  line.Clear();
  if (!fetched.ok()) return fetched.error();
  return download;
}

std::string Summary(const nlohmann::json& index, const fs::path& out) {
  std::string text;
  std::size_t files = 0;
  for (const auto& layer : index["layers"]) {
    if (layer.contains("file")) ++files;
    if (layer.contains("undefined")) text += layer["undefined"].get<std::string>() + "\n";
  }
  return PrintableLines(text) + std::to_string(files) + " RDMs of " +
         std::to_string(index["stimuli"].size()) + " stimuli in " + out.string() +
         "; index.json says what they are\n";
}

// A file that is there is meant before a job of this name.
Status Run(Session& session, const RdmFlags& flags) {
  RdmsRequest request = flags.request;
  std::optional<Download> download;
  std::error_code error;
  if (fs::exists(flags.from, error)) {
    request.grams = flags.from;
  } else if (flags.from.find_first_of("/.") != std::string::npos &&
             !flags.from.starts_with("jobs/")) {
    return NotFound("there is no file " + flags.from);
  } else {
    VENTRAL_ASSIGN_OR_RETURN(download, Fetch(session, flags.from));
    request.grams = download->path();
  }
  RdmFiles files(flags.out, flags.condensed);
  VENTRAL_ASSIGN_OR_RETURN(
      const RdmsMessage rdms,
      client::ComputeRdms(request, client::ProgramsBesideThis().evaluator,
                          [&files](const RdmMessage& rdm) { return files.Write(rdm); }));
  VENTRAL_ASSIGN_OR_RETURN(const nlohmann::json index, files.WriteIndex(rdms));
  std::cout << (session.json ? index.dump(1) + "\n" : Summary(index, flags.out)) << std::flush;
  return Ok{};
}

}  // namespace

void AddRdms(CLI::App& app, Session& session) {
  auto flags = std::make_shared<RdmFlags>();
  CLI::App* command = AddCommand(
      app, session, "rdms",
      "Write the RDM of each layer as .npy, from a file of kept Grams or from a job's; --json: the "
      "index",
      "ventral rdms net.grams --out rdms\n"
      "ventral rdms 3f2a --out rdms --layer 'layer4.*' --distance euclidean\n"
      "ventral rdms net.grams --out rdms --condensed      # as scipy's squareform has it",
      [&session, flags] { return Run(session, *flags); });
  command
      ->add_option("from", flags->from,
                   "A file of 'ventral score --keep-grams', or a job's id or its first characters")
      ->required();
  command->add_option("--out", flags->out, "The folder that gets the files; made where missing")
      ->required();
  command
      ->add_option("--layer", flags->request.layers,
                   "Only layers of this name or pattern, such as 'features.*'; may be given again")
      ->allow_extra_args(false);
  command
      ->add_option("--distance", flags->request.distance,
                   "correlation, cosine, or euclidean (squared, per feature)")
      ->check(CLI::IsMember({"correlation", "cosine", "euclidean"}))
      ->capture_default_str();
  command->add_flag("--condensed", flags->condensed,
                    "The upper triangle alone, row by row, instead of the square matrix");
  command
      ->add_option("--memory-budget", flags->request.memory_budget_bytes,
                   "For the Grams of all layers together, such as 8GiB")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("4GiB");
}

}  // namespace ventral::cli
