// The catalogue: what is created once, what is found, and pages.
#include "server/store/page_token.h"
#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::BenchmarkRow;
using store::ModelRow;
using store::PackFileRow;
using store::PackRow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using CatalogueTest = StoreTest;

ModelRow Alexnet() {
  ModelRow model;
  model.id = "alexnet";
  model.display_name = "AlexNet – “the first”";
  model.architecture = "AlexNet";
  model.training_data = "ImageNet-1k";
  model.objective = "classification, cross-entropy";
  model.learning_rule = "SGD, back-propagation";
  model.licence = "BSD-3-Clause";
  model.reference = "Krizhevsky et al. 2012";
  model.metadata_json = R"({"year": 2012, "layers": [96, 256]})";
  return model;
}

TEST_F(CatalogueTest, AModelIsKeptAsDescribed) {
  clock_.Advance(std::chrono::milliseconds(1234));
  ASSERT_TRUE(catalogue().CreateModel(Alexnet(), "").ok());
  const ModelRow got = catalogue().GetModel("alexnet").value();
  EXPECT_EQ(got.display_name, Alexnet().display_name);
  EXPECT_EQ(got.architecture, Alexnet().architecture);
  EXPECT_EQ(got.training_data, Alexnet().training_data);
  EXPECT_EQ(got.objective, Alexnet().objective);
  EXPECT_EQ(got.learning_rule, Alexnet().learning_rule);
  EXPECT_EQ(got.licence, Alexnet().licence);
  EXPECT_EQ(got.reference, Alexnet().reference);
  EXPECT_EQ(got.metadata_json, R"({"year": 2012, "layers": [96, 256]})");
  EXPECT_EQ(got.created, start_ + std::chrono::milliseconds(1234));
}

TEST_F(CatalogueTest, TheSameModelOrRequestIsTheSameRow) {
  ASSERT_TRUE(catalogue().CreateModel(Alexnet(), "r1").ok());
  clock_.Advance(seconds(9));
  ModelRow same = Alexnet();
  same.metadata_json = R"({"layers":[96,256],"year":2012})";
  EXPECT_EQ(catalogue().CreateModel(same, "").value().created, start_);
  ModelRow retold = Alexnet();
  retold.objective = "none";
  EXPECT_EQ(catalogue().CreateModel(retold, "r1").value().objective, Alexnet().objective);

  const auto conflict = catalogue().CreateModel(retold, "r2");
  ASSERT_FALSE(conflict.ok());
  EXPECT_EQ(conflict.error().code, ErrorCode::kConflict);
  EXPECT_THAT(conflict.error().message, HasSubstr("model alexnet exists already"));
  ModelRow other = Alexnet();
  other.id = "vgg";
  EXPECT_EQ(catalogue().CreateModel(other, "r1").error().code, ErrorCode::kConflict);
  EXPECT_EQ(catalogue().ListModels({}).value().rows.size(), 1u);
}

TEST_F(CatalogueTest, RefusesWhatIsNoModel) {
  const auto refused = [&](auto change) {
    ModelRow model = Alexnet();
    change(model);
    const auto result = catalogue().CreateModel(model, "");
    EXPECT_FALSE(result.ok());
    return result.ok() ? Error{} : result.error();
  };
  for (const std::string& id :
       {std::string(), std::string("A"), std::string("-a"), std::string("a b"), std::string("a/b"),
        std::string(101, 'a'), std::string("a\nb")}) {
    const Error error = refused([&](ModelRow& model) { model.id = id; });
    EXPECT_EQ(error.code, ErrorCode::kInvalidInput) << id;
    EXPECT_THAT(error.message, HasSubstr("models_id_is_plain")) << id;
  }
  EXPECT_THAT(refused([](ModelRow& model) { model.licence = "\xc0\x80"; }).message,
              StartsWith("licence is not UTF-8"));
  EXPECT_THAT(refused([](ModelRow& model) { model.id = std::string("a\0b", 3); }).message,
              StartsWith("model_id is not"));
  for (const char* json : {"", "{", "nonsense", "{\"a\": \"\\u0000\"}", "{\"a\": 1e999999}"}) {
    EXPECT_EQ(refused([&](ModelRow& model) { model.metadata_json = json; }).code,
              ErrorCode::kInvalidInput)
        << json;
  }
  EXPECT_THAT(refused([](ModelRow& model) { model.metadata_json = "[1]"; }).message,
              HasSubstr("models_metadata_is_an_object"));
  EXPECT_THAT(catalogue().ListModels({}).value().rows, IsEmpty());
}

TEST_F(CatalogueTest, QuotesAreText) {
  ModelRow model = Alexnet();
  model.display_name = "Robert'); DROP TABLE models; --\\\"$1";
  EXPECT_EQ(catalogue().CreateModel(model, "'").value().display_name, model.display_name);
}

TEST_F(CatalogueTest, ModelsComeInPagesById) {
  for (const char* id : {"b", "a-b", "a.b", "a", "a0", "ab"}) AddModel(id, 'a');
  std::vector<std::string> ids;
  store::PageRequest request{4, ""};
  do {
    const auto page = catalogue().ListModels(request).value();
    for (const ModelRow& model : page.rows) ids.push_back(model.id);
    request.token = page.next_token;
  } while (!request.token.empty());
  EXPECT_THAT(ids, ElementsAre("a", "a-b", "a.b", "a0", "ab", "b"));
  EXPECT_EQ(catalogue().ListModels({4, "6a6f62733a31"}).error().code,
            ErrorCode::kInvalidInput);  // of another list
  EXPECT_EQ(catalogue().ListModels({-1, ""}).error().code, ErrorCode::kInvalidInput);
}

TEST_F(CatalogueTest, Checkpoints) {
  AddModel("alexnet", 'a');
  clock_.Advance(seconds(1));
  AddCheckpoint("alexnet", 'b');
  const auto again =
      catalogue().CreateCheckpoint({"alexnet", Sha('a'), "renamed.pt2", 10, {}}).value();
  EXPECT_EQ(again.file_name, "net.pt2");
  EXPECT_EQ(again.created, start_);
  EXPECT_EQ(catalogue().GetCheckpoint("alexnet", Sha('b')).value().bytes, 10);
  const auto page = catalogue().ListCheckpoints("alexnet", {1, ""}).value();
  EXPECT_EQ(page.rows.at(0).sha256, Sha('b'));
  EXPECT_EQ(page.next_token, store::MakePageToken("checkpoints", Sha('b')));
  const auto last = catalogue().ListCheckpoints("alexnet", {1, page.next_token}).value();
  EXPECT_EQ(last.rows.at(0).sha256, Sha('a'));
  EXPECT_THAT(last.next_token, IsEmpty());

  for (const auto& key : {Sha('c'), std::string("1")}) {
    const auto none =
        catalogue().ListCheckpoints("alexnet", {1, store::MakePageToken("checkpoints", key)});
    EXPECT_EQ(none.error().code, ErrorCode::kInvalidInput) << key;
  }
  EXPECT_EQ(catalogue().GetCheckpoint("alexnet", Sha('c')).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue().ListCheckpoints("vgg", {}).error().code, ErrorCode::kNotFound);
  const auto orphan = catalogue().CreateCheckpoint({"vgg", Sha('a'), "net.pt2", 10, {}});
  EXPECT_EQ(orphan.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(orphan.error().message, HasSubstr("no model vgg"));
  EXPECT_EQ(catalogue().CreateCheckpoint({"alexnet", "abc", "net.pt2", 10, {}}).error().code,
            ErrorCode::kInvalidInput);
  EXPECT_EQ(catalogue().CreateCheckpoint({"alexnet", Sha('c'), "n", -1, {}}).error().code,
            ErrorCode::kInvalidInput);
}

PackRow Kriegeskorte(const std::string& version = "1.0.0", char digit = 'd') {
  PackRow pack;
  pack.id = "kriegeskorte2008";
  pack.version = version;
  pack.digest = Sha(digit);
  pack.title = "92 objects";
  pack.citation = "Kriegeskorte et al. 2008";
  pack.licence = "CC-BY-4.0";
  pack.stimuli = 92;
  pack.bytes = 1 << 20;
  pack.benchmarks = {
      {"kriegeskorte2008.monkey_it.rsa", "", "", "rsa", "macaque", "IT", "electrophysiology", 2},
      {"kriegeskorte2008.human_it.rsa", "", "", "rsa", "human", "IT", "fmri", 4}};
  return pack;
}

std::vector<PackFileRow> Files() {
  return {{"stimuli/1.png", Sha('1'), 5}, {"pack.json", Sha('2'), 6}};
}

TEST_F(CatalogueTest, APackIsKeptWithFilesAndBenchmarks) {
  ASSERT_TRUE(catalogue().CreatePack(Kriegeskorte(), Files()).ok());
  const PackRow got = catalogue().GetPack("kriegeskorte2008").value();
  EXPECT_EQ(got.version, "1.0.0");
  EXPECT_EQ(got.digest, Sha('d'));
  EXPECT_EQ(got.title, "92 objects");
  EXPECT_EQ(got.citation, "Kriegeskorte et al. 2008");
  EXPECT_EQ(got.licence, "CC-BY-4.0");
  EXPECT_EQ(got.stimuli, 92);
  EXPECT_EQ(got.bytes, 1 << 20);
  EXPECT_EQ(got.created, start_);
  ASSERT_EQ(got.benchmarks.size(), 2u);
  EXPECT_EQ(got.benchmarks[0].id, "kriegeskorte2008.monkey_it.rsa");
  EXPECT_EQ(got.benchmarks[1].pack, "kriegeskorte2008");
  EXPECT_EQ(got.benchmarks[1].pack_version, "1.0.0");
  EXPECT_EQ(got.benchmarks[1].species, "human");
  EXPECT_EQ(got.benchmarks[1].subjects, 4);
  const auto files = catalogue().PackFiles("kriegeskorte2008", "1.0.0").value();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].path, "pack.json");
  EXPECT_EQ(files[1].sha256, Sha('1'));
  EXPECT_EQ(files[1].bytes, 5);
}

TEST_F(CatalogueTest, AVersionOfAPackHoldsOneContent) {
  ASSERT_TRUE(catalogue().CreatePack(Kriegeskorte(), Files()).ok());
  EXPECT_TRUE(catalogue().CreatePack(Kriegeskorte(), Files()).ok());
  const auto changed = catalogue().CreatePack(Kriegeskorte("1.0.0", 'e'), Files());
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code, ErrorCode::kConflict);
  EXPECT_THAT(changed.error().message, HasSubstr("a changed pack needs a new version"));
  EXPECT_EQ(catalogue().PackFiles("kriegeskorte2008", "1.0.0").value().size(), 2u);
}

TEST_F(CatalogueTest, TheVersionPublishedLastIsTheNewest) {
  for (const char* version : {"1.9.0", "1.10.0"}) {
    ASSERT_TRUE(catalogue().CreatePack(Kriegeskorte(version, version[2]), Files()).ok());
  }
  ASSERT_TRUE(catalogue().CreatePack(Kriegeskorte("1.9.0", '9'), Files()).ok());  // again: no news
  EXPECT_EQ(catalogue().GetPack("kriegeskorte2008").value().version, "1.10.0");
  EXPECT_EQ(catalogue().ListPacks({}).value().rows.size(), 1u);
  const auto benchmarks = catalogue().ListBenchmarks("kriegeskorte2008", {}).value();
  ASSERT_EQ(benchmarks.rows.size(), 2u);
  EXPECT_EQ(benchmarks.rows[0].id, "kriegeskorte2008.human_it.rsa");
  EXPECT_EQ(benchmarks.rows[0].pack_version, "1.10.0");
}

TEST_F(CatalogueTest, RefusesWhatIsNoPackAndKeepsNothingOfIt) {
  const auto refused = [&](auto change, const std::string& says) {
    PackRow pack = Kriegeskorte();
    std::vector<PackFileRow> files = Files();
    change(pack, files);
    const auto result = catalogue().CreatePack(pack, files);
    ASSERT_FALSE(result.ok()) << says;
    EXPECT_EQ(result.error().code, ErrorCode::kInvalidInput) << says;
    EXPECT_THAT(result.error().message, HasSubstr(says));
  };
  refused([](PackRow& pack, auto&) { pack.id = "a.b"; }, "packs_id_is_plain");
  refused([](PackRow& pack, auto&) { pack.digest = "abc"; }, "packs_digest_is_hex");
  refused([](PackRow& pack, auto&) { pack.stimuli = -1; }, "packs_sizes_not_negative");
  refused([](PackRow& pack, auto&) { pack.benchmarks[0].id = "it.rsa"; },
          "benchmarks_id_begins_with_pack");
  refused([](PackRow& pack, auto&) { pack.benchmarks[0] = pack.benchmarks[1]; },
          "kriegeskorte2008.human_it.rsa twice");
  refused([](PackRow& pack, auto&) { pack.benchmarks[0].subjects = -2; },
          "benchmarks_subjects_not_negative");
  refused([](PackRow&, auto& files) { files[0].path = files[1].path; }, "file pack.json twice");
  refused([](PackRow&, auto& files) { files[0].sha256 = "ABC"; }, "pack_files_sha256_is_hex");
  refused([](PackRow&, auto& files) { files[0].path = std::string("a\0", 2); },
          "path of a file is not");
  EXPECT_THAT(catalogue().ListPacks({}).value().rows, IsEmpty());
  EXPECT_EQ(catalogue().GetPack("kriegeskorte2008").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue().PackFiles("kriegeskorte2008", "1.0.0").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(catalogue().ListBenchmarks("kriegeskorte2008", {}).error().code, ErrorCode::kNotFound);
}

TEST_F(CatalogueTest, PacksAndBenchmarksComeInPages) {
  for (const char* id : {"c", "a", "b"}) {
    ASSERT_TRUE(
        catalogue()
            .CreatePack(PackWith(id, "1.0.0", {std::string(id) + ".z", std::string(id) + ".y"}), {})
            .ok());
  }
  const auto first = catalogue().ListPacks({2, ""}).value();
  ASSERT_EQ(first.rows.size(), 2u);
  EXPECT_EQ(first.rows[1].id, "b");
  EXPECT_EQ(first.rows[1].benchmarks.at(0).id, "b.z");
  const auto second = catalogue().ListPacks({2, first.next_token}).value();
  ASSERT_EQ(second.rows.size(), 1u);
  EXPECT_EQ(second.rows[0].benchmarks.size(), 2u);

  std::vector<std::string> ids;
  store::PageRequest request{4, ""};
  do {
    const auto page = catalogue().ListBenchmarks("", request).value();
    for (const BenchmarkRow& benchmark : page.rows) ids.push_back(benchmark.id);
    request.token = page.next_token;
  } while (!request.token.empty());
  EXPECT_THAT(ids, ElementsAre("a.y", "a.z", "b.y", "b.z", "c.y", "c.z"));
}

TEST_F(StoreTest, ADeletedModelTakesNoJobs) {
  AddModel("alexnet", 'a');
  AddPack();
  const auto cancelled = jobs().Create({"alexnet", Sha('a'), "it", ""}).value();
  ASSERT_TRUE(jobs().Cancel(cancelled.id).ok());
  ASSERT_TRUE(catalogue().ChangeModel("alexnet", store::ModelChange::kDelete).ok());
  EXPECT_EQ(jobs().Create({"alexnet", Sha('a'), "it", ""}).error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(jobs().Retry(cancelled.id).ok());
  ASSERT_TRUE(catalogue().ChangeModel("alexnet", store::ModelChange::kUndelete).ok());
  EXPECT_TRUE(jobs().Retry(cancelled.id).ok());
}

}  // namespace
}  // namespace ventral::testing
