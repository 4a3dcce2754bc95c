#include "server/http/bounded_stream.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "server/http/peers.h"

namespace ventral::http {
namespace {

constexpr std::size_t kTlsRecord = 16 << 10;

// What poll says within `wait`; 0 where that passed.
short Poll(int socket, short events, std::chrono::milliseconds wait) {
  pollfd asked{socket, events, 0};
  const int count = poll(&asked, 1, static_cast<int>(wait.count()));
  return count > 0 ? asked.revents : 0;
}

bool MustWait() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

BoundedStream::BoundedStream(int socket, SSL* tls, const StreamLimits& limits)
    : socket_(socket), tls_(tls), limits_(limits) {
  fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

ssize_t BoundedStream::Break() {
  broken_ = true;
  return -1;
}

bool BoundedStream::Await(Clock::time_point until) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    if (Poll(socket_, wanted_, std::min(left, std::chrono::milliseconds(60'000))) != 0) return true;
  }
}

// OpenSSL's own wishes: a write may wait for a read, and a read for a write.
ssize_t BoundedStream::ByTls(int result) {
  wanted_ = 0;
  if (result > 0) return result;
  const int why = SSL_get_error(tls_, result);
  if (why == SSL_ERROR_ZERO_RETURN) return 0;
  if (why == SSL_ERROR_WANT_READ) wanted_ = POLLIN;
  if (why == SSL_ERROR_WANT_WRITE) wanted_ = POLLOUT;
  return wanted_ != 0 ? -1 : Break();
}

ssize_t BoundedStream::Receive() {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return ByTls(SSL_read(tls_, buffer_.data(), static_cast<int>(buffer_.size())));
  }
  const ssize_t size = recv(socket_, buffer_.data(), buffer_.size(), 0);
  wanted_ = size < 0 && MustWait() ? POLLIN : 0;
  return size >= 0 || wanted_ != 0 ? size : Break();
}

ssize_t BoundedStream::Send(const char* bytes, std::size_t size) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return ByTls(SSL_write(tls_, bytes, static_cast<int>(std::min(size, kTlsRecord))));
  }
  const ssize_t taken = send(socket_, bytes, size, MSG_NOSIGNAL);
  wanted_ = taken < 0 && MustWait() ? POLLOUT : 0;
  return taken >= 0 || wanted_ != 0 ? taken : Break();
}

bool BoundedStream::Handshake() {
  for (;;) {
    ERR_clear_error();
    if (ByTls(SSL_accept(tls_)) > 0) return true;
    if (broken_ || wanted_ == 0 || !Await(begun_ + limits_.longest_head)) {
      broken_ = true;
      return false;
    }
  }
}

ssize_t BoundedStream::Fill() {
  const auto whole = head_is_read_ ? limits_.longest_request : limits_.longest_head;
  const auto until = std::min(begun_ + whole, Clock::now() + limits_.read_stall);
  for (;;) {
    if (Clock::now() >= begun_ + whole) return -1;
    const ssize_t size = Receive();
    if (size >= 0) {
      begin_ = 0;
      end_ = static_cast<std::size_t>(size);
      return size;
    }
    if (broken_ || !Await(until)) return -1;
  }
}

ssize_t BoundedStream::read(char* into, std::size_t size) {
  const std::size_t most = head_is_read_ ? limits_.all : limits_.head;
  if (broken_ || read_ >= most || line_ >= limits_.head) return -1;
  if (begin_ == end_) {
    if (const ssize_t came = Fill(); came <= 0) return came;
  }
  const std::size_t count = std::min({size, end_ - begin_, most - read_});
  std::copy_n(buffer_.data() + begin_, count, into);
  begin_ += count;
  read_ += count;
  line_ = count == 1 && *into != '\n' ? line_ + 1 : 0;
  return static_cast<ssize_t>(count);
}

bool BoundedStream::AwaitReader(Clock::time_point stalled) {
  const auto begun = Clock::now();
  const std::chrono::milliseconds earned(1000 * written_ / limits_.slowest_reader);
  const bool taken = Await(std::min(stalled, begun + limits_.write_stall + earned - waited_));
  waited_ += Clock::now() - begun;
  return taken;
}

ssize_t BoundedStream::write(const char* bytes, std::size_t size) {
  auto stalled = Clock::now() + limits_.write_stall;
  for (std::size_t done = 0; done < size;) {
    if (broken_) return -1;
    const ssize_t taken = Send(bytes + done, size - done);
    if (taken > 0) {
      done += static_cast<std::size_t>(taken);
      written_ += static_cast<std::size_t>(taken);
      stalled = Clock::now() + limits_.write_stall;
    } else if (broken_ || wanted_ == 0 || !AwaitReader(stalled)) {
      return Break();
    }
  }
  return static_cast<ssize_t>(size);
}

// Of TLS; it waits behind the answer, without which its reader could not tell the end from a cut.
void BoundedStream::SayEnd() {
  const auto stalled = Clock::now() + limits_.write_stall;
  do {
    ERR_clear_error();
    const int result = SSL_shutdown(tls_);
    if (result >= 0) return;
    ByTls(result);
  } while (wanted_ == POLLOUT && AwaitReader(stalled));
}

void BoundedStream::Finish() {
  if (broken_) return;
  if (tls_ != nullptr) SayEnd();
  shutdown(socket_, SHUT_WR);
  const auto until = Clock::now() + limits_.linger;
  wanted_ = POLLIN;
  for (std::size_t count = 0; count < limits_.all && Await(until);) {
    const ssize_t size = recv(socket_, buffer_.data(), buffer_.size(), 0);
    if (size == 0 || (size < 0 && !MustWait())) return;
    count += static_cast<std::size_t>(std::max<ssize_t>(size, 0));
  }
}

bool BoundedStream::is_readable() const {
  return begin_ < end_ || Poll(socket_, POLLIN, std::chrono::milliseconds(0)) != 0;
}

bool BoundedStream::is_writable() const {
  return !broken_ && Poll(socket_, POLLRDHUP, std::chrono::milliseconds(0)) == 0;
}

void BoundedStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  const Address address = RemoteAddress(socket_);
  ip = address.host;
  port = address.port;
}

void BoundedStream::get_local_ip_and_port(std::string& ip, int& port) const {
  const Address address = LocalAddress(socket_);
  ip = address.host;
  port = address.port;
}

}  // namespace ventral::http
