#include "server/http/connect.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "server/http/connect_error.h"
#include "server/http/json_codec.h"

namespace ventral::http {
namespace {

constexpr char kEndOfStream = 2;
constexpr std::size_t kEnvelopeHead = 5;

Answer Refused(grpc::StatusCode code, const std::string& message) {
  return {HttpStatus(code), kUnaryType, ErrorJson({code, message})};
}

std::string HeaderOf(const ConnectRequest& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

// "application/json; charset=utf-8" → "application/json".
std::string MediaType(const std::string& header) {
  const std::string type = header.substr(0, header.find(';'));
  return type.substr(0, type.find_last_not_of(" \t") + 1);
}

// Connect-Timeout-Ms: at most ten digits.
Result<std::optional<std::chrono::milliseconds>> TimeoutOf(const std::string& text) {
  if (text.empty()) return std::optional<std::chrono::milliseconds>();
  std::int64_t milliseconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
  if (error != std::errc() || end != text.data() + text.size() || text.size() > 10 ||
      milliseconds < 0) {
    return InvalidInput(
        "header Connect-Timeout-Ms is no number of milliseconds: at most ten digits");
  }
  return std::optional(std::chrono::milliseconds(milliseconds));
}

// What metadata of gRPC may hold; it ends the process over any other byte, and headers are decoded
// from %XX before they come here.
bool IsMetadata(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

Target Refuse(Answer answer) {
  Target target;
  target.refusal = std::move(answer);
  return target;
}

// The one message of a stream's request, out of its envelope.
Result<std::string> OneMessage(const std::string& body) {
  if (body.size() < kEnvelopeHead) return InvalidInput("the body holds no enveloped message");
  if (body[0] != 0) {
    return InvalidInput(
        "the envelope's flags are not 0: messages are sent as they are, uncompressed");
  }
  std::uint32_t size = 0;
  for (int i = 1; i <= 4; ++i) size = (size << 8) | static_cast<unsigned char>(body[i]);
  if (size != body.size() - kEnvelopeHead) {
    return InvalidInput("the body is not one enveloped message: its length says " +
                        std::to_string(size) + " bytes, and " +
                        std::to_string(body.size() - kEnvelopeHead) + " follow");
  }
  return body.substr(kEnvelopeHead);
}

}  // namespace

std::string Envelope(char flags, const std::string& bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::string text(1, flags);
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>((size >> shift) & 255);
  return text + bytes;
}

Target FindTarget(const ConnectRequest& request) {
  using grpc::StatusCode;
  Target target;
  target.method = Calls::Find(request.path);
  if (target.method == nullptr) {
    return Refuse(
        {404, kUnaryType,
         ErrorJson({StatusCode::UNIMPLEMENTED,
                    "there is no method here: POST to /ventral.v1.ModelService/ListModels "
                    "and the like"})});
  }
  if (target.method->client_streaming()) {
    return Refuse(Refused(StatusCode::UNIMPLEMENTED,
                          target.method->name() + " streams from the client: use gRPC for it"));
  }
  target.streams = target.method->server_streaming();
  const char* wanted = target.streams ? kStreamType : kUnaryType;
  if (MediaType(HeaderOf(request, "content-type")) != wanted) {
    return Refuse({415, kUnaryType,
                   ErrorJson({StatusCode::INVALID_ARGUMENT,
                              target.method->name() + " wants Content-Type: " + wanted})});
  }
  for (const char* name : {"content-encoding", "connect-content-encoding"}) {
    const std::string encoding = HeaderOf(request, name);
    if (encoding.empty() || encoding == "identity") continue;
    return Refuse(
        Refused(StatusCode::UNIMPLEMENTED, "bodies are taken uncompressed: identity only"));
  }
  const auto timeout = TimeoutOf(HeaderOf(request, "connect-timeout-ms"));
  if (!timeout.ok()) return Refuse(Refused(StatusCode::INVALID_ARGUMENT, timeout.error().message));
  if (*timeout && (*timeout)->count() == 0) {
    return Refuse(Refused(StatusCode::DEADLINE_EXCEEDED, "Connect-Timeout-Ms was 0"));
  }
  target.head = {HeaderOf(request, "authorization"), request.peer, *timeout};
  if (!IsMetadata(target.head.authorization)) {
    return Refuse(Refused(StatusCode::UNAUTHENTICATED,
                          "header Authorization has bytes that no token has: letters, digits and "
                          "punctuation of ASCII only"));
  }
  if (!IsMetadata(target.head.peer)) {
    return Refuse(Refused(StatusCode::INVALID_ARGUMENT, "the client's address is no text"));
  }
  return target;
}

Answer CallUnary(Calls& calls, const Target& target, const std::string& body) {
  const auto request = NewMessage(*target.method->input_type());
  const auto response = NewMessage(*target.method->output_type());
  if (const Status read = FromJson(body, request.get()); !read.ok()) {
    return Refused(grpc::StatusCode::INVALID_ARGUMENT, read.error().message);
  }
  const grpc::Status status = calls.Unary(*target.method, target.head, *request, response.get());
  if (!status.ok()) return {HttpStatus(status.error_code()), kUnaryType, ErrorJson(status)};
  auto text = ToJson(*response);
  if (!text.ok()) return Refused(grpc::StatusCode::INTERNAL, text.error().message);
  return {200, kUnaryType, std::move(*text)};
}

void CallStream(Calls& calls, const Target& target, const std::string& body,
                const std::function<bool(const std::string&)>& write,
                const std::function<bool()>& wanted) {
  const auto request = NewMessage(*target.method->input_type());
  const auto whole = OneMessage(body);
  const Status read = whole.ok() ? FromJson(*whole, request.get()) : Status(whole.error());
  grpc::Status status;
  if (!read.ok()) {
    status = {grpc::StatusCode::INVALID_ARGUMENT, read.error().message};
  } else {
    std::string unwritable;
    status = calls.Stream(
        *target.method, target.head, *request,
        [&](const google::protobuf::Message& message) {
          const auto text = ToJson(message);
          if (!text.ok()) unwritable = text.error().message;
          return text.ok() && write(Envelope(0, *text));
        },
        wanted);
    if (!unwritable.empty()) status = {grpc::StatusCode::INTERNAL, unwritable};
  }
  write(Envelope(kEndOfStream, EndOfStreamJson(status)));
}

}  // namespace ventral::http
