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

constexpr std::chrono::milliseconds kPatience{30'000};

void Patient(int socket, std::chrono::milliseconds patience = kPatience) {
  const timeval time{patience.count() / 1000, patience.count() % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

}  // namespace

Line Line::To(const std::string& address) {
  Line line = Unconnected();
  if (!line.Connect(address, kPatience)) throw std::runtime_error("cannot connect to " + address);
  return line;
}

Line Line::Unconnected() { return Line(::socket(AF_INET, SOCK_STREAM, 0)); }

bool Line::Connect(const std::string& address, std::chrono::milliseconds patience) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  Patient(socket_, patience);
  const bool connected = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  Patient(socket_);
  return connected;
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
  Patient(ends[1]);
  return {Line(ends[0]), Line(ends[1])};
}

}  // namespace ventral::http
