#include "tests/unit/http/line.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <thread>

namespace ventral::http {
namespace {

constexpr timeval kPatience{30, 0};

int Patient(int socket) {
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  return socket;
}

}  // namespace

Line Line::To(const std::string& address) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int socket = Patient(::socket(AF_INET, SOCK_STREAM, 0));
  if (connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    throw std::runtime_error("cannot connect to " + address);
  }
  return Line(socket);
}

bool Line::Say(const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t taken = send(socket_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (taken <= 0) return false;
    done += static_cast<std::size_t>(taken);
  }
  return true;
}

std::string Line::Hear() {
  std::string heard;
  char bytes[4096];
  for (ssize_t size = 0; (size = recv(socket_, bytes, sizeof bytes, 0)) > 0;) {
    heard.append(bytes, static_cast<std::size_t>(size));
  }
  return heard;
}

bool Line::Ended() {
  pollfd asked{socket_, POLLRDHUP, 0};
  return poll(&asked, 1, 0) > 0;
}

std::size_t Line::SayUntilClosed(const std::string& bytes, std::chrono::milliseconds pause,
                                 std::size_t most) {
  std::size_t said = 0;
  while (said < most && !Ended() && Say(bytes)) {
    said += bytes.size();
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
  }
  return said;
}

void Line::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

Pair MakePair() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) throw std::runtime_error("no socketpair");
  return {Line(ends[0]), Line(Patient(ends[1]))};
}

}  // namespace ventral::http
