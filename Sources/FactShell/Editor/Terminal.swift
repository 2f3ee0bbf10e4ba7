import CLibEdit
import Glibc

/// The terminal behind standard input and output.
public enum Terminal {
  /// What ended a wait.
  enum Wakeup: Equatable {
    case input, timeout
    case signal(Int32)
  }

  /// Whether input and output are terminals.
  public static var isInteractive: Bool {
    isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
  }

  /// Whether the terminal can move its cursor, going by `TERM`.
  public static var canEdit: Bool {
    guard isInteractive, let name = Environment.value(of: "TERM") else { return false }
    return !name.isEmpty && name != "dumb" && name != "unknown"
  }

  /// The width and height of the window in cells; 80 × 24 where there is none.
  public static func size() -> (columns: Int, rows: Int) {
    var columns: Int32 = 80
    var rows: Int32 = 24
    _ = factsh_terminal_size(STDOUT_FILENO, &columns, &rows)
    return (Int(columns), Int(rows))
  }

  /// Throws away what was typed but not yet read, so that it does not reach another program.
  public static func flushInput() {
    tcflush(STDIN_FILENO, TCIFLUSH)
  }

  /// Writes all of `bytes` to standard output; gives up silently if it is closed.
  static func write(_ bytes: [UInt8]) {
    var written = 0
    bytes.withUnsafeBytes { all in
      while written < all.count {
        let rest = UnsafeRawBufferPointer(rebasing: all[written...])
        let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count > 0 {
          written += count
        } else if errno == EAGAIN {
          var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
          poll(&descriptor, 1, 1000)
        } else if errno != EINTR {
          return
        }
      }
    }
  }

  /// Waits until `input` can be read, a caught signal arrives, or the time is over; a negative
  /// time never is.
  static func wait(input: Int32, milliseconds: Int32) -> Wakeup {
    while true {
      let signal = factsh_next_signal()
      if signal != 0 { return .signal(signal) }
      var descriptors = [
        pollfd(fd: input, events: Int16(POLLIN), revents: 0),
        pollfd(fd: factsh_signal_descriptor(), events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&descriptors, 2, milliseconds)
      if ready == 0 { return .timeout }
      if ready < 0 {
        if errno == EINTR { continue }
        return .input
      }
      if descriptors[1].revents == 0 { return .input }
    }
  }

  /// Reads what there is and hands it on; false at the end of the input.
  static func read(_ input: Int32, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { space in
      while true {
        let count = Glibc.read(input, space.baseAddress, space.count)
        if count > 0 {
          body(UnsafeRawBufferPointer(rebasing: space[..<count]))
          return true
        }
        if count == 0 || (errno != EINTR && errno != EAGAIN) { return false }
      }
    }
  }
}
