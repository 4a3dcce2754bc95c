// Starts a child that starts another, says both pids, and waits to be killed.
#include <unistd.h>

#include <cstdio>

#include "worker/sandbox/child.h"

int main() {
  auto child = ventral::Child::Start({"/bin/sh", {"-c", "sleep 300 & echo $$ $!; wait"}, {}});
  if (!child.ok()) return 1;
  char line[100];
  const ssize_t got = read(child->from_child(), line, sizeof line - 1);
  if (got <= 0) return 1;
  line[got] = '\0';
  std::printf("%s", line);
  std::fflush(stdout);
  pause();
}
