// CheckWellFormed: what no handler should have to ask about each field.
#include <cmath>

#include "server/service/reply.h"
#include "ventral/v1/report.pb.h"

namespace ventral::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

Status CheckText(const std::string& text) {
  if (text.find('\0') == std::string::npos) return Ok{};
  return InvalidInput("holds a NUL character; take it out");
}

// A resample without a score is NaN, and is one of many.
bool MayBeNaN(const FieldDescriptor& field) {
  return field.containing_type() == v1::Resamples::descriptor();
}

Status CheckNumber(double number, const FieldDescriptor& field) {
  if (std::isfinite(number) || (std::isnan(number) && MayBeNaN(field))) return Ok{};
  return InvalidInput(std::isnan(number) ? "is NaN; a finite number is needed"
                                         : "is infinite; a finite number is needed");
}

// `index` is -1 for a field that is not repeated. Bytes fields are free.
Status CheckValue(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      if (field.type() == FieldDescriptor::TYPE_BYTES) return Ok{};
      std::string scratch;
      return CheckText(
          index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                    : reflection.GetRepeatedStringReference(message, &field, index, &scratch));
    }
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return CheckNumber(index < 0 ? reflection.GetDouble(message, &field)
                                   : reflection.GetRepeatedDouble(message, &field, index),
                         field);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return CheckWellFormed(index < 0 ? reflection.GetMessage(message, &field)
                                       : reflection.GetRepeatedMessage(message, &field, index));
    default:
      return Ok{};
  }
}

// "raw: is NaN" within "scores[2]" reads "scores[2].raw: is NaN".
Error InField(const FieldDescriptor& field, int index, Error error) {
  std::string name = field.name();
  if (index >= 0) name += "[" + std::to_string(index) + "]";
  const bool inner = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  error.message = name + (inner ? "." : ": ") + error.message;
  return error;
}

Status CheckField(const Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) {
    auto status = CheckValue(message, field, -1);
    if (!status.ok()) return InField(field, -1, std::move(status).error());
    return Ok{};
  }
  const int count = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < count; ++i) {
    auto status = CheckValue(message, field, i);
    if (!status.ok()) return InField(field, i, std::move(status).error());
  }
  return Ok{};
}

}  // namespace

Status CheckWellFormed(const Message& message) {
  std::vector<const FieldDescriptor*> present;
  message.GetReflection()->ListFields(message, &present);
  for (const FieldDescriptor* field : present) {
    VENTRAL_RETURN_IF_ERROR(CheckField(message, *field));
  }
  return Ok{};
}

}  // namespace ventral::service
