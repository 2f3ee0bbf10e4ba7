import ArgumentParser
import FactShell
import Glibc

if let options = QuickOptions.parse(CommandLine.arguments.dropFirst()) {
  exit(launch(options))
}
let options: Options
do {
  options = try Options.parse()
} catch {
  if Options.exitCode(for: error) == .success {
    print(Options.fullMessage(for: error))
    exit(0)
  }
  // Wrong usage exits 2, so the parser's own way out (status 64) is not taken.
  Launch.reportWrongUsage(Options.message(for: error), hint: "`factsh --help` lists the options")
  exit(2)
}
if options.version {
  print("factsh \(Launch.version)")
  exit(0)
}
if let name = options.unavailable {
  Launch.reportWrongUsage(
    "this version does not have \(name) yet", hint: "`factsh --help` lists the options")
  exit(2)
}
exit(launch(options.launch))

/// Runs the shell; options that make no sense are wrong usage.
func launch(_ options: LaunchOptions) -> Int32 {
  do {
    return try Launch(options).run()
  } catch {
    Launch.reportWrongUsage(error.message, hint: error.hint)
    return SessionStatus.wrongUsage.rawValue
  }
}
