import Glibc
import FactLanguage
import FactModel

/// Writes plans as text, one step a line in the order in which they run.
struct PlanText {
  let base: FactBase
  let variables: [ResolvedVariable]
  /// What the nodes gave when the plan ran, if it did.
  var trace: PlanTrace.Entry?

  /// Whether the time of each node is written too.
  var showsTimes = false

  /// What a node gave and how long it took, to be written after it.
  private func seen(_ path: String) -> String {
    guard let trace else { return "" }
    guard let counter = trace.seen(at: path) else { return ", together with the next" }
    guard showsTimes, let time = trace.nanoseconds(at: path) else {
      return ", \(counter.count) seen"
    }
    return ", \(counter.count) seen, \(PlanText.milliseconds(time)) ms"
  }

  /// The same where nothing stands between.
  private func seenAfter(_ path: String) -> String {
    trace == nil ? "" : "  " + seen(path).dropFirst(2)
  }

  /// Milliseconds with as many digits as mean something.
  static func milliseconds(_ nanoseconds: UInt64) -> String {
    let micros = (nanoseconds &+ 500) / 1_000
    if micros >= 100_000 { return "\(micros / 1_000)" }
    let digits = String(micros % 1_000 + 1_000).dropFirst()
    return "\(micros / 1_000)." + digits.prefix(micros >= 10_000 ? 1 : micros >= 1_000 ? 2 : 3)
  }

  /// The lines of a plan; what stands inside a negation is indented.
  func lines(_ plan: Plan, indent: Int = 0, path: String = "") -> [String] {
    let inputPath = path + "i"
    let margin = String(repeating: "  ", count: indent)
    switch plan {
    case .unit, .outer: return []
    case .join(let input, let scan):
      let isFirst = input == .unit || input == .outer
      var line = margin + (isFirst && input == .unit ? "scan " : "join ") + text(scan.atom)
      switch scan.window {
      case .all: break
      case .delta: line += " [rows of the last round]"
      case .upToRound: line += " [rows so far]"
      case .beforeDelta: line += " [rows before the last round]"
      case .since: line += " [new rows]"
      }
      if let bounds = scan.bounds { line += " by sorted bounds, \(text(bounds.condition))" }
      line +=
        "  ~" + rounded(scan.estimate) + (isFirst && input == .unit ? " rows" : " rows a match")
        + seen(path)
      return lines(input, indent: indent, path: inputPath) + [line]
    case .filter(let input, let conditions):
      return lines(input, indent: indent, path: inputPath)
        + [
          margin + "filter " + conditions.map { text($0) }.joined(separator: ", ") + seenAfter(path)
        ]
    case .compute(let input, let slot, let value):
      return lines(input, indent: indent, path: inputPath) + [
        margin + "compute \(name(slot)) = \(text(value))" + seenAfter(path)
      ]
    case .values(let input, let slot, let list):
      let items = list.map { text($0) }.joined(separator: ", ")
      return lines(input, indent: indent, path: inputPath) + [
        margin + "values \(name(slot)) in [\(items)]" + seenAfter(path)
      ]
    case .integers(let input, let slot, let range):
      return lines(input, indent: indent, path: inputPath) + [
        margin + "integers \(name(slot)) in \(text(range))" + seenAfter(path)
      ]
    case .negate(let input, let bodies):
      var result = lines(input, indent: indent, path: inputPath)
      for (position, body) in bodies.enumerated() {
        result.append(margin + (position == 0 ? "negate" + seenAfter(path) : "or"))
        result += lines(body, indent: indent + 1, path: path + "b\(position)")
      }
      return result
    case .choose(let input, let bodies):
      var result = lines(input, indent: indent, path: inputPath)
      for (position, body) in bodies.enumerated() {
        result.append(margin + (position == 0 ? "choose" + seenAfter(path) : "or"))
        result += lines(body, indent: indent + 1, path: path + "b\(position)")
      }
      return result
    case .optional(let input, let body, _):
      return lines(input, indent: indent, path: inputPath) + [
        margin + "optional" + seenAfter(path)
      ]
        + lines(body, indent: indent + 1, path: path + "b0")
    }
  }

  /// The name of a slot, or a stand-in for what the resolver made.
  func name(_ slot: Slot) -> String { slot < variables.count ? variables[slot].name : "_\(slot)" }

  func text(_ word: Word) -> String { base.values.text(of: word) }

  /// An atom as it would be written, attributes by name where that is shorter.
  func text(_ atom: ResolvedAtom) -> String {
    let (title, attributes) = heading(of: atom.source)
    let arguments = atom.arguments.enumerated().map { column, argument -> String? in
      switch argument {
      case .any: nil
      case .variable(let slot): name(slot)
      case .constant(let word): text(word)
      }
    }
    let isSparse = arguments.contains { $0 == nil }
    let parts = arguments.enumerated().compactMap { column, argument -> String? in
      guard let argument else { return nil }
      guard isSparse, column < attributes.count else { return argument }
      return "\(attributes[column]): \(argument)"
    }
    return title + "(" + parts.joined(separator: ", ")
      + (isSparse ? (parts.isEmpty ? "…" : ", …") : "") + ")"
  }

  /// How a source is called, and the names of its columns.
  func heading(of source: AtomSource) -> (title: String, attributes: [String]) {
    func attributes(_ name: String) -> [String] {
      base.relation(named: name)?.schema.attributes.map(\.name) ?? []
    }
    let qualifiers = ClaimView.Qualifier.allCases.map { "@" + $0.name }
    switch source {
    case .relation(let name): return (name, attributes(name))
    case .denials(let name): return ("-" + name, attributes(name))
    case .claims(let name): return (name, attributes(name) + qualifiers)
    case .denialClaims(let name): return ("-" + name, attributes(name) + qualifiers)
    case .claimCatalogue: return ("claim", ClaimCatalogue.schema.attributes.map(\.name))
    case .file(let file):
      let names = file.columns.map { column in
        switch column.key {
        case .name(let name): name
        case .position(let position): "column \(position + 1)"
        }
      }
      return ("file", names)
    }
  }

  func text(_ condition: Condition) -> String {
    switch condition {
    case .identity(let left, let right, let isEqual):
      return "\(text(left)) \(isEqual ? "=" : "!=") \(text(right))"
    case .comparison(let comparison, let left, let right):
      return "\(text(left)) \(comparison.rawValue) \(text(right))"
    case .constants(let slot, let comparisons):
      return comparisons.map { comparison in
        "\(name(slot)) \(comparison.comparison?.rawValue ?? "in") \(text(comparison.constant))"
      }.joined(separator: " and ")
    case .memberOfList(let value, let list):
      return "\(text(value)) in [\(list.map { text($0) }.joined(separator: ", "))]"
    case .memberOfRange(let value, let range): return "\(text(value)) in \(text(range))"
    case .overlaps(let left, let right): return "\(text(left)) overlaps \(text(right))"
    case .test(let test, let arguments):
      return "\(test.rawValue)(\(arguments.map { text($0) }.joined(separator: ", ")))"
    }
  }

  func text(_ expression: ResolvedExpression) -> String {
    switch expression.kind {
    case .variable(let slot): return name(slot)
    case .constant(let word): return text(word)
    case .call(.negate, let arguments): return "-" + arguments.map { text($0) }.joined()
    case .call(let function, let arguments):
      let parts = arguments.map { text($0) }
      if arguments.count == 2, !function.isFunction {
        return "(\(parts[0]) \(function.name) \(parts[1]))"
      }
      return "\(function.name)(\(parts.joined(separator: ", ")))"
    }
  }

  private func rounded(_ estimate: Double) -> String {
    estimate >= 10 || estimate == 0
      ? "\(Int(min(estimate, 1e15)))" : "\((estimate * 10).rounded() / 10)"
  }
}
