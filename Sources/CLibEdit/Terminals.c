#define _GNU_SOURCE
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "CLibEdit.h"

bool factsh_terminal_size(int descriptor, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return false;
  }
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

int factsh_spawn_in_terminal(
    const char *path, char *const *arguments, char *const *environment, int columns, int rows,
    pid_t *child) {
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
  int master = -1;
  *child = forkpty(&master, NULL, NULL, &size);
  if (*child < 0) {
    return -1;
  }
  if (*child == 0) {
    execve(path, arguments, environment);
    _exit(127);
  }
  return master;
}

void factsh_resize_terminal(int descriptor, int columns, int rows) {
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};
  ioctl(descriptor, TIOCSWINSZ, &size);
}
