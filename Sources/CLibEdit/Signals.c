#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "CLibEdit.h"

volatile sig_atomic_t factsh_interrupt_flag = 0;
static volatile sig_atomic_t termination = 0;
static int signal_pipe[2] = {-1, -1};

// Only sets flags and wakes the poll: everything else happens outside the handler.
static void note_signal(int number) {
  int saved = errno;
  if (number == SIGTERM || number == SIGHUP) {
    termination = number;
  }
  if (number == SIGINT || number == SIGTERM || number == SIGHUP) {
    factsh_interrupt_flag = 1;
  }
  unsigned char byte = (unsigned char)number;
  ssize_t ignored = write(signal_pipe[1], &byte, 1);
  (void)ignored;
  errno = saved;
}

void factsh_set_interrupted(bool raised) {
  __atomic_store_n(&factsh_interrupt_flag, raised ? 1 : 0, __ATOMIC_RELAXED);
}

int factsh_termination(void) { return termination; }

bool factsh_catch_signals(void) {
  if (signal_pipe[0] >= 0) {
    return true;
  }
  if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) {
    return false;
  }
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};
  for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
    struct sigaction old;
    // What the parent chose to ignore (nohup) stays ignored.
    if (sigaction(numbers[index], NULL, &old) == 0 && old.sa_handler == SIG_IGN) {
      continue;
    }
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(numbers[index], &action, NULL);
  }
  // A file that grows beyond its limit is an error of the write, not the end of the process.
  signal(SIGXFSZ, SIG_IGN);
  return true;
}

int factsh_signal_descriptor(void) { return signal_pipe[0]; }

int factsh_next_signal(void) {
  unsigned char byte = 0;
  if (signal_pipe[0] < 0 || read(signal_pipe[0], &byte, 1) != 1) {
    return 0;
  }
  return byte;
}

void factsh_stop_group(void) {
  struct sigaction action = {.sa_handler = SIG_DFL}, old;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTSTP, &action, &old);
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &old, NULL);
}
