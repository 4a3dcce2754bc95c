#include "server/http/json_codec.h"

#include <google/protobuf/util/json_util.h>

namespace ventral::http {

using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<Message>(factory->GetPrototype(&type)->New());
}

Status FromJson(const std::string& text, Message* message) {
  if (text.empty()) return Ok{};
  const auto read = google::protobuf::util::JsonStringToMessage(text, message);
  if (read.ok()) return Ok{};
  return InvalidInput("the body is no " + message->GetDescriptor()->full_name() +
                      " in JSON: " + read.ToString());
}

Result<std::string> ToJson(const Message& message) {
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;  // as 'ventral --json' does
  const auto written = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (written.ok()) return text;
  return Internal(message.GetDescriptor()->full_name() +
                  " cannot be written as JSON: " + written.ToString());
}

}  // namespace ventral::http
