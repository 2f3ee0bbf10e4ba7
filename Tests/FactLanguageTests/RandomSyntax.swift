import FactModel

@testable import FactLanguage

/// A repeatable source of random numbers.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Random statements of every form, as the parser could have built them.
struct RandomSyntax {
  private var random: SplitMix
  private let here = SourceSpan(0, 0)

  init(seed: UInt64) { random = SplitMix(state: seed) }

  private mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func pick<T>(_ all: [T]) -> T { all[pick(all.count)] }

  private mutating func some<T>(
    _ range: ClosedRange<Int>, _ make: (inout RandomSyntax) -> T
  ) -> [T] {
    let count = Int.random(in: range, using: &random)
    return (0..<count).map { _ in make(&self) }
  }

  private mutating func name() -> String {
    pick(["p", "q", "amazon", "late", "not", "by", "Foo", "odd name", "count", "with", "é", "file"])
  }

  private mutating func value() -> Value {
    let texts = [
      "14k", "-5", "0", "0.25", "-1.5", "1e40", "2026-01-12", "2026-Q1", "late 2026-01",
      "2026-01-12T09:31", "~350k", "1..5", "-5..-2", "5..", "..9%", "14000±500", "..2026-02",
      "late 2026-01..early 2026-02", "~2026-01-20", "-9223372036854775808",
    ]
    if pick(3) == 0 {
      return .symbol(
        pick([
          "a", "Deutsche Bank", "", "today", "x\"\\\n", "日本", "distinct", "not", "1..5", "late",
        ]))
    }
    return ValueReading.value(pick(texts)) ?? .integer(1)
  }

  mutating func expression(_ depth: Int = 3) -> Expression {
    let kind: Expression.Kind
    switch pick(depth > 0 ? 12 : 6) {
    case 0, 1: kind = .variable(pick(["X", "N", "_x", "Ä"]))
    case 2: kind = .wildcard
    case 3, 4: kind = .constant(value())
    case 5: kind = pick(2) == 0 ? .today : .parameter("company")
    case 6: kind = .unary(.minus, expression(depth - 1))
    case 7:
      kind = .call(
        name: pick(["abs", "f", "mod"]), arguments: some(0...2) { $0.expression(depth - 1) })
    default:
      kind = .binary(
        pick(BinaryOperator.allCases), expression(depth - 1), expression(depth - 1))
    }
    // The parser folds a minus into the number that it stands before.
    return Expression(kind, at: here)
  }

  private mutating func qualifier(isOutside: Bool, _ name: String) -> Qualifier {
    let expression = Expression(
      isOutside || pick(2) == 0 ? .constant(value()) : .variable("S"), at: here)
    return Qualifier(name: name, nameSpan: here, value: expression, isOutside: isOutside)
  }

  private mutating func atom(_ depth: Int = 2, isFact: Bool = false, inside: Bool = true) -> Atom {
    var arguments: [Argument] = []
    for _ in 0..<pick(4) {
      let value = isFact ? Expression(.constant(self.value()), at: here) : expression(depth)
      arguments.append(Argument(name: nil, value: value, span: here))
    }
    for attribute in ["begins", "Net worth", "not"] where pick(4) == 0 {
      let value = isFact ? Expression(.constant(self.value()), at: here) : expression(depth)
      arguments.append(Argument(name: attribute, value: value, span: here))
    }
    var qualifiers: [Qualifier] = []
    if inside, pick(4) == 0 { qualifiers.append(qualifier(isOutside: false, "source")) }
    if isFact, pick(3) == 0 { qualifiers.append(qualifier(isOutside: true, "place")) }
    return Atom(
      name: name(), nameSpan: here, arguments: arguments, qualifiers: qualifiers,
      isDenial: pick(6) == 0, span: here)
  }

  private mutating func literal(_ depth: Int = 2) -> Literal {
    switch pick(depth > 0 ? 10 : 6) {
    case 0, 1, 2: return Literal(.atom(atom()), at: here)
    case 3:
      return Literal(
        .comparison(pick(ComparisonOperator.allCases), expression(), expression()), at: here)
    case 4:
      let list = Expression(.list(some(0...3) { $0.expression(1) }), at: here)
      return Literal(.membership(expression(1), pick(2) == 0 ? list : expression(1)), at: here)
    case 5: return Literal(.overlaps(expression(1), expression(1)), at: here)
    case 6: return Literal(.negation(body(depth - 1)), at: here)
    case 7: return Literal(.optional(Literal(.atom(atom()), at: here)), at: here)
    case 8: return Literal(.group(body(depth - 1, isGroup: true)), at: here)
    default:
      let path = Expression(
        pick(2) == 0 ? .constant(.symbol("a/b.csv")) : .parameter("f"), at: here)
      let argument = Argument(name: "col umn", value: expression(1), span: here)
      let file = FileAtom(
        path: path, arguments: [argument], qualifiers: [qualifier(isOutside: false, "format")],
        span: here)
      return Literal(.file(file), at: here)
    }
  }

  private mutating func body(_ depth: Int = 2, isGroup: Bool = false) -> Body {
    Body(
      alternatives: some(1...2) { syntax in syntax.some(1...3) { $0.literal(depth) } }, span: here)
  }

  private mutating func stage() -> Stage {
    let kind: Stage.Kind
    switch pick(7) {
    case 0:
      kind = .select(
        some(1...3) { syntax in
          NamedExpression(
            name: syntax.pick(2) == 0 ? "Share" : nil, value: syntax.expression(1),
            span: syntax.here)
        })
    case 1: kind = .filter(body(1))
    case 2:
      kind = .sort(
        some(1...2) { SortKey(value: $0.expression(1), isDescending: $0.pick(2) == 0) })
    case 3: kind = .limit(expression(1), offset: pick(2) == 0 ? expression(1) : nil)
    case 4: kind = .chart("bar", expression(1))
    case 5: kind = .into(Expression(.constant(.symbol("out.csv")), at: here))
    default:
      kind = .aggregate(
        some(1...3) { syntax in syntax.aggregate() }, by: some(0...2) { $0.expression(1) })
    }
    return Stage(kind, at: here)
  }

  private mutating func aggregate() -> NamedAggregate {
    let function = pick(AggregateFunction.allCases)
    let isPlain = function == .count && pick(2) == 0
    return NamedAggregate(
      name: pick(2) == 0 ? "Total" : nil, function: function,
      isDistinct: function == .count && !isPlain && pick(2) == 0,
      argument: isPlain ? nil : expression(1), key: function == .latest ? expression(1) : nil,
      span: here)
  }

  private mutating func query() -> Query {
    var scope: TimeScope?
    switch pick(6) {
    case 0: scope = TimeScope(.asOf(Expression(.constant(value()), at: here)), at: here)
    case 1: scope = TimeScope(.between(expression(1), expression(1)), at: here)
    case 2:
      let period = ValueReading.value("late 2026-01") ?? .unknown
      scope = TimeScope(.during(Expression(.constant(period), at: here)), at: here)
    default: break
    }
    return Query(scope: scope, body: body(), stages: some(0...2) { $0.stage() }, span: here)
  }

  private mutating func rule(isLoad: Bool = false) -> RuleSyntax {
    var head = atom(2, inside: isLoad)
    head.isDenial = false
    return RuleSyntax(head: head, body: body(), span: here)
  }

  /// One statement, in the form that the parser gives it.
  mutating func statement() -> Statement {
    let kind: Statement.Kind
    switch pick(10) {
    case 0, 1: kind = .fact(atom(isFact: true, inside: false))
    case 2: kind = .retraction(atom(isFact: true))
    case 3, 4: kind = .rule(rule())
    case 5: kind = .ruleRetraction(rule())
    case 6: kind = .constraint(body())
    case 7: kind = .load(rule(isLoad: true))
    case 8:
      kind = .namedQuery(
        NamedQuery(
          name: name(), nameSpan: here, title: pick(2) == 0 ? "What \"is\" it?" : nil,
          parameters: pick(2) == 0
            ? [QueryParameter(name: "company", defaultValue: expression(0))] : [], query: query(),
          text: ""))
    default: kind = .query(query())
    }
    return normalized(Statement(kind, at: here))
  }

  /// Reads the statement back once: the trees that the parser itself builds are what must survive.
  private func normalized(_ statement: Statement) -> Statement {
    let source = SourceText(name: "random", bytes: Array(FactPrinter.text(statement).utf8))
    return parseScript(source).statements.first ?? statement
  }
}
