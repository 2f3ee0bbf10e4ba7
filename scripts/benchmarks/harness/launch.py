"""Starts one program, waits for it and writes what it took: wall clock, processor, peak memory.

A process of its own, since the peak of a child begins at that of its parent, and this one is small.
Arguments: the file for the figures, the limit in seconds, then files for input, output and errors,
then the command.
"""

import os
import signal
import sys
import time

report, limit, given, out, err, *command = sys.argv[1:]
write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
actions = [
    (os.POSIX_SPAWN_OPEN, 0, given, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, out, write, 0o644),
    (os.POSIX_SPAWN_OPEN, 2, err, write, 0o644),
]
begin = time.perf_counter()
child = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
expired = []


def stop(*_):
    expired.append(True)
    os.kill(child, signal.SIGKILL)


signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, float(limit))
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - begin
with open(report, "w", encoding="utf-8") as figures:
    figures.write(
        f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss / 1024} "
        f"{os.waitstatus_to_exitcode(status)} {len(expired)}"
    )
