import ArgumentParser
import FactShell
import Glibc

/// Reads any command line, with help and with errors that name the nearest option.
enum ThoroughOptions {
  /// The options, nil where help or the version was printed. Wrong usage ends the program with
  /// status 2, so the parser's own way out (status 64) is not taken.
  @inline(never)
  static func parse(_ arguments: [String]) -> LaunchOptions? {
    let hint = "`factsh --help` lists the options"
    do {
      let options = try Options.parse(arguments)
      if options.version {
        print("factsh \(Launch.version)")
        return nil
      }
      return options.launch
    } catch {
      if Options.exitCode(for: error) == .success {
        print(Options.fullMessage(for: error))
        return nil
      }
      Launch.reportWrongUsage(Options.message(for: error), hint: hint)
    }
    exit(SessionStatus.wrongUsage.rawValue)
  }
}
