import CLibEdit

/// The signals of the process.
///
/// While a query runs the terminal is in its ordinary mode, so Ctrl-C raises SIGINT, and whoever
/// computes asks `isRaised` once a batch. The handlers do nothing but set flags.
public enum Interrupts {
  /// Starts to catch SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGCONT. Calling it again does nothing.
  public static func install() {
    _ = factsh_catch_signals()
  }

  /// Whether Ctrl-C was pressed, or the process was asked to end, since the last `reset`.
  ///
  /// - Complexity: One load.
  @inline(__always)
  public static var isRaised: Bool { factsh_interrupted() }

  /// Forgets an interrupt; to be called before a query starts. An order to end stays.
  public static func reset() {
    factsh_set_interrupted(factsh_termination() != 0)
  }

  /// Interrupts what is running, as Ctrl-C does.
  public static func raise() {
    factsh_set_interrupted(true)
  }

  /// The signal that asked the process to end (SIGTERM or SIGHUP), if one did.
  public static var termination: Int32? {
    let signal = factsh_termination()
    return signal == 0 ? nil : signal
  }
}
