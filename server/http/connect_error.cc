#include "server/http/connect_error.h"

#include <array>
#include <nlohmann/json.hpp>

#include "google/rpc/status.pb.h"
#include "server/http/json_codec.h"

namespace ventral::http {
namespace {

using nlohmann::json;

struct CodeRow {
  const char* name;
  int status;
};

// By gRPC's number; the table of the protocol.
constexpr std::array<CodeRow, 17> kCodes = {{{"ok", 200},
                                             {"canceled", 499},
                                             {"unknown", 500},
                                             {"invalid_argument", 400},
                                             {"deadline_exceeded", 504},
                                             {"not_found", 404},
                                             {"already_exists", 409},
                                             {"permission_denied", 403},
                                             {"resource_exhausted", 429},
                                             {"failed_precondition", 400},
                                             {"aborted", 409},
                                             {"out_of_range", 400},
                                             {"unimplemented", 501},
                                             {"internal", 500},
                                             {"unavailable", 503},
                                             {"data_loss", 500},
                                             {"unauthenticated", 401}}};

const CodeRow& RowOf(grpc::StatusCode code) {
  const auto index = static_cast<std::size_t>(code);
  return kCodes[index < kCodes.size() ? index : 2];
}

// Without padding, as the protocol wants.
std::string Base64(const std::string& bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned pending = 0;
  int bits = 0;
  for (const unsigned char byte : bytes) {
    pending = (pending << 8) | byte;
    for (bits += 8; bits >= 6; bits -= 6) text += kAlphabet[(pending >> (bits - 6)) & 63];
  }
  if (bits > 0) text += kAlphabet[(pending << (6 - bits)) & 63];
  return text;
}

json Detail(const google::protobuf::Any& any) {
  const std::string type = any.type_url().substr(any.type_url().rfind('/') + 1);
  json detail = {{"type", type}, {"value", Base64(any.value())}};
  const auto* known =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (known == nullptr) return detail;
  const auto message = NewMessage(*known);
  if (!message->ParseFromString(any.value())) return detail;
  if (const auto text = ToJson(*message); text.ok()) {
    detail["debug"] = json::parse(*text, nullptr, false);
  }
  return detail;
}

json ErrorOf(const grpc::Status& status) {
  json error = {{"code", ConnectCode(status.error_code())}, {"message", status.error_message()}};
  google::rpc::Status whole;
  if (!whole.ParseFromString(status.error_details())) return error;
  for (const auto& any : whole.details()) error["details"].push_back(Detail(any));
  return error;
}

// Messages may hold bytes of a request that are no UTF-8.
std::string Text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

const char* ConnectCode(grpc::StatusCode code) { return RowOf(code).name; }

int HttpStatus(grpc::StatusCode code) { return RowOf(code).status; }

std::string ErrorJson(const grpc::Status& status) { return Text(ErrorOf(status)); }

std::string EndOfStreamJson(const grpc::Status& status) {
  return status.ok() ? "{}" : Text({{"error", ErrorOf(status)}});
}

}  // namespace ventral::http
