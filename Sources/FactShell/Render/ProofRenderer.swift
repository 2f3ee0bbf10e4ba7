import FactEngine
import FactLanguage
import FactModel

/// Writes proofs as indented trees: each row, what it follows by, and below it what that rests on.
///
/// Pure, from a proof to lines. What was shown already is only named again; what would stand too
/// far to the right goes on below, under a number.
struct ProofRenderer {
  private let base: FactBase
  fileprivate let width: Int?
  private let style: TerminalStyle
  private var proof = Proof(steps: [])
  private var lines: [String] = []
  /// Steps that were written, or are to be written under a number.
  private var isShown: Set<Int> = []
  private var numbers: [Int: Int] = [:]
  private var waiting: [Int] = []

  init(base: FactBase, width: Int?, usesColour: Bool) {
    self.base = base
    self.width = width
    style = TerminalStyle(usesColour: usesColour)
  }

  /// The lines of one proof. `command` is what lists the other ways.
  mutating func lines(of proof: Proof, allCommand: String? = nil) -> [String] {
    self.proof = proof
    lines = []
    isShown = []
    numbers = [:]
    waiting = []
    write(0, indent: 0, prefix: "", allCommand: allCommand)
    var next = 0
    while next < waiting.count {
      let step = waiting[next]
      next += 1
      lines.append("")
      write(step, indent: 0, prefix: "[\(numbers[step] ?? 0)] ", allCommand: nil)
    }
    return lines
  }

  // MARK: Steps

  /// How far to the right a tree may grow before it goes on below.
  private var deepest: Int { width.map { max($0 / 3, 12) } ?? 40 }

  private mutating func write(_ number: Int, indent: Int, prefix: String, allCommand: String?) {
    let step = proof.steps[number]
    let title = prefix + text(of: step.conclusion)
    let sure = step.certainty == .certain ? "" : step.certainty.name
    switch step.support {
    case .stated(let claims):
      write(claims, of: step, title, sure, indent)
      return writeDenials(step, indent)
    case .claim(let claim):
      write([claim], of: step, title, sure, indent)
      return writeDenials(step, indent)
    case .listed: return put(title, note: "[claim]", indent)
    case .record(let path): return put(title, note: "[record of \(path)]", indent)
    case .instance, .aggregate: break
    }
    if isShown.contains(number), prefix.isEmpty {
      return put(title, note: join(sure, "[shown above]"), indent)
    }
    if indent > deepest {
      if numbers[number] == nil {
        numbers[number] = waiting.count + 1
        waiting.append(number)
      }
      return put(title, note: join(sure, "[\(numbers[number] ?? 0)] below"), indent)
    }
    isShown.insert(number)
    put(title, note: sure, indent)
    writeDenials(step, indent)
    switch step.support {
    case .instance(let instance):
      writeRule(instance.text, instance.bindings, indent)
      writeOthers(step, allCommand, indent)
      write(instance.premises, indent: indent + 2)
    case .aggregate(let aggregation):
      writeRule(aggregation.text, aggregation.text.isEmpty ? [] : aggregation.group, indent)
      writeOthers(step, allCommand, indent)
      write(aggregation, indent: indent + 2)
    default: break
    }
  }

  /// Who denies what a step shows.
  private mutating func writeDenials(_ step: Proof.Step, _ indent: Int) {
    for denial in step.denials {
      let text = AboutCommand.text(of: denial, base)
      put(text.isEmpty ? "denied" : "denied by [\(text)]", indent + 4)
    }
  }

  private mutating func writeRule(_ text: String, _ bindings: [Proof.Binding], _ indent: Int) {
    if text.isEmpty { return }
    put("by " + text, indent + 4)
    if !bindings.isEmpty { put(self.text(of: bindings), indent + 4) }
  }

  private mutating func writeOthers(
    _ step: Proof.Step, _ command: String?, _ indent: Int
  ) {
    guard step.otherWays > 0 else { return }
    let more = step.hasMoreWays ? "at least " : ""
    let ways = step.otherWays == 1 ? "other way" : "other ways"
    var text = "(\(more)\(step.otherWays) \(ways)"
    if let command { text += ", listed by `\(command)`" }
    put(text + ")", indent + 4)
  }

  private mutating func write(_ premises: [Proof.Premise], indent: Int) {
    for premise in premises {
      switch premise {
      case .step(let number): write(number, indent: indent, prefix: "", allCommand: nil)
      case .condition(let condition): write(condition, indent: indent)
      }
    }
  }

  private mutating func write(_ condition: Proof.Condition, indent: Int) {
    let sure = condition.certainty == .certain ? "" : condition.certainty.name
    switch condition.kind {
    case .test, .computed: put(condition.filled, note: sure, indent)
    case .absent, .optional:
      put(
        condition.filled,
        note: join(sure, condition.doubts.isEmpty ? "[nothing found]" : "[nothing certain found]"),
        indent)
      for doubt in condition.doubts {
        write(doubt, indent: indent + 2, prefix: "", allCommand: nil)
      }
    }
  }

  private mutating func write(_ aggregation: Proof.Aggregation, indent: Int) {
    if !aggregation.text.isEmpty { put(text(of: aggregation.results), indent + 2) }
    let shown = aggregation.inputs.count
    let inputs = aggregation.inputCount == 1 ? "match" : "matches"
    var title = "from \(Readable.count(aggregation.inputCount)) \(inputs)"
    if shown < aggregation.inputCount { title += ", the first \(shown) of which are" }
    put(title, indent)
    for input in aggregation.inputs {
      switch input {
      case .row(let number): write(number, indent: indent + 2, prefix: "", allCommand: nil)
      case .match(let instance):
        if instance.premises.count == 1 {
          write(instance.premises, indent: indent + 2)
        } else {
          let sure = instance.certainty == .certain ? "" : instance.certainty.name
          put("- " + text(of: instance.bindings), note: sure, indent + 2)
          write(instance.premises, indent: indent + 4)
        }
      }
    }
  }

  private mutating func write(
    _ claims: [Claim], of step: Proof.Step, _ title: String, _ sure: String, _ indent: Int
  ) {
    let texts = claims.map { AboutCommand.text(of: $0, base) }
    let isDenial =
      if case .atom(let atom) = step.conclusion, case .denials = atom.source { true } else { false }
    let plain = isDenial ? "[denied]" : "[stated]"
    if texts.count <= 1 {
      let text = texts.first ?? ""
      return put(title, note: text.isEmpty ? join(sure, plain) : "[\(text)]", indent)
    }
    put(title, note: sure, indent)
    for text in texts { put(text.isEmpty ? plain : "[\(text)]", indent + 4) }
  }

  // MARK: Lines

  private func join(_ left: String, _ right: String) -> String {
    left.isEmpty ? right : left + " " + right
  }

  /// A line with a note behind it, or under it where it would not fit.
  private mutating func put(_ text: String, note: String = "", _ indent: Int) {
    let text = SafeText.escaped(text)
    if note.isEmpty {
      lines += wrapped(text, indent)
      return
    }
    let note = SafeText.escaped(note)
    let whole = DisplayWidth.of(text) + DisplayWidth.of(note) + 3 + indent
    if whole <= width ?? Int.max {
      lines.append(String(repeating: " ", count: indent) + text + "   " + style.faint(note))
      return
    }
    lines += wrapped(text, indent)
    lines += wrapped(note, indent + 6).map { style.faint($0) }
  }

  private func wrapped(_ text: String, _ indent: Int) -> [String] {
    LineWrapping.wrap(text, width: width, indent: indent, hanging: indent + 4)
  }

  private func text(of conclusion: Proof.Conclusion) -> String {
    switch conclusion {
    case .atom(let atom): return atom.text
    case .row(let bindings): return bindings.isEmpty ? "yes" : text(of: bindings)
    }
  }

  fileprivate func text(of bindings: [Proof.Binding]) -> String {
    bindings.map { binding in
      let style = binding.isPercent ? TextStyle.language.inPercent : .language
      return "\(binding.name) = \(base.values.text(of: binding.word, style: style))"
    }.joined(separator: ", ")
  }
}

extension ProofRenderer {
  /// The lines of why an atom does not hold.
  func lines(of why: WhyNot) -> [String] {
    var lines: [String] = []
    func put(_ text: String, _ indent: Int) {
      lines += LineWrapping.wrap(
        SafeText.escaped(text), width: width, indent: indent, hanging: indent + 4)
    }
    if let truth = why.truth {
      let sure = truth == .certain ? "" : " (\(truth.name))"
      put("\(why.atom) holds\(sure); ask for it, then `.why 1` says why", 0)
      return lines
    }
    put("\(why.atom) does not hold", 0)
    for line in why.stated { put(line, 2) }
    for failure in why.rules {
      put("by " + failure.rule, 2)
      if !failure.bindings.isEmpty { put("with " + text(of: failure.bindings), 4) }
      put("fails at \(failure.literal)", 4)
      for reason in failure.reasons { put(reason, 6) }
    }
    return lines
  }
}

/// Breaks long lines at spaces.
enum LineWrapping {
  /// The text in lines of at most `width` cells, those after the first further to the right. A
  /// word that is longer than a line is cut.
  static func wrap(_ text: String, width: Int?, indent: Int, hanging: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    guard let width, DisplayWidth.of(text) + indent > width else { return [margin + text] }
    var lines: [String] = []
    var line = margin
    var used = indent
    var isEmpty = true
    func room() -> Int { max(width - used, 1) }
    func begin() {
      while line.last == " ", line.count > indent { line.removeLast() }
      lines.append(line)
      used = min(hanging, max(width - 10, 0))
      line = String(repeating: " ", count: used)
      isEmpty = true
    }
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var rest = String(word)
      let cells = DisplayWidth.of(rest)
      if !isEmpty {
        if cells + 1 <= room() {
          line += " " + rest
          used += cells + 1
          continue
        }
        begin()
      }
      while DisplayWidth.of(rest) > room() {
        var part = ""
        var taken = 0
        while let first = rest.first, taken + DisplayWidth.of(first) <= room() || part.isEmpty {
          part.append(first)
          taken += DisplayWidth.of(first)
          rest.removeFirst()
        }
        line += part
        begin()
      }
      line += rest
      used += DisplayWidth.of(rest)
      isEmpty = false
    }
    lines.append(line)
    return lines
  }
}
