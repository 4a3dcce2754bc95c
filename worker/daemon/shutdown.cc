#include "worker/daemon/shutdown.h"

#include <poll.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ventral {

Result<Shutdown> Shutdown::Make() {
  sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGTERM);
  sigaddset(&ours, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  Descriptor signals(signalfd(-1, &ours, SFD_CLOEXEC));
  Descriptor over(eventfd(0, EFD_CLOEXEC));
  if (signals.get() < 0 || over.get() < 0) {
    return Unavailable("no descriptor for signals", std::strerror(errno));
  }
  return Shutdown(std::move(signals), std::move(over));
}

Shutdown::Event Shutdown::Wait(int milliseconds) {
  std::array<pollfd, 2> waiting = {pollfd{signals_.get(), POLLIN, 0},
                                   pollfd{over_.get(), POLLIN, 0}};
  int ready = 0;
  while ((ready = poll(waiting.data(), waiting.size(), milliseconds)) < 0 && errno == EINTR) {
  }
  if (ready <= 0) return Event::kTimeout;
  if (waiting[1].revents != 0) return Event::kOver;
  signalfd_siginfo info{};
  [[maybe_unused]] const ssize_t taken = read(signals_.get(), &info, sizeof info);
  return Event::kSignal;
}

void Shutdown::Serve(std::chrono::seconds patience) {
  if (Wait(-1) == Event::kOver) return;
  spdlog::info("shutting down: no more leases, a running job is handed back in {} s",
               patience.count());
  drain_.request_stop();
  const auto milliseconds = std::chrono::milliseconds(patience).count();
  if (patience.count() > 0 && Wait(static_cast<int>(milliseconds)) == Event::kOver) return;
  hand_back_.request_stop();
}

void Shutdown::WorkIsOver() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t told = write(over_.get(), &one, sizeof one);
}

}  // namespace ventral
