// A connection as httplib reads and writes it, with bounds that its own streams do not have.
#ifndef VENTRAL_SERVER_HTTP_BOUNDED_STREAM_H_
#define VENTRAL_SERVER_HTTP_BOUNDED_STREAM_H_

#include <httplib.h>
#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

namespace ventral::http {

struct StreamLimits {
  std::size_t head = 64 << 10;  // bytes before HeadIsRead, and of any line after it
  std::size_t all = 10 << 20;   // bytes in all
  std::chrono::milliseconds longest_head{10'000}, longest_request{120'000};  // from the beginning
  std::chrono::milliseconds read_stall{10'000},
      write_stall{30'000};  // not a byte comes, or is taken
  // Bytes a second. An answer whose reader is slower, all waiting for it together and write_stall
  // left out, is given up; a stream that has nothing to say waits for nobody.
  std::size_t slowest_reader = 4096;
  std::chrono::milliseconds linger{2'000};
};

// For one thread. The socket stays the caller's, and may be shut down by another thread, which ends
// any waiting here.
class BoundedStream final : public httplib::Stream {
 public:
  // `tls` outlives the stream; nullptr: none.
  BoundedStream(int socket, SSL* tls, const StreamLimits& limits);

  // As the server of TLS; its time counts as the head's.
  bool Handshake();
  // From here on the bounds of the whole request count.
  void HeadIsRead() { head_is_read_ = true; }
  // Says that nothing more comes, and waits a little for the other side to end, too: a socket that
  // is closed with something unread is reset, and the answer with it.
  void Finish();

  bool is_readable() const override;
  bool is_writable() const override;  // the other side is there
  // 0 at the end, -1 where a bound was met or the connection broke.
  ssize_t read(char* into, std::size_t size) override;
  // All of it, or -1.
  ssize_t write(const char* bytes, std::size_t size) override;
  using httplib::Stream::write;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  // httplib refuses sockets that select() could not take; nothing here selects.
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  using Clock = std::chrono::steady_clock;

  // As recv and send do; where that must wait, 0 or less and `wanted_` is what for.
  ssize_t Receive();
  ssize_t Send(const char* bytes, std::size_t size);
  ssize_t ByTls(int result);
  // Until the socket is as `wanted_` says; false where that time came first.
  bool Await(Clock::time_point until) const;
  bool AwaitReader(Clock::time_point stalled);
  ssize_t Fill();
  void SayEnd();
  ssize_t Break();

  const int socket_;
  SSL* const tls_;
  const StreamLimits limits_;
  const Clock::time_point begun_ = Clock::now();
  bool head_is_read_ = false, broken_ = false;
  short wanted_ = 0;  // of poll
  std::size_t read_ = 0, written_ = 0, begin_ = 0, end_ = 0;
  std::size_t line_ = 0;      // httplib reads lines byte by byte, and keeps each whole
  Clock::duration waited_{};  // for the reader
  std::array<char, 16 << 10> buffer_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_BOUNDED_STREAM_H_
