import FactShell
import Glibc

// The argument parser is touched only where a command line is not plain: its types alone cost time
// at start.
var arguments = CommandLine.arguments
if !arguments.isEmpty { arguments.removeFirst() }
guard let options = QuickOptions.parse(arguments) ?? ThoroughOptions.parse(arguments) else {
  exit(0)
}
do {
  exit(try Launch(options).run())
} catch {
  Launch.reportWrongUsage(error.message, hint: error.hint)
  exit(SessionStatus.wrongUsage.rawValue)
}
