#include "server/service/names.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "scoring/base/digest.h"
#include "server/service/secret.h"

namespace ventral::service {
namespace {

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsId(std::string_view id) {
  return !id.empty() && id.size() <= 100 && IsLowerOrDigit(id.front()) &&
         std::all_of(id.begin(), id.end(),
                     [](char c) { return IsLowerOrDigit(c) || c == '_' || c == '-' || c == '.'; });
}

bool IsDigest(std::string_view text) { return Digest::Parse(text).ok(); }

// 8-4-4-4-12 lower-case hexadecimal digits, as PostgreSQL writes a uuid.
bool IsUuid(std::string_view id) {
  if (id.size() != 36) return false;
  for (std::size_t i = 0; i < id.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
    if (dash ? id[i] != '-' : !hex) return false;
  }
  return true;
}

struct Part {
  std::string_view collection;
  bool (*fits)(std::string_view);
};

// The ids of "collection/id/…", or nullopt where `name` has another form.
std::optional<std::vector<std::string>> Split(std::string_view name,
                                              const std::vector<Part>& parts) {
  std::vector<std::string> ids;
  for (const Part& part : parts) {
    std::string prefix = ids.empty() ? "" : "/";
    prefix.append(part.collection).append("/");
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    const std::string_view id = name.substr(0, name.find('/'));
    if (!part.fits(id)) return std::nullopt;
    ids.emplace_back(id);
    name.remove_prefix(id.size());
  }
  if (!name.empty()) return std::nullopt;
  return ids;
}

// What came, short enough for one line.
std::string Shown(std::string_view text) {
  if (text.empty()) return "nothing";
  const std::string shown = WithoutSecrets(text);
  return "'" + shown.substr(0, 120) + (shown.size() > 120 ? "…'" : "'");
}

Result<std::vector<std::string>> Parse(std::string_view name, const std::vector<Part>& parts,
                                       std::string_view form) {
  if (auto ids = Split(name, parts)) return *std::move(ids);
  return InvalidInput("must be \"" + std::string(form) + "\", not " + Shown(name));
}

Result<std::string> ParseOne(std::string_view name, const Part& part, std::string_view form) {
  VENTRAL_ASSIGN_OR_RETURN(auto ids, Parse(name, {part}, form));
  return std::move(ids.front());
}

}  // namespace

Result<std::string> ParseModelName(std::string_view name) {
  return ParseOne(name, {"models", IsId}, "models/{model_id}");
}

Result<CheckpointName> ParseCheckpointName(std::string_view name) {
  VENTRAL_ASSIGN_OR_RETURN(auto ids, Parse(name, {{"models", IsId}, {"checkpoints", IsDigest}},
                                           "models/{model_id}/checkpoints/{sha256}"));
  return CheckpointName{std::move(ids[0]), std::move(ids[1])};
}

Result<std::string> ParsePackName(std::string_view name) {
  return ParseOne(name, {"packs", IsId}, "packs/{pack_id}");
}

Result<std::string> ParsePackOrAllName(std::string_view name) {
  if (name == "packs/-") return std::string();
  return ParseOne(name, {"packs", IsId}, "packs/{pack_id}, or packs/- for all");
}

Result<BenchmarkName> ParseBenchmarkName(std::string_view name) {
  VENTRAL_ASSIGN_OR_RETURN(auto ids, Parse(name, {{"packs", IsId}, {"benchmarks", IsId}},
                                           "packs/{pack_id}/benchmarks/{benchmark_id}"));
  return BenchmarkName{std::move(ids[0]), std::move(ids[1])};
}

Result<std::string> ParseJobName(std::string_view name) {
  return ParseOne(name, {"jobs", IsUuid}, "jobs/{job_id}, the id being a UUID");
}

Result<std::string> ParseScoreName(std::string_view name) {
  return ParseOne(name, {"scores", IsUuid}, "scores/{score_id}, the id being a UUID");
}

Result<std::string> ParseUserName(std::string_view name) {
  return ParseOne(name, {"users", IsId}, "users/{user_id}");
}

Result<std::string> ParseUserOrAllName(std::string_view name) {
  if (name == "users/-") return std::string();
  return ParseOne(name, {"users", IsId}, "users/{user_id}, or users/- for all");
}

Result<TokenName> ParseTokenName(std::string_view name) {
  VENTRAL_ASSIGN_OR_RETURN(auto ids, Parse(name, {{"users", IsId}, {"tokens", IsUuid}},
                                           "users/{user_id}/tokens/{token_id}"));
  return TokenName{std::move(ids[0]), std::move(ids[1])};
}

Result<std::string> ParseOptionalUserName(std::string_view name) {
  if (name.empty()) return std::string();
  return ParseUserName(name);
}

Result<std::string> ParseOptionalModelName(std::string_view name) {
  if (name.empty()) return std::string();
  return ParseModelName(name);
}

Result<std::string> ParseOptionalJobName(std::string_view name) {
  if (name.empty()) return std::string();
  return ParseJobName(name);
}

Result<std::string> CheckId(std::string_view id) {
  if (IsId(id)) return std::string(id);
  return InvalidInput(
      "must be 1 to 100 lower-case letters, digits, '_', '-' or '.', a letter or digit first, "
      "not " +
      Shown(id));
}

Result<std::string> CheckRequestId(std::string_view id) {
  if (id.size() <= 64) return std::string(id);
  return InvalidInput("has " + std::to_string(id.size()) + " characters; at most 64 are allowed");
}

std::string ModelName(const std::string& id) { return "models/" + id; }
std::string CheckpointNameOf(const std::string& model, const std::string& sha256) {
  return ModelName(model) + "/checkpoints/" + sha256;
}
std::string PackName(const std::string& id) { return "packs/" + id; }
std::string BenchmarkNameOf(const std::string& pack, const std::string& benchmark) {
  return PackName(pack) + "/benchmarks/" + benchmark;
}
std::string JobName(const std::string& id) { return "jobs/" + id; }
std::string ScoreName(const std::string& id) { return "scores/" + id; }
std::string UserName(const std::string& id) { return "users/" + id; }
std::string TokenNameOf(const std::string& user, const std::string& token) {
  return UserName(user) + "/tokens/" + token;
}

std::string WorkerName(const std::string& worker) {
  static constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string name = "workers/";
  for (const char c : worker) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return name;
}

}  // namespace ventral::service
