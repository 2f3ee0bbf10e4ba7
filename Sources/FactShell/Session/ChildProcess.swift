// `environ` is a plain variable of C, which the module does not mark as safe to read.
@preconcurrency import Glibc

/// Programs that the shell starts on behalf of its user.
enum ChildProcess {
  /// Runs a line of the user's shell with arguments, on the terminal, and waits for its end.
  ///
  /// Returns the exit status, 128 and the signal's number where one ended it, nil where it could
  /// not be started.
  static func runShell(_ line: String, _ words: [String]) -> Int32? {
    let arguments: [UnsafeMutablePointer<CChar>?] =
      (["sh", "-c", line, "sh"] + words).map { strdup($0) } + [nil]
    defer { for text in arguments { free(text) } }
    var child: pid_t = 0
    guard posix_spawn(&child, "/bin/sh", nil, nil, arguments, environ) == 0 else { return nil }
    return wait(for: child)
  }

  /// Waits for a child; what was typed to interrupt was meant for it.
  static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    Interrupts.reset()
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }
}
