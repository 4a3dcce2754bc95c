// The Connect protocol's JSON forms: a unary call is a POST whose body is the request, a stream one
// whose answer is a sequence of enveloped messages (connectrpc.com/docs/protocol).
#ifndef VENTRAL_SERVER_HTTP_CONNECT_H_
#define VENTRAL_SERVER_HTTP_CONNECT_H_

#include <functional>
#include <map>
#include <string>

#include "scoring/base/result.h"
#include "server/http/call.h"

namespace ventral::http {

inline constexpr char kUnaryType[] = "application/json";
inline constexpr char kStreamType[] = "application/connect+json";

struct Answer {
  int status = 200;
  std::string type = kUnaryType, body;
};

// What a POST to a method says. Names of headers are in lower case.
struct ConnectRequest {
  std::string path, peer, body;
  std::map<std::string, std::string> headers;
};

// A method that this request may call in this form, or the answer that says why not (401, 404, 415,
// 501 …).
struct Target {
  const google::protobuf::MethodDescriptor* method = nullptr;  // nullptr: `refusal` holds
  bool streams = false;
  CallHead head;
  Answer refusal;
};
// Looks at path and headers only.
Target FindTarget(const ConnectRequest& request);

Answer CallUnary(Calls& calls, const Target& target, const std::string& body);

// Writes envelopes with `write`, which returns false when nobody reads any more; `wanted` is asked
// each second. The last one tells how the call ended.
void CallStream(Calls& calls, const Target& target, const std::string& body,
                const std::function<bool(const std::string&)>& write,
                const std::function<bool()>& wanted);

// "flags, length, bytes" of one message.
std::string Envelope(char flags, const std::string& bytes);

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_CONNECT_H_
