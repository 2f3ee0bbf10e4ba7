import CLibEdit
import Glibc

/// A program in a pseudo-terminal: keys go in, and what it writes is shown on a `Screen`.
public final class TerminalProcess {
  /// What it shows.
  public private(set) var screen: Screen
  /// Everything it wrote.
  public private(set) var output: [UInt8] = []
  /// Its process.
  public let processID: pid_t
  private let master: Int32
  private var isClosed = false

  /// Starts `arguments` (the first is the path of the program) with nothing but `environment`.
  public init?(
    _ arguments: [String], environment: [String: String], columns: Int = 80, rows: Int = 24,
    width: @escaping (Character) -> Int = { $0.isASCII ? 1 : 2 }
  ) {
    screen = Screen(columns: columns, rows: rows, width: width)
    var argumentPointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    var environmentPointers: [UnsafeMutablePointer<CChar>?] = environment.map {
      strdup("\($0.key)=\($0.value)")
    }
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    argumentPointers.append(nil)
    environmentPointers.append(nil)
    var child: pid_t = 0
    guard let path = arguments.first else { return nil }
    master = factsh_spawn_in_terminal(
      path, argumentPointers, environmentPointers, Int32(columns), Int32(rows), &child)
    processID = child
    if master < 0 { return nil }
  }

  deinit {
    kill(processID, SIGKILL)
    close(master)
    var status: Int32 = 0
    waitpid(processID, &status, 0)
  }

  /// Sends keys.
  public func send(_ keys: String) {
    let bytes = Array(keys.utf8)
    var sent = 0
    while sent < bytes.count {
      // The kernel's buffer is small; a program that echoes must be drained meanwhile.
      let count = bytes.withUnsafeBytes { all in
        write(master, all.baseAddress.map { $0 + sent }, min(all.count - sent, 1_024))
      }
      if count <= 0 { return }
      sent += count
      pump(milliseconds: 0)
    }
  }

  /// Sends a signal to the program.
  public func signal(_ number: Int32) { kill(processID, number) }

  /// Changes the size of the window; the screen starts empty, as after a clear.
  public func resize(columns: Int, rows: Int, width: @escaping (Character) -> Int) {
    screen = Screen(columns: columns, rows: rows, width: width)
    factsh_resize_terminal(master, Int32(columns), Int32(rows))
  }

  /// Waits until `condition` holds for the screen; false if that takes longer than `seconds`.
  public func wait(_ seconds: Double = 5, until condition: (Screen) -> Bool) -> Bool {
    let end = TerminalProcess.now() + seconds
    while true {
      if condition(screen) { return true }
      if TerminalProcess.now() > end { return false }
      pump(milliseconds: 20)
    }
  }

  /// Waits until the screen or what scrolled out of it shows `text`.
  public func wait(for text: String, seconds: Double = 5) -> Bool {
    wait(seconds) { $0.text.contains(text) || $0.scrollback.contains { $0.contains(text) } }
  }

  /// Reads until nothing has come for a moment.
  public func settle(milliseconds: Int32 = 60) {
    while pump(milliseconds: milliseconds) {}
  }

  /// Waits for the end of the program; its exit status, or nil if it does not end in time.
  public func waitForExit(seconds: Double = 5) -> Int32? {
    let end = TerminalProcess.now() + seconds
    var status: Int32 = 0
    while TerminalProcess.now() < end {
      pump(milliseconds: 10)
      if waitpid(processID, &status, WNOHANG) == processID {
        return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
      }
    }
    return nil
  }

  /// Whether the program is stopped, as after Ctrl-Z.
  public func waitForStop(seconds: Double = 5) -> Bool {
    let end = TerminalProcess.now() + seconds
    var status: Int32 = 0
    while TerminalProcess.now() < end {
      pump(milliseconds: 10)
      if waitpid(processID, &status, WNOHANG | WUNTRACED) == processID {
        return status & 0xff == 0x7f
      }
    }
    return false
  }

  /// Whether the terminal turns lines into input and signals, as it does outside the editor.
  public var isCooked: Bool {
    var modes = termios()
    tcgetattr(master, &modes)
    let local = tcflag_t(ICANON | ISIG | ECHO | IEXTEN)
    return modes.c_lflag & local == local && modes.c_iflag & tcflag_t(ICRNL) != 0
  }

  @discardableResult
  private func pump(milliseconds: Int32) -> Bool {
    if isClosed {
      usleep(UInt32(max(milliseconds, 1)) * 1_000)
      return false
    }
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    if poll(&descriptor, 1, milliseconds) <= 0 { return false }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(master, &bytes, bytes.count)
    if count <= 0 {
      isClosed = true
      return false
    }
    output += bytes[..<count]
    screen.feed(Array(bytes[..<count]))
    return true
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
