// Which blobs a row names, and for whom.
#include "tests/db/store_fixture.h"

namespace ventral::testing {
namespace {

using store::ModelChange;
using store::Viewer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class BlobRightsTest : public StoreTest {
 protected:
  BlobRightsTest() {
    EXPECT_TRUE(
        store_->accounts().CreateUser({"mara", "mara", store::Role::kSubmitter, {}, {}}).ok());
    store::ModelRow model;
    model.id = "hidden";
    model.is_private = true;
    EXPECT_TRUE(store_->CatalogueFor({"mara"})->CreateModel(model, "").ok());
    AddCheckpoint("hidden", 'a');
    AddModel("open", 'b');
    EXPECT_TRUE(store_->CatalogueFor({"mara"})
                    ->CreatePack(PackWith("it", "1", {"it.rsa"}), {{"pack.json", Sha('c'), 2}},
                                 store::PackPolicy{true, {}})
                    .ok());
  }
  std::set<std::string> Nameable(const Viewer& viewer) {
    return store_->blob_rights().Nameable(viewer, {Sha('a'), Sha('b'), Sha('c'), Sha('d')}).value();
  }
  std::vector<std::string> Unnamed() {
    return store_->blob_rights().Unnamed({Sha('a'), Sha('b'), Sha('c'), Sha('d')}).value();
  }
};

TEST_F(BlobRightsTest, WhoSeesWhatNamesABlobOrSentItMayNameIt) {
  EXPECT_THAT(Nameable({"mara"}), UnorderedElementsAre(Sha('a'), Sha('b'), Sha('c')));
  EXPECT_THAT(Nameable({"noor"}), UnorderedElementsAre(Sha('b')));
  EXPECT_THAT(Nameable({}), UnorderedElementsAre(Sha('b')));
  EXPECT_EQ(Nameable(store::Everything()).size(), 4u);
  ASSERT_TRUE(store_->blob_rights().Remember("mara", Sha('d')).ok());
  EXPECT_EQ(Nameable({"mara"}).size(), 4u);
  EXPECT_THAT(Nameable({"noor"}), UnorderedElementsAre(Sha('b')));
  clock_.Advance(std::chrono::hours(1));
  ASSERT_TRUE(store_->blob_rights().Forget(clock_.Now()).ok());
  EXPECT_EQ(Nameable({"mara"}).size(), 3u);
}

TEST_F(BlobRightsTest, FilesOfADeletedModelAreNamedUntilItCannotComeBack) {
  EXPECT_THAT(Unnamed(), ElementsAre(Sha('d')));
  const auto mara = store_->CatalogueFor({"mara"});
  ASSERT_TRUE(mara->ChangeModel("hidden", ModelChange::kDelete).ok());
  EXPECT_THAT(Nameable({"mara"}), UnorderedElementsAre(Sha('b'), Sha('c')));
  clock_.Advance(std::chrono::hours(30 * 24 - 1));
  EXPECT_THAT(Unnamed(), ElementsAre(Sha('d')));
  ASSERT_TRUE(mara->ChangeModel("hidden", ModelChange::kUndelete).ok());
  ASSERT_TRUE(mara->ChangeModel("hidden", ModelChange::kDelete).ok());
  clock_.Advance(std::chrono::hours(30 * 24));
  EXPECT_EQ(mara->ChangeModel("hidden", ModelChange::kUndelete).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(Unnamed(), ElementsAre(Sha('d'))) << "clocks of two servers may differ";
  clock_.Advance(std::chrono::hours(25));
  EXPECT_THAT(Unnamed(), ElementsAre(Sha('a'), Sha('d')));
  store::ModelRow again;
  again.id = "hidden";
  EXPECT_EQ(mara->CreateModel(again, "").error().code, ErrorCode::kConflict) << "the id is taken";
}

}  // namespace
}  // namespace ventral::testing
