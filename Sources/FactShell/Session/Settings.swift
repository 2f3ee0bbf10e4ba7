import FactEngine
import FactModel

/// What a session remembers about how it shows and does things.
public struct SessionSettings: Sendable {
  /// When how long a query took is shown.
  public enum Timer: String, Sendable, CaseIterable {
    /// In the footer of tables on a terminal.
    case auto
    /// Also in scripts, as a notice.
    case on
    case off
  }

  /// The keys to edit with at the prompt; nil leaves the choice to `~/.editrc`, else emacs.
  public var keys: LineEditor.Mode?
  /// How answers are printed.
  public var mode = OutputMode.table
  /// The rows shown of a long table on a terminal; nil shows all.
  public var maximumRows: Int? = 40
  /// The columns that tables and trees may take; nil is the window, and without one no limit.
  public var width: Int?
  /// Whether what is longer than the window goes through a pager.
  public var usesPager = true
  /// Answers less sure than this are left out.
  public var leastCertainty = Certainty.possible
  /// When it is shown how long a query took.
  public var timer = Timer.auto
  /// Significant digits of fractions on a terminal; nil shows all.
  public var digits: Int? = 6
  /// When answers have a column `certainty`.
  public var certaintyColumn = CertaintyColumn.auto

  /// What a session starts with.
  public init() {}
}

/// One setting: how it is listed, read, written and completed. `.set` is made from a table of these.
struct Setting: Sendable {
  /// What values it takes; completion offers the words.
  enum Kind: Sendable {
    case choice([String])
    /// A number in a range, or one of the words.
    case number(ClosedRange<Int>, words: [String])
    /// Free text, described for messages.
    case text(String)

    var words: [String] {
      switch self {
      case .choice(let words), .number(_, let words): words
      case .text: []
      }
    }

    var description: String {
      switch self {
      case .choice(let words): words.joined(separator: ", ")
      case .number(let range, let words):
        (["a number from \(range.lowerBound) to \(range.upperBound)"] + words)
          .joined(separator: " or ")
      case .text(let description): description
      }
    }
  }

  let name: String
  let summary: String
  let kind: Kind
  let get: @Sendable (Session) -> String
  /// Takes a value that `kind` has let through.
  let set: @Sendable (Session, String) throws(SessionFailure) -> Void

  /// Checks a value against the kind, then takes it. Words may be shortened to any unambiguous
  /// beginning.
  func assign(_ text: String, in session: Session) throws(SessionFailure) {
    switch kind {
    case .text: return try set(session, text)
    case .number(let range, _):
      if let number = Int(text) {
        guard range.contains(number) else { throw wrongValue(text) }
        return try set(session, String(number))
      }
    case .choice: break
    }
    if kind.words.contains(text) { return try set(session, text) }
    let matches = kind.words.filter { $0.hasPrefix(text.lowercased()) }
    guard matches.count == 1, let word = matches.first else { throw wrongValue(text) }
    try set(session, word)
  }

  private func wrongValue(_ text: String) -> SessionFailure {
    SessionFailure(
      "`\(SafeText.escaped(text))` is no value of `\(name)`",
      hint: Nearest.hint(for: text, among: kind.words) ?? "it takes \(kind.description)")
  }
}

extension Setting {
  /// All settings in the order in which they are listed.
  static let all: [Setting] = [
    Setting(
      name: "mode", summary: "how answers are printed",
      kind: .choice(OutputMode.allCases.map(\.rawValue)),
      get: { $0.settings.mode.rawValue },
      set: { session, text in
        if let mode = OutputMode(rawValue: text) { session.settings.mode = mode }
      }),
    Setting(
      name: "maxrows", summary: "rows shown of a long table on a terminal",
      kind: .number(0...1_000_000, words: ["all"]),
      get: { $0.settings.maximumRows.map(String.init) ?? "all" },
      set: { session, text in
        session.settings.maximumRows = Int(text).flatMap { $0 == 0 ? nil : $0 }
      }),
    Setting(
      name: "width", summary: "columns that tables and trees may take",
      kind: .number(20...1000, words: ["auto"]),
      get: { $0.settings.width.map(String.init) ?? "auto" },
      set: { session, text in session.settings.width = Int(text) }),
    Setting(
      name: "digits", summary: "significant digits of fractions on a terminal",
      kind: .number(1...16, words: ["all"]),
      get: { $0.settings.digits.map(String.init) ?? "all" },
      set: { session, text in session.settings.digits = Int(text) }),
    Setting(
      name: "certainty-column", summary: "when answers have a column `certainty`",
      kind: .choice(CertaintyColumn.allCases.map(\.rawValue)),
      get: { $0.settings.certaintyColumn.rawValue },
      set: { session, text in
        if let value = CertaintyColumn(rawValue: text) { session.settings.certaintyColumn = value }
      }),
    Setting(
      name: "pager", summary: "whether what is longer than the window goes through a pager",
      kind: .choice(["on", "off", "auto"]),
      get: { $0.settings.usesPager && !$0.isSafe ? "auto" : "off" },
      set: { session, text throws(SessionFailure) in
        if session.isSafe, text != "off" { throw SessionFailure.unsafe("the pager") }
        session.settings.usesPager = text != "off"
      }),
    Setting(
      name: "timer", summary: "when it is shown how long a query took",
      kind: .choice(SessionSettings.Timer.allCases.map(\.rawValue)),
      get: { $0.settings.timer.rawValue },
      set: { session, text in
        if let timer = SessionSettings.Timer(rawValue: text) { session.settings.timer = timer }
      }),
    Setting(
      name: "keys", summary: "the keys to edit with; auto is what ~/.editrc says",
      kind: .choice(LineEditor.Mode.allCases.map(\.rawValue) + ["auto"]),
      get: { $0.settings.keys?.rawValue ?? "auto" },
      set: { session, text in session.settings.keys = LineEditor.Mode(rawValue: text) }),
    Setting(
      name: "bad-rows", summary: "what a row of a file that does not fit does to `load`",
      kind: .choice(["stop", "skip"]),
      get: { $0.engine.settings.skipsBadRows ? "skip" : "stop" },
      set: { session, text in session.engine.settings.skipsBadRows = text == "skip" }),
    Setting(
      name: "certainty", summary: "answers less sure than this are left out",
      kind: .choice(["certain", "probable", "possible"]),
      get: { $0.settings.leastCertainty.name },
      set: { session, text in
        let level = Certainty.allCases.first { $0.name == text }
        session.settings.leastCertainty = level ?? .possible
        session.engine.settings.leastCertainty = level ?? .possible
      }),
    Setting(
      name: "time-limit", summary: "time that one statement may take",
      kind: .text("a duration such as 30s or 5min, or off"),
      get: { $0.engine.settings.timeLimit.map { Limits.text(seconds: $0) } ?? "off" },
      set: { session, text throws(SessionFailure) in
        session.engine.settings.timeLimit = try Limits.seconds(text)
      }),
    Setting(
      name: "memory-limit", summary: "memory that tables and sets may take",
      kind: .text("a size such as 500M or 4G, or off"),
      get: { $0.engine.settings.memoryLimit.map { Readable.bytes($0) } ?? "off" },
      set: { session, text throws(SessionFailure) in
        session.engine.settings.memoryLimit = try Limits.bytes(text)
      }),
  ]

  static func named(_ name: String) -> Setting? { all.first { $0.name == name } }

  /// The setting of that name or of that beginning.
  static func find(_ name: String) throws(SessionFailure) -> Setting {
    let folded = name.lowercased()
    if let exact = named(folded) { return exact }
    let matches = all.filter { $0.name.hasPrefix(folded) }
    if matches.count == 1 { return matches[0] }
    if matches.count > 1 {
      throw SessionFailure(
        "`\(SafeText.escaped(name))` is the beginning of several settings",
        hint: "they are " + matches.map(\.name).joined(separator: ", "))
    }
    throw SessionFailure(
      "there is no setting `\(SafeText.escaped(name))`",
      hint: Nearest.hint(for: folded, among: all.map(\.name)) ?? "`.set` lists them all")
  }
}

/// Limits as they are typed and shown.
enum Limits {
  static func text(seconds: Double) -> String { Scalar(seconds).map { "\($0.text)s" } ?? "off" }

  /// Seconds of `30`, `30s`, `500ms`, `5min`, `2h`, `off` (nil).
  static func seconds(_ text: String) throws(SessionFailure) -> Double? {
    let folded = text.lowercased()
    if folded == "off" { return nil }
    let units: [(String, Double)] = [
      ("ms", 0.001), ("min", 60), ("m", 60), ("h", 3600), ("s", 1), ("", 1),
    ]
    for (unit, factor) in units where folded.hasSuffix(unit) {
      guard let number = Double(folded.dropLast(unit.count)) else { continue }
      guard number > 0, number * factor < 1e9 else { break }
      return number * factor
    }
    throw SessionFailure(
      "`\(SafeText.escaped(text))` is no duration",
      hint: "write a duration such as 30s or 5min, or off")
  }

  /// Bytes of `500M`, `4G`, `off` (nil).
  static func bytes(_ text: String) throws(SessionFailure) -> Int? {
    var digits = text.uppercased()
    if digits == "OFF" { return nil }
    if digits.hasSuffix("B") { digits.removeLast() }
    var factor = 1
    let units: [Character: Int] = ["K": 1000, "M": 1_000_000, "G": 1_000_000_000]
    if let last = digits.last, let unit = units[last] {
      factor = unit
      digits.removeLast()
    }
    guard let number = Double(digits), number > 0, number * Double(factor) < 1e15 else {
      throw SessionFailure(
        "`\(SafeText.escaped(text))` is no size", hint: "write a size such as 500M or 4G, or off")
    }
    let bytes = Int(number * Double(factor))
    guard bytes >= 1_000_000 else {
      throw SessionFailure("a limit under 1M leaves no room for anything", hint: "try 500M")
    }
    return bytes
  }
}
