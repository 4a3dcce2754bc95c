#include "worker/protocol/kept_grams.h"

#include <nlohmann/json.hpp>

#include "worker/protocol/json_reader.h"

namespace ventral {
std::string Encode(const KeptHead& head) {
  return Dump({{"format", kKeptGramsFormat},
               {"checkpoint_sha256", head.checkpoint_sha256},
               {"pack", head.pack},
               {"pack_version", head.pack_version},
               {"pack_digest", head.pack_digest},
               {"stimuli_digest", head.stimuli_digest},
               {"stimuli", head.stimuli},
               {"program", head.program},
               {"extraction_seconds", head.extraction_seconds}});
}

Result<KeptHead> DecodeKeptHead(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "kept head");
  const std::int64_t format = reader.Integer("format");
  if (reader.status().ok() && format != kKeptGramsFormat) {
    return CorruptData("frame kept head, field format: is " + std::to_string(format) +
                       ", this program reads " + std::to_string(kKeptGramsFormat));
  }
  KeptHead head;
  head.checkpoint_sha256 = reader.Text("checkpoint_sha256");
  head.pack = reader.Text("pack");
  head.pack_version = reader.Text("pack_version");
  head.pack_digest = reader.Text("pack_digest");
  head.stimuli_digest = reader.Text("stimuli_digest");
  head.stimuli = reader.Texts("stimuli");
  head.program = reader.Text("program");
  head.extraction_seconds = reader.Number("extraction_seconds");
  if (!reader.status().ok()) return reader.status().error();
  for (const auto& [field, hex] : {std::pair{"checkpoint_sha256", &head.checkpoint_sha256},
                                   {"pack_digest", &head.pack_digest},
                                   {"stimuli_digest", &head.stimuli_digest}}) {
    if (!Digest::Parse(*hex).ok())
      return CorruptData("frame kept head, field " + std::string(field) + ": is no SHA-256");
  }
  return head;
}

std::string EncodeKeptEnd(const Digest& digest) { return Dump({{"sha256", digest.hex()}}); }

Result<Digest> DecodeKeptEnd(std::string_view text) {
  JsonReader reader = JsonReader::Parse(text, "kept end");
  const std::string hex = reader.Text("sha256");
  if (!reader.status().ok()) return reader.status().error();
  Result<Digest> digest = Digest::Parse(hex);
  if (!digest.ok()) return CorruptData("frame kept end, field sha256: is no SHA-256");
  return digest;
}

}  // namespace ventral
