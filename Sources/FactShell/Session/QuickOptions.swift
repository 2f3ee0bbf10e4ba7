import FactModel

/// Reads well-formed command lines.
///
/// The argument parser of the program is thorough and slow: it takes longer than asking a question.
/// So the plain cases are read here, and whatever is not plain (help, a misspelt option, a missing
/// value) is left to it.
public enum QuickOptions {
  /// The options of a command line without the program's name; nil where it is not plain.
  public static func parse(_ arguments: [String]) -> LaunchOptions? {
    var options = LaunchOptions()
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      guard argument.hasPrefix("-"), argument != "-" else {
        options.files.append(argument)
        continue
      }
      if set(flag: argument, in: &options) { continue }
      var name = argument
      let value: String
      if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
      } else {
        guard index < arguments.count else { return nil }
        value = arguments[index]
        index += 1
      }
      guard set(option: name, to: value, in: &options) else { return nil }
    }
    return options
  }

  private static func set(flag: String, in options: inout LaunchOptions) -> Bool {
    switch flag {
    case "--batch": options.isBatch = true
    case "--keep-going": options.keepsGoing = true
    case "--fail-empty": options.failsOnEmpty = true
    case "--safe": options.isSafe = true
    case "--no-init": options.readsInitFile = false
    case "--quiet": options.isQuiet = true
    case "--read-only": options.isReadOnly = true
    default: return false
    }
    return true
  }

  private static func set(
    option: String, to value: String, in options: inout LaunchOptions
  ) -> Bool {
    switch option {
    case "-c", "--command": options.commands.append(value)
    case "-b", "--base": options.base = value
    case "--run": options.queries.append(value)
    case "--set": options.parameters.append(value)
    case "--today" where !value.hasPrefix("-"): options.today = value
    case "--as-of" where !value.hasPrefix("-"): options.asOf = value
    case "-m", "--mode":
      guard let mode = OutputMode(rawValue: value) else { return false }
      options.mode = mode
    case "--certainty":
      guard let level = Certainty.allCases.first(where: { $0.name == value }) else { return false }
      options.certainty = level
    default: return false
    }
    return true
  }
}
