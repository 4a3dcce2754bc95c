// Messages of ventral/v1 as JSON and back, by their descriptors.
#ifndef VENTRAL_SERVER_HTTP_JSON_CODEC_H_
#define VENTRAL_SERVER_HTTP_JSON_CODEC_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>

#include "scoring/base/result.h"

namespace ventral::http {

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

// Protobuf's JSON form; an empty text is an empty message. Fields that there are not are refused by
// name. @error invalid_input.
Status FromJson(const std::string& text, google::protobuf::Message* message);

// Names as the proto gives them in JSON (lowerCamelCase); numbers, texts and lists also where they
// are empty.
// @error internal if the message cannot be written, such as a string that is no UTF-8.
Result<std::string> ToJson(const google::protobuf::Message& message);

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_JSON_CODEC_H_
