#include "scoring/network/torch_weights.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "scoring/network/json.h"
#include "scoring/network/torch_argument.h"
#include "scoring/network/torch_contained.h"

namespace ventral {
namespace {

constexpr std::size_t kMaxRank = 16;
// A weight may be a small one expanded (stride 0), but an operator that copies it needs all of it.
constexpr std::int64_t kMostExpanded = 1 << 24;

using Storages = std::map<std::string, std::shared_ptr<Archive::Record>>;

std::int64_t PlainSize(const Json& json, const std::string& where) {
  const Tagged tagged = TaggedOf(json, where);
  if (tagged.tag != "as_int") throw Refusal(where + ": a size is not a plain number");
  const std::int64_t size = Int64Of(tagged.value, where);
  if (size < 0) throw Refusal(where + ": a size or stride is negative");
  return size;
}

std::vector<std::int64_t> PlainSizes(const Json& json, const std::string& where) {
  std::vector<std::int64_t> sizes;
  for (const Json& item : ArrayOf(json, where)) sizes.push_back(PlainSize(item, where));
  if (sizes.size() > kMaxRank) throw Refusal(where + ": more than 16 axes");
  return sizes;
}

struct Shape {
  std::vector<std::int64_t> sizes, strides;
  std::int64_t offset = 0;
};

struct Extent {
  std::int64_t reach = 0;  // elements of the storage: 1 + offset + Σ (size − 1)·stride; 0 if empty
  std::int64_t count = 0;  // elements of the tensor: more where a stride is 0
};

Extent ExtentOf(const Shape& shape, const std::string& where) {
  std::int64_t reach = 1, count = 1;
  bool overflow = __builtin_add_overflow(reach, shape.offset, &reach);
  for (std::size_t axis = 0; axis < shape.sizes.size(); ++axis) {
    if (shape.sizes[axis] == 0) return {};
    std::int64_t step = 0;
    overflow |= __builtin_mul_overflow(shape.sizes[axis] - 1, shape.strides[axis], &step) ||
                __builtin_add_overflow(reach, step, &reach) ||
                __builtin_mul_overflow(count, shape.sizes[axis], &count);
  }
  if (overflow) throw Refusal(where + ": its sizes pass 64 bits");
  return {reach, count};
}

at::Tensor ReadTensor(Archive& archive, const std::string& folder, const std::string& name,
                      const Json& entry, Storages& storages) {
  const std::string where = "weight " + name;
  if (BoolOf(Member(entry, "use_pickle", where), where))
    throw Refusal(where + ": pickled, which is never read");
  const Json& meta = Member(entry, "tensor_meta", where);
  const c10::ScalarType type = ScalarTypeOf(Int64Of(Member(meta, "dtype", where), where));
  if (Int64Of(Member(meta, "layout", where), where) != 7)
    throw Refusal(where + ": not a strided tensor");
  const Shape shape{PlainSizes(Member(meta, "sizes", where), where),
                    PlainSizes(Member(meta, "strides", where), where),
                    PlainSize(Member(meta, "storage_offset", where), where)};
  if (shape.sizes.size() != shape.strides.size())
    throw Refusal(where + ": sizes and strides differ in number");
  const auto [reach, count] = ExtentOf(shape, where);
  if (reach == 0) return at::empty(shape.sizes, at::TensorOptions(type));

  auto& storage = storages[TextOf(Member(entry, "path_name", where), where)];
  if (!storage) {
    storage = std::make_shared<Archive::Record>(
        archive.Read(folder + TextOf(Member(entry, "path_name", where), where)));
  }
  const auto held = static_cast<std::int64_t>(storage->bytes / c10::elementSize(type));
  if (reach > held) {
    throw Refusal(where + ": needs " + std::to_string(reach) + " elements, its record has " +
                  std::to_string(held));
  }
  if (count > std::max(held, kMostExpanded)) {
    throw Refusal(where + ": has " + std::to_string(count) + " elements, more than its record's " +
                  std::to_string(held));
  }
  const at::Tensor flat = at::from_blob(
      storage->data.get(), {held}, [storage](void*) {}, at::TensorOptions(type));
  return flat.as_strided(shape.sizes, shape.strides, shape.offset);
}

std::map<std::string, at::Tensor> ReadFolder(Archive& archive, const std::string& folder,
                                             const std::string& config, c10::Device device,
                                             c10::ScalarType precision) {
  std::map<std::string, at::Tensor> tensors;
  const std::string record = folder + config;
  if (!archive.Has(record)) return tensors;
  const Json json = ParseJson(archive.ReadText(record), record);
  Storages storages;
  for (const auto& [name, entry] : ObjectOf(Member(json, "config", record), record).items()) {
    const at::Tensor tensor = ReadTensor(archive, folder, name, entry, storages);
    const bool is_float = tensor.scalar_type() == at::kFloat;
    tensors[name] = tensor.to(device, is_float ? precision : tensor.scalar_type());
  }
  return tensors;
}

}  // namespace

Weights ReadWeights(Archive& archive, c10::Device device, c10::ScalarType precision) {
  return {ReadFolder(archive, "data/weights/", "model_weights_config.json", device, precision),
          ReadFolder(archive, "data/constants/", "model_constants_config.json", device, precision)};
}

}  // namespace ventral
