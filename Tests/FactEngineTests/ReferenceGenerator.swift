/// Makes random programs over small domains.
///
/// Every column has a kind, so that most comparisons and sums are of values that go together.
struct ReferenceGenerator {
  enum Kind: CaseIterable { case symbol, number, date }

  struct Shape {
    var name: String
    var kinds: [Kind]
  }

  var random: SplitMix
  /// Whether ranges, vague dates and unknown values occur besides symbols and integers.
  let isMixed: Bool
  /// Whether what is only judged one value at a time is left out: for possible worlds.
  let isForWorlds: Bool
  /// Whether facts are claimed at moments and for periods, retracted and denied, and asked of a
  /// moment or period.
  let isClaimed: Bool
  private(set) var stored: [Shape] = []
  /// Derived relations that are complete below the one being made.
  private var lower: [Shape] = []

  init(seed: UInt64, isMixed: Bool, isForWorlds: Bool = false, isClaimed: Bool = false) {
    self.isClaimed = isClaimed
    random = SplitMix(state: seed)
    self.isMixed = isMixed
    self.isForWorlds = isForWorlds
  }

  // MARK: Values

  mutating func constant(_ kind: Kind, isStated: Bool = false) -> String {
    switch kind {
    case .symbol:
      if isStated, isMixed, random.chance(8) { return "_" }
      return random.pick(["a", "b", "c", "ab"])
    case .number:
      if !isMixed { return "\(random.below(4))" }
      if isStated, random.chance(10) { return "_" }
      return random.pick([
        "0", "1", "2", "3", "4", "1.5", "0..2", "1..3", "2..4", "0..1", "3..", "..2", "-1..1", "~3",
      ])
    case .date:
      if isStated, isMixed, random.chance(8) { return "_" }
      if !isMixed { return "2026-01-0\(1 + random.below(3))" }
      return random.pick([
        "2026-01", "2026-01-05", "2026-01-15", "late 2026-01", "early 2026-01", "2026-02-03",
        "2026-01-10..2026-01-20", "2026-Q1", "~2026-01-15",
      ])
    }
  }

  private mutating func certainty(_ percent: Int) -> String {
    random.chance(percent) ? " @certainty: \(random.pick(["probable", "possible"]))" : ""
  }

  func comma(_ parts: [String]) -> String { parts.joined(separator: ", ") }

  // MARK: Programs

  mutating func program() -> ReferenceProgram {
    var program = ReferenceProgram()
    stored = [
      Shape(name: "edge", kinds: [.symbol, .symbol]),
      Shape(name: "size", kinds: [.symbol, .number]),
      Shape(name: "pair", kinds: [.number, .number]),
      Shape(name: "mark", kinds: [.symbol]),
      Shape(name: "when", kinds: [.symbol, .date, .number]),
    ]
    if isForWorlds, random.chance(70) {
      let most = random.below(2) + 1
      while stored.count > most + 1 { stored.remove(at: random.below(stored.count)) }
    }
    lower = []
    let uncertain = random.pick([0, 20, 50])
    for shape in stored {
      let most = isForWorlds ? 3 : 7
      for _ in 0..<(1 + random.below(most)) {
        let words = shape.kinds.map { constant($0, isStated: true) }
        let fact = "\(shape.name)(\(comma(words)))"
        if isClaimed {
          program.facts += claims(of: fact, shape, uncertain)
        } else {
          program.facts.append("\(fact)\(certainty(uncertain)).")
        }
      }
    }
    if random.chance(25) {
      program.rules += closure()
      lower.append(Shape(name: "path", kinds: [.symbol, .symbol]))
    }
    for layer in 0..<random.below(isForWorlds ? 2 : 4) {
      program.rules += rules(layer)
    }
    if isClaimed { claim(&program) }
    query(&program)
    return program
  }

  /// The names and columns of the derived relations.
  var derived: [Shape] { lower }

  /// A transitive closure, in one of the ways in which it may be written.
  private mutating func closure() -> [ReferenceProgram.Rule] {
    let edge = random.pick([
      "edge(A, B)", "edge(A, B)", "edge(B, A)", "when(A, _, B)", "size(A, B)",
    ])
    func edgeOf(_ from: String, _ to: String) -> String {
      String(edge.map { $0 == "A" ? Character(from) : $0 == "B" ? Character(to) : $0 })
    }
    let step = random.pick([
      ["path(X, Y)", edgeOf("Y", "Z")], [edgeOf("X", "Y"), "path(Y, Z)"],
      ["path(X, Y)", "path(Y, Z)"], ["path(Y, Z)", "path(X, Y)"], ["path(X, Y)", edgeOf("Z", "Y")],
      ["path(X, Y)", edgeOf("Y", "Z"), "Z != a"],
    ])
    return [
      ReferenceProgram.Rule(head: "path(X, Y)", body: [[edgeOf("X", "Y")]]),
      ReferenceProgram.Rule(head: "path(X, Z)", body: [step]),
    ]
  }

  /// The rules of one or two relations that may be mutually recursive.
  private mutating func rules(_ layer: Int) -> [ReferenceProgram.Rule] {
    var shapes: [Shape] = []
    for number in 0..<(1 + random.below(2)) {
      let kinds = (0..<(1 + random.below(2))).map { _ in random.pick([Kind.symbol, .number]) }
      shapes.append(Shape(name: "d\(layer)\(number)", kinds: kinds))
    }
    var rules: [ReferenceProgram.Rule] = []
    for shape in shapes {
      if random.chance(isForWorlds ? 0 : 20), let rule = aggregateRule(shape) {
        rules.append(rule)
        continue
      }
      for number in 0..<(1 + random.below(3)) {
        let isRecursive = number > 0
        let sources = stored + lower + (isRecursive ? shapes + shapes : [])
        var body = Scope()
        conjunction(from: sources, atoms: 1 + random.below(3), &body)
        guard let head = head(shape, body, computes: !isRecursive) else { continue }
        var alternatives = [body.literals]
        if random.chance(15) {
          var other = Scope()
          conjunction(from: sources, atoms: 1 + random.below(2), &other)
          // Both branches have to bind what the head uses.
          let used = body.variables.filter { head.contains($0.name) }.map(\.name)
          if Set(used).isSubset(of: Set(other.variables.map(\.name))) {
            alternatives.append(other.literals)
          }
        }
        rules.append(ReferenceProgram.Rule(head: head, body: alternatives))
      }
    }
    lower += shapes.filter { shape in rules.contains { $0.head.hasPrefix(shape.name + "(") } }
    return rules
  }

  private mutating func head(_ shape: Shape, _ scope: Scope, computes: Bool) -> String? {
    var terms: [String] = []
    for kind in shape.kinds {
      let fitting = scope.variables.filter { $0.kind == kind }.map(\.name)
      if fitting.isEmpty {
        terms.append(kind == .symbol ? random.pick(["a", "b"]) : "\(random.below(3))")
      } else if kind == .number, computes, random.chance(20) {
        terms.append("\(random.pick(fitting)) \(random.pick(["+", "-", "*"])) 2")
      } else {
        terms.append(random.pick(fitting))
      }
    }
    return "\(shape.name)(\(comma(terms)))"
  }

  private mutating func aggregateRule(_ shape: Shape) -> ReferenceProgram.Rule? {
    var body = Scope()
    conjunction(from: stored + lower, atoms: 1 + random.below(2), &body)
    guard shape.kinds.contains(.number) else { return nil }
    var terms: [String] = []
    for kind in shape.kinds {
      let fitting = body.variables.filter { $0.kind == kind }.map(\.name)
      if kind == .number {
        if fitting.isEmpty || random.chance(20) {
          terms.append("count()")
        } else {
          terms.append("\(random.pick(["sum", "min", "max", "count"]))(\(random.pick(fitting)))")
        }
      } else {
        guard let name = fitting.first else { return nil }
        terms.append(name)
      }
    }
    return ReferenceProgram.Rule(
      head: "\(shape.name)(\(comma(terms)))", body: [body.literals])
  }

  // MARK: Bodies

  struct Scope {
    var literals: [String] = []
    var variables: [(name: String, kind: Kind)] = []
    var next = 0
  }

  private mutating func atom(_ shape: Shape, _ scope: inout Scope, isNew: Int = 60) -> String {
    var terms: [String] = []
    for kind in shape.kinds {
      let fitting = scope.variables.filter { $0.kind == kind }.map(\.name)
      if random.chance(12) {
        terms.append(constant(kind))
      } else if random.chance(10) {
        terms.append("_")
      } else if !fitting.isEmpty, !random.chance(isNew) {
        terms.append(random.pick(fitting))
      } else {
        let name = ["X", "Y", "Z", "V", "W", "U", "T", "S", "R"][min(scope.next, 8)]
        if scope.next < 9, !scope.variables.contains(where: { $0.name == name }) {
          scope.next += 1
          scope.variables.append((name, kind))
        }
        let known = scope.variables.first { $0.name == name }
        terms.append(known?.kind == kind ? name : "_")
      }
    }
    return "\(shape.name)(\(comma(terms)))"
  }

  private mutating func conjunction(from sources: [Shape], atoms: Int, _ scope: inout Scope) {
    for number in 0..<atoms {
      scope.literals.append(
        atom(random.pick(sources), &scope, isNew: number == 0 ? 90 : 45))
    }
    for _ in 0..<random.below(3) {
      if let literal = condition(&scope) { scope.literals.append(literal) }
    }
    if !isForWorlds, random.chance(10), let literals = computedKey(from: sources, &scope) {
      scope.literals += literals
    }
    if isClaimed, random.chance(12) {
      scope.literals.append("-" + atom(random.pick(stored), &scope, isNew: 30))
    }
    if random.chance(30) {
      for index in scope.literals.indices.reversed() where index > 0 {
        scope.literals.swapAt(index, random.below(index + 1))
      }
    }
  }

  /// A computation that may fail, and an atom that looks its value up.
  private mutating func computedKey(from sources: [Shape], _ scope: inout Scope) -> [String]? {
    let numbers = scope.variables.filter { $0.kind == .number }.map(\.name)
    let fitting = sources.filter { $0.kinds.contains(.number) }
    guard !numbers.isEmpty, !fitting.isEmpty, scope.next < 9 else { return nil }
    let name = ["X", "Y", "Z", "V", "W", "U", "T", "S", "R"][scope.next]
    scope.next += 1
    scope.variables.append((name, .number))
    let shape = random.pick(fitting)
    var isUsed = false
    let terms = shape.kinds.map { kind -> String in
      if kind == .number, !isUsed || random.chance(30) {
        isUsed = true
        return name
      }
      let known = scope.variables.filter { $0.kind == kind }.map(\.name)
      return known.isEmpty || random.chance(50) ? "_" : random.pick(known)
    }
    let first = random.pick(numbers)
    let value = random.pick(["2 / \(first)", "4 div \(first)", "\(first) + 1", "3 mod \(first)"])
    let atom = "\(shape.name)(\(comma(terms)))"
    return ["\(name) = \(value)", random.chance(25) ? "not \(atom)" : atom]
  }

  private mutating func comparison(_ left: String, _ right: String) -> String {
    let operators = ["<", "<=", ">", ">=", "=", "!="]
    return "\(left) \(random.pick(operators)) \(right)"
  }

  private mutating func condition(_ scope: inout Scope) -> String? {
    guard !scope.variables.isEmpty else { return nil }
    let (name, kind) = random.pick(scope.variables)
    let fitting = scope.variables.filter { $0.kind == kind && $0.name != name }.map(\.name)
    if kind != .symbol, !fitting.isEmpty, random.chance(25) {
      return "\(name) \(random.pick(["overlaps", "overlaps", "in"])) \(random.pick(fitting))"
    }
    switch random.below(isForWorlds ? 10 : 15) {
    case 0, 1:
      return comparison(name, constant(kind))
    case 2:
      return comparison(name, fitting.isEmpty ? constant(kind) : random.pick(fitting))
    case 3:
      let low = random.below(3)
      if kind == .number { return "\(name) in \(low)..\(low + 1 + random.below(2))" }
      if kind == .date { return "\(name) in 2026-01" }
      return "\(name) in [a, b]"
    case 4:
      if kind == .number { return "\(name) in [0, 1, 2..4]" }
      return kind == .date ? "\(name) overlaps late 2026-01" : "\(name) != a"
    case 5, 6, 7:
      return negation(scope)
    case 8 where random.chance(50):
      return "(\(comparison(name, constant(kind))) ; \(comparison(name, constant(kind))))"
    case 8:
      if kind == .number { return "\(name) overlaps \(isMixed ? "1..2" : "1")" }
      return nil
    case 9:
      return "not unknown(\(name))"
    case 10:
      guard kind == .number, scope.next < 9 else { return nil }
      let other = ["X", "Y", "Z", "V", "W", "U", "T", "S", "R"][scope.next]
      scope.next += 1
      scope.variables.append((other, .number))
      let left = fitting.isEmpty ? name : random.pick(fitting)
      return "\(other) = \(left) \(random.pick(["+", "-", "*"])) \(name)"
    case 11, 12, 13:
      let shape = random.pick(stored + lower)
      return "optional \(atom(shape, &scope, isNew: 50))"
    default:
      guard kind == .number else { return nil }
      return "4 / \(name) \(random.pick(["<", ">"])) \(random.below(3))"
    }
  }

  private mutating func negation(_ scope: Scope) -> String {
    let shape = random.pick(stored + lower)
    if random.chance(60) {
      var inner = scope
      inner.next = 9
      return "not \(atom(shape, &inner, isNew: 0))"
    }
    var inner = scope
    let first = atom(shape, &inner, isNew: 30)
    var literals = [first]
    if random.chance(50) { literals.append(atom(random.pick(stored + lower), &inner, isNew: 20)) }
    if let (name, kind) = inner.variables.last, random.chance(60) {
      literals.append(comparison(name, constant(kind)))
    }
    // Locals are told apart from the variables outside by their names.
    let outside = Set(scope.variables.map(\.name))
    var text = comma(literals)
    for (name, _) in inner.variables where !outside.contains(name) {
      text = ReferenceGenerator.renamed(text, name, to: "L\(name)")
    }
    return "not (\(text))"
  }

  private static func renamed(_ text: String, _ name: String, to other: String) -> String {
    var words: [String] = []
    var word = ""
    for character in text {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        words.append(word == name ? other : word)
        words.append(String(character))
        word = ""
      }
    }
    words.append(word == name ? other : word)
    return words.joined()
  }

  // MARK: Queries

  private mutating func query(_ program: inout ReferenceProgram) {
    var scope = Scope()
    let sources = lower.isEmpty ? stored : (random.chance(70) ? lower + stored : stored)
    if lower.contains(where: { $0.name == "path" }), random.chance(50) {
      // A closure by itself, with one end, both or none bound, is what a search may answer.
      let path = Shape(name: "path", kinds: [.symbol, .symbol])
      scope.literals.append(atom(path, &scope, isNew: 95))
      program.query = [scope.literals]
      return
    }
    if let last = lower.last, random.chance(70) {
      scope.literals.append(atom(last, &scope, isNew: 95))
    }
    conjunction(from: sources, atoms: 1 + random.below(2), &scope)
    program.query = [scope.literals]
    if random.chance(12), let extra = condition(&scope), let other = condition(&scope) {
      program.query = [scope.literals + [extra], scope.literals + [other]]
    }
    guard !scope.variables.isEmpty else { return }
    stages(&program, scope)
  }

  private mutating func aggregate(_ scope: Scope) -> String {
    let (name, kind) = random.pick(scope.variables)
    let numbers = scope.variables.filter { $0.kind == .number }.map(\.name)
    switch random.below(isForWorlds ? 7 : 10) {
    case 0: return "count"
    case 1: return "count \(name)"
    case 2: return "count distinct \(name)"
    case 3 where !numbers.isEmpty: return "sum \(random.pick(numbers))"
    case 4 where !numbers.isEmpty: return "avg \(random.pick(numbers))"
    case 5, 6:
      if isForWorlds {
        return numbers.isEmpty
          ? "count" : "\(random.pick(["min", "max"])) \(random.pick(numbers))"
      }
      return "\(random.pick(["min", "max"])) \(name)"
    case 7 where !isForWorlds: return "list \(name)"
    case 8 where !isForWorlds && kind != .symbol:
      return "latest \(random.pick(scope.variables).name) on \(name)"
    default: return "count"
    }
  }

  private mutating func stages(_ program: inout ReferenceProgram, _ scope: Scope) {
    let (name, kind) = random.pick(scope.variables)
    if random.chance(20) { program.stages.append("where \(comparison(name, constant(kind)))") }
    if !isForWorlds, random.chance(8) {
      program.stages.append(
        "where \(comparison(name, constant(kind))) ; \(comparison(name, constant(kind)))")
    }
    if !isForWorlds, !isClaimed, random.chance(15) { sort(&program, name) }
    switch random.below(4) {
    case 0:
      let other = random.pick(scope.variables).name
      program.stages.append(other == name ? "select \(name)" : "select \(name), B = \(other)")
      if !isForWorlds, random.chance(40) {
        program.stages.append(random.pick(["C = count by \(name)", "C = count distinct \(name)"]))
      }
    case 1, 2:
      var made = ["A = \(aggregate(scope))"]
      if random.chance(40) { made.append("B = \(aggregate(scope))") }
      let groups = random.chance(60) ? " by \(name)" : ""
      program.stages.append(comma(made) + groups)
      if random.chance(30) { program.stages.append("where A \(random.pick(["<", ">="])) 2") }
    default:
      if !isForWorlds, !isClaimed, random.chance(30) { sort(&program, name) }
    }
  }

  private mutating func sort(_ program: inout ReferenceProgram, _ name: String) {
    if random.chance(70) { program.stages.append("sort \(name)\(random.pick(["", " desc"]))") }
    if random.chance(50) { program.stages.append("limit \(1 + random.below(4))") }
  }
}
