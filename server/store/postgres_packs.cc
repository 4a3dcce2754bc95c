#include <map>

#include "server/store/catalogue_queries.h"
#include "server/store/catalogue_rows.h"
#include "server/store/fields.h"
#include "server/store/pack_policy.h"
#include "server/store/page_token.h"
#include "server/store/postgres_catalogue.h"
#include "server/store/queue_errors.h"

namespace ventral::store {
namespace {

// @error invalid_input names the field.
Status CheckPack(const PackRow& pack, const std::vector<PackFileRow>& files) {
  VENTRAL_RETURN_IF_ERROR(CheckTexts({{"pack", pack.id},
                                      {"version", pack.version},
                                      {"digest", pack.digest},
                                      {"title", pack.title},
                                      {"citation", pack.citation},
                                      {"licence", pack.licence}}));
  for (const PackFileRow& file : files) {
    VENTRAL_RETURN_IF_ERROR(
        CheckTexts({{"path of a file", file.path}, {"sha256 of a file", file.sha256}}));
  }
  std::map<std::string, int> seen;
  for (const BenchmarkRow& benchmark : pack.benchmarks) {
    VENTRAL_RETURN_IF_ERROR(CheckTexts({{"id of a benchmark", benchmark.id},
                                        {"metric of a benchmark", benchmark.metric},
                                        {"species of a benchmark", benchmark.species},
                                        {"region of a benchmark", benchmark.region},
                                        {"modality of a benchmark", benchmark.modality}}));
    if (++seen[benchmark.id] > 1)
      return InvalidInput("the pack holds benchmark " + benchmark.id + " twice");
  }
  seen.clear();
  for (const PackFileRow& file : files) {
    if (++seen[file.path] > 1) return InvalidInput("the pack holds file " + file.path + " twice");
  }
  return Ok{};
}

void InsertFiles(pqxx::work& transaction, const PackRow& pack,
                 const std::vector<PackFileRow>& files) {
  std::vector<std::string> paths, digests, sizes;
  for (const PackFileRow& file : files) {
    paths.push_back(file.path);
    digests.push_back(file.sha256);
    sizes.push_back(std::to_string(file.bytes));
  }
  transaction.exec_params0(catalogue_queries::kInsertPackFiles, pack.id, pack.version,
                           TextArray(paths), TextArray(digests), TextArray(sizes));
}

void InsertBenchmarks(pqxx::work& transaction, const PackRow& pack) {
  std::vector<std::string> ids, metrics, species, regions, modalities, subjects;
  for (const BenchmarkRow& benchmark : pack.benchmarks) {
    ids.push_back(benchmark.id);
    metrics.push_back(benchmark.metric);
    species.push_back(benchmark.species);
    regions.push_back(benchmark.region);
    modalities.push_back(benchmark.modality);
    subjects.push_back(std::to_string(benchmark.subjects));
  }
  transaction.exec_params0(catalogue_queries::kInsertBenchmarks, pack.id, pack.version,
                           TextArray(ids), TextArray(metrics), TextArray(species),
                           TextArray(regions), TextArray(modalities), TextArray(subjects));
}

}  // namespace

Result<PackRow> PostgresCatalogue::CreatePack(const PackRow& pack,
                                              const std::vector<PackFileRow>& files,
                                              const std::optional<PackPolicy>& policy) {
  VENTRAL_RETURN_IF_ERROR(CheckPack(pack, files));
  if (policy) VENTRAL_RETURN_IF_ERROR(CheckPolicy(*policy));
  return database_.Transact<PackRow>([&](pqxx::work& transaction) -> Result<PackRow> {
    VENTRAL_RETURN_IF_ERROR(ClaimPack(transaction, pack.id, viewer_, policy.has_value()));
    if (policy) WritePolicy(transaction, pack.id, *policy);
    const pqxx::result made = transaction.exec_params(
        catalogue_queries::kInsertPack, pack.id, pack.version, pack.digest, pack.title,
        pack.citation, pack.licence, pack.stimuli, pack.bytes, TimestampText(clock_.Now()));
    if (!made.empty()) {
      InsertFiles(transaction, pack, files);
      InsertBenchmarks(transaction, pack);
    }
    const pqxx::row there =
        transaction.exec_params1(catalogue_queries::kGetPackVersion, pack.id, pack.version);
    if (TextOf(there, "digest") == pack.digest) return WholePack(transaction, there);
    return Conflict("pack " + pack.id + " " + pack.version +
                    " is published with other content: a changed pack needs a new version");
  });
}

Result<PackRow> PostgresCatalogue::SetPackPolicy(const std::string& id, const PackPolicy& policy) {
  if (!IsText(id)) return NoSuchPack(id);
  VENTRAL_RETURN_IF_ERROR(CheckPolicy(policy));
  return database_.Transact<PackRow>([&](pqxx::work& transaction) -> Result<PackRow> {
    if (transaction.exec_params(catalogue_queries::kGetPack, id).empty()) return NoSuchPack(id);
    VENTRAL_RETURN_IF_ERROR(ClaimPack(transaction, id, viewer_, true));
    WritePolicy(transaction, id, policy);
    return WholePack(transaction, transaction.exec_params1(catalogue_queries::kGetPack, id));
  });
}

Result<PackRow> PostgresCatalogue::GetPack(const std::string& id) {
  if (!IsText(id)) return NoSuchPack(id);
  return database_.Transact<PackRow>([&](pqxx::work& transaction) -> Result<PackRow> {
    const pqxx::result rows = transaction.exec_params(catalogue_queries::kGetPack, id);
    if (rows.empty()) return NoSuchPack(id);
    return WholePack(transaction, rows[0]);
  });
}

Result<Page<PackRow>> PostgresCatalogue::ListPacks(const PageRequest& page, bool deleted) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string after, ReadPageToken("packs", page.token, ""));
  return database_.Transact<Page<PackRow>>([&](pqxx::work& transaction) -> Result<Page<PackRow>> {
    const pqxx::result rows =
        deleted ? transaction.exec_params(catalogue_queries::kListDeletedPacks, after, size + 1,
                                          viewer(), TimestampText(clock_.Now() - keep_deleted_))
                : transaction.exec_params(catalogue_queries::kListPacks, after, size + 1);
    std::vector<PackRow> packs;
    for (const auto& row : rows) packs.push_back(PackOf(row));
    AddBenchmarks(transaction, packs);
    return CutPage(std::move(packs), size, "packs", [&](std::size_t last) {
      return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "pack_id");
    });
  });
}

Result<PackPolicy> PostgresCatalogue::PolicyOfPack(const std::string& id) {
  if (!IsText(id)) return NoSuchPack(id);
  return database_.Transact<PackPolicy>([&](pqxx::work& transaction) -> Result<PackPolicy> {
    const pqxx::result rows = transaction.exec_params(catalogue_queries::kGetAnyPack, id);
    if (rows.empty()) return NoSuchPack(id);
    return PolicyOf(rows[0]);
  });
}

Result<std::vector<PackFileRow>> PostgresCatalogue::PackFiles(const std::string& id,
                                                              const std::string& version) {
  if (!IsText(id) || !IsText(version)) return NoSuchPack(id);
  return database_.Transact<std::vector<PackFileRow>>(
      [&](pqxx::work& transaction) -> Result<std::vector<PackFileRow>> {
        if (transaction.exec_params(catalogue_queries::kGetPackVersion, id, version).empty()) {
          return NotFound("there is no pack " + id + " " + version);
        }
        std::vector<PackFileRow> files;
        for (const auto& row :
             transaction.exec_params(catalogue_queries::kPackFiles, id, version)) {
          files.push_back({TextOf(row, "path"), TextOf(row, "sha256"), IntegerOf(row, "bytes")});
        }
        return files;
      });
}

Result<Page<BenchmarkRow>> PostgresCatalogue::ListBenchmarks(const std::string& pack,
                                                             const PageRequest& page) {
  VENTRAL_ASSIGN_OR_RETURN(const int size, PageSize(page.size));
  VENTRAL_ASSIGN_OR_RETURN(const std::string after, ReadPageToken("benchmarks", page.token, ""));
  if (!IsText(pack)) return NoSuchPack(pack);
  return database_.Transact<Page<BenchmarkRow>>(
      [&](pqxx::work& transaction) -> Result<Page<BenchmarkRow>> {
        if (!pack.empty() && transaction.exec_params(catalogue_queries::kGetPack, pack).empty())
          return NoSuchPack(pack);
        const pqxx::result rows =
            transaction.exec_params(catalogue_queries::kListBenchmarks, pack, after, size + 1);
        std::vector<BenchmarkRow> benchmarks;
        for (const auto& row : rows) benchmarks.push_back(BenchmarkOf(row));
        return CutPage(std::move(benchmarks), size, "benchmarks", [&](std::size_t last) {
          return TextOf(rows[static_cast<pqxx::result::size_type>(last)], "benchmark_id");
        });
      });
}

}  // namespace ventral::store
