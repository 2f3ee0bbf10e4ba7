// Makes writes to files fail, for `scripts/faults`: built as a shared library and preloaded.
//
// Calls that write to files are counted, in a file that outlives the process; the one of the number
// FAULT_AT fails with FAULT_ERROR (`once`), it and all that follow do (`from`), it writes half of
// its bytes (`short`), or it is the last thing that the process does, half done (`kill`).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile long *counter;
static long fault_at = -1;
static int fault_error = EIO;
static enum { ONCE, FROM, SHORT, KILL } mode = ONCE;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("FAULT_COUNT"), *at = getenv("FAULT_AT");
  const char *error = getenv("FAULT_ERROR"), *kind = getenv("FAULT_MODE");
  if (!path) return;
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) _exit(99);
  void *map = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (map == MAP_FAILED) _exit(99);
  close(file);
  counter = map;
  if (at) fault_at = atol(at);
  if (error) fault_error = atoi(error);
  if (kind && !strcmp(kind, "from")) mode = FROM;
  if (kind && !strcmp(kind, "short")) mode = SHORT;
  if (kind && !strcmp(kind, "kill")) mode = KILL;
}

enum verdict { PASS, FAIL, HALF };

// Counts a call that writes to a file; what is to become of it.
static enum verdict judge(int file) {
  struct stat information;
  if (!counter || file >= 0 && file <= 2) return PASS;
  if (file > 2 && (fstat(file, &information) || !S_ISREG(information.st_mode))) return PASS;
  long number = ++*counter;
  if (number < fault_at || fault_at < 0 || (number > fault_at && mode != FROM)) return PASS;
  if (mode == SHORT || mode == KILL) return HALF;
  errno = fault_error;
  return FAIL;
}

static void end(void) {
  if (mode == KILL) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t count) {
  enum verdict verdict = judge(file);
  if (verdict == FAIL) return -1;
  if (verdict == PASS) return REAL(write)(file, bytes, count);
  ssize_t done = REAL(write)(file, bytes, count / 2);
  end();
  return done;
}

static ssize_t write_at(int file, const void *bytes, size_t count, off_t place) {
  enum verdict verdict = judge(file);
  if (verdict == FAIL) return -1;
  if (verdict == PASS) return REAL(pwrite)(file, bytes, count, place);
  ssize_t done = REAL(pwrite)(file, bytes, count / 2, place);
  end();
  return done;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  return write_at(file, bytes, count, place);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  return write_at(file, bytes, count, place);
}

static ssize_t write_parts(int file, const struct iovec *parts, int count, off_t place) {
  enum verdict verdict = judge(file);
  if (verdict == FAIL) return -1;
  int part = verdict == PASS ? count : count / 2;
  ssize_t done;
  if (verdict == HALF && count == 1) {
    struct iovec half = {parts[0].iov_base, parts[0].iov_len / 2};
    done = place < 0 ? REAL(writev)(file, &half, 1) : REAL(pwritev)(file, &half, 1, place);
  } else {
    done = place < 0 ? REAL(writev)(file, parts, part) : REAL(pwritev)(file, parts, part, place);
  }
  if (verdict == HALF) end();
  return done;
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  return write_parts(file, parts, count, -1);
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place) {
  return write_parts(file, parts, count, place);
}

ssize_t pwritev64(int file, const struct iovec *parts, int count, off64_t place) {
  return write_parts(file, parts, count, place);
}

// What cannot be done by half is not done; only failing and ending are faults of these.
static int refuses(int file) {
  enum verdict verdict = judge(file);
  if (verdict == HALF) end();
  return verdict == FAIL;
}

int fsync(int file) { return refuses(file) ? -1 : REAL(fsync)(file); }

int fdatasync(int file) { return refuses(file) ? -1 : REAL(fdatasync)(file); }

int ftruncate(int file, off_t size) { return refuses(file) ? -1 : REAL(ftruncate)(file, size); }

int ftruncate64(int file, off64_t size) { return refuses(file) ? -1 : REAL(ftruncate64)(file, size); }

int rename(const char *from, const char *to) { return refuses(-1) ? -1 : REAL(rename)(from, to); }

int msync(void *start, size_t length, int flags) {
  return refuses(-1) ? -1 : REAL(msync)(start, length, flags);
}

static int opens(int flags, const char *path) {
  return (flags & O_CREAT) && access(path, F_OK) && refuses(-1);
}

int open(const char *path, int flags, ...) {
  if (opens(flags, path)) return -1;
  __builtin_va_list list;
  __builtin_va_start(list, flags);
  int permissions = flags & O_CREAT ? __builtin_va_arg(list, int) : 0;
  __builtin_va_end(list);
  return REAL(open)(path, flags, permissions);
}

int open64(const char *path, int flags, ...) {
  if (opens(flags, path)) return -1;
  __builtin_va_list list;
  __builtin_va_start(list, flags);
  int permissions = flags & O_CREAT ? __builtin_va_arg(list, int) : 0;
  __builtin_va_end(list);
  return REAL(open64)(path, flags, permissions);
}
