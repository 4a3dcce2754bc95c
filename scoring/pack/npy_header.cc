// The header of a .npy file is a Python dictionary literal; this parses the three keys that NumPy
// writes and nothing else.
#include <charconv>
#include <optional>

#include "scoring/pack/npy.h"

namespace ventral {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::uint32_t kMaxHeader = 1 << 16;
constexpr std::uint64_t kMaxCount = 1ull << 48;

// A cursor over the literal. Each method skips blanks first and says whether it found its token.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  bool Take(std::string_view token) {
    SkipBlanks();
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }
  std::optional<std::string_view> TakeString() {
    if (!Take("'")) return std::nullopt;
    const std::size_t end = text_.find('\'');
    if (end == text_.npos) return std::nullopt;
    const std::string_view content = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return content;
  }
  std::optional<std::int64_t> TakeSize() {
    SkipBlanks();
    std::int64_t size = 0;
    const auto [end, failure] = std::from_chars(text_.data(), text_.data() + text_.size(), size);
    if (failure != std::errc{} || size < 0) return std::nullopt;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return size;
  }
  bool AtEnd() {
    SkipBlanks();
    return text_.empty();
  }

 private:
  void SkipBlanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n')) text_.remove_prefix(1);
  }
  std::string_view text_;
};

std::optional<NpyType> ParseType(std::string_view descr) {
  if (descr.size() != 3) return std::nullopt;
  const NpyType type{descr[1], descr[2] - '0'};
  const bool sized = type.bytes == 4 || type.bytes == 8 ||
                     (type.kind != 'f' && (type.bytes == 1 || type.bytes == 2));
  const bool known = type.kind == 'f' || type.kind == 'i' || type.kind == 'u';
  const bool ordered = descr[0] == '<' || (descr[0] == '|' && type.bytes == 1);
  if (!sized || !known || !ordered) return std::nullopt;
  return type;
}

std::optional<std::vector<std::int64_t>> TakeShape(Literal& literal) {
  std::vector<std::int64_t> shape;
  if (!literal.Take("(")) return std::nullopt;
  while (!literal.Take(")")) {
    const auto size = literal.TakeSize();
    if (!size || shape.size() == kNpyMaxAxes) return std::nullopt;
    shape.push_back(*size);
    if (literal.Take(",")) continue;
    // Python needs the comma of (n,): "(n)" is no tuple.
    if (shape.size() == 1 || !literal.Take(")")) return std::nullopt;
    break;
  }
  return shape;
}

std::optional<std::uint64_t> Product(const std::vector<std::int64_t>& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t size : shape) {
    const auto factor = static_cast<std::uint64_t>(size);
    if (factor != 0 && count > kMaxCount / factor) return std::nullopt;
    count *= factor;
  }
  return count;
}

Error BadHeader(const std::string& what) {
  return InvalidInput("not a readable .npy header: " + what + "; write the file with numpy.save");
}

Result<NpyHeader> ParseDictionary(std::string_view text) {
  NpyHeader header;
  bool has_type = false, has_order = false, has_shape = false;
  Literal literal(text);
  if (!literal.Take("{")) return BadHeader("no dictionary");
  while (!literal.Take("}")) {
    const auto key = literal.TakeString();
    if (!key || !literal.Take(":")) return BadHeader("a key is missing");
    if (*key == "descr" && !has_type) {
      const auto descr = literal.TakeString();
      const auto type = descr ? ParseType(*descr) : std::nullopt;
      if (!type) return BadHeader("'descr' must be <f4 <f8 |i1 <i2 <i4 <i8 |u1 <u2 <u4 or <u8");
      header.type = *type;
      has_type = true;
    } else if (*key == "fortran_order" && !has_order) {
      header.fortran_order = literal.Take("True");
      if (!header.fortran_order && !literal.Take("False")) return BadHeader("'fortran_order'");
      has_order = true;
    } else if (*key == "shape" && !has_shape) {
      auto shape = TakeShape(literal);
      if (!shape) return BadHeader("'shape'");
      header.shape = *std::move(shape);
      has_shape = true;
    } else {
      return BadHeader("keys must be 'descr', 'fortran_order' and 'shape', each once");
    }
    if (literal.Take(",")) continue;
    if (!literal.Take("}")) return BadHeader("no closing brace");
    break;
  }
  if (!has_type || !has_order || !has_shape || !literal.AtEnd()) return BadHeader("incomplete");
  const auto count = Product(header.shape);
  if (!count) return BadHeader("the shape is larger than any file");
  header.count = *count;
  return header;
}

}  // namespace

Result<NpyHeader> ParseNpyHeader(std::string_view start) {
  if (!start.starts_with(kMagic)) return InvalidInput("not a .npy file (it has another beginning)");
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(start[i]));
  };
  if (start.size() < 8) return BadHeader("cut off");
  const std::uint32_t version = byte(6);
  if (version < 1 || version > 3 || byte(7) != 0) return BadHeader("versions are 1.0, 2.0 and 3.0");
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (start.size() < prefix) return BadHeader("cut off");
  std::uint32_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > kMaxHeader) return BadHeader("longer than 64 KiB");
  if (start.size() - prefix < length) return BadHeader("cut off");
  auto header = ParseDictionary(start.substr(prefix, length));
  if (header.ok()) header->data_offset = prefix + length;
  return header;
}

}  // namespace ventral
