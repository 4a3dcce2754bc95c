// RunRequests of targets.h.
#include <google/protobuf/util/message_differencer.h>

#include "server/http/connect.h"
#include "server/http/json_codec.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

// "POST /path", a line "name: value" for each header, an empty line, the body.
http::ConnectRequest ReadRequest(std::string_view bytes) {
  const auto line = [&bytes] {
    const auto end = bytes.find('\n');
    const std::string text(bytes.substr(0, end));
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    return text;
  };
  http::ConnectRequest request;
  request.path = line();
  for (std::string header = line(); !header.empty(); header = line()) {
    const auto colon = std::min(header.find(": "), header.size());
    request.headers[header.substr(0, colon)] =
        colon < header.size() ? header.substr(colon + 2) : "";
  }
  request.body = bytes;
  return request;
}

void HoldMessage(const google::protobuf::Message& message) {
  const auto json = http::ToJson(message);
  if (!json.ok()) Fail("what was read from JSON cannot be written: " + json.error().ToString());
  const auto again = http::NewMessage(*message.GetDescriptor());
  const Status read = http::FromJson(*json, again.get());
  if (!read.ok()) Fail("what was written as JSON cannot be read: " + read.error().ToString());
  google::protobuf::util::MessageDifferencer differencer;
  google::protobuf::util::DefaultFieldComparator numbers;
  numbers.set_treat_nan_as_equal(true);
  differencer.set_field_comparator(&numbers);
  if (!differencer.Compare(message, *again)) Fail("JSON changes a " + message.GetTypeName());
}

}  // namespace

void RunRequests(std::string_view bytes) {
  const http::ConnectRequest request = ReadRequest(bytes);
  const http::Target target = http::FindTarget(request);
  if (target.method == nullptr) {
    if (target.refusal.status < 400) Fail("neither a method nor a refusal");
    if (target.refusal.body.find("message") == std::string::npos) Fail("a refusal without words");
    return;
  }
  const auto message = http::NewMessage(*target.method->input_type());
  const Status read = http::FromJson(request.body, message.get());
  if (read.ok()) return HoldMessage(*message);
  if (read.error().code != ErrorCode::kInvalidInput || read.error().message.empty()) {
    Fail("a body is refused as " + read.error().ToString());
  }
}

}  // namespace ventral::fuzz
