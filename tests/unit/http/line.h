// The client's end of a connection, by hand.
#ifndef VENTRAL_TESTS_UNIT_HTTP_LINE_H_
#define VENTRAL_TESTS_UNIT_HTTP_LINE_H_

#include <chrono>
#include <string>
#include <utility>

namespace ventral::http {

// A file descriptor of its own; each wait ends after half a minute.
class Line {
 public:
  explicit Line(int socket) : socket_(socket) {}
  static Line To(const std::string& address);  // "127.0.0.1:7412"
  static Line Unconnected();
  // Whether the kernel has it connected by then.
  bool Connect(const std::string& address, std::chrono::milliseconds patience);
  Line(Line&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Line& operator=(Line&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
  }
  ~Line() { Close(); }

  // False where the other side takes no more.
  bool Say(const std::string& bytes);
  // All that comes until the other side ends.
  std::string Hear();
  // Says `bytes` again and again, with pauses, until the other side ends or takes no more; how many
  // bytes it said at most.
  std::size_t SayUntilClosed(const std::string& bytes, std::chrono::milliseconds pause,
                             std::size_t most);
  bool Ended();  // now
  void Close();
  int socket() const { return socket_; }

 private:
  int socket_;
};

// Two ends of one connection.
struct Pair {
  Line server, client;
};
Pair MakePair();

}  // namespace ventral::http

#endif  // VENTRAL_TESTS_UNIT_HTTP_LINE_H_
