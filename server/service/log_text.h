// Text from outside on its way into a log of one line an event.
#ifndef VENTRAL_SERVER_SERVICE_LOG_TEXT_H_
#define VENTRAL_SERVER_SERVICE_LOG_TEXT_H_

#include <string>
#include <string_view>

#include "server/service/secret.h"

namespace ventral::service {

// Control characters become spaces, so that nobody writes a line of their own into the log; secrets
// are taken out.
inline std::string OneLine(std::string_view text) {
  std::string line = WithoutSecrets(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_LOG_TEXT_H_
