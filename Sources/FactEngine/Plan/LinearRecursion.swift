import FactModel

/// A stratum that is the transitive closure of one binary relation, however it is written.
///
/// Recognised are `p(X, Y) :- e(X, Y).` with any of `p(X, Z) :- p(X, Y), e(Y, Z).`,
/// `… :- e(X, Y), p(Y, Z).` and `… :- p(X, Y), p(Y, Z).`, where `e` is an atom of any source with
/// two variables of interest; its other arguments may be constants or left open. Nothing cleverer:
/// whatever else a rule says leaves the stratum to the general fixpoint.
struct LinearRecursion {
  /// The atom whose pairs are the edges.
  var edge: ResolvedAtom
  /// The columns of the atom that hold source and target.
  var columns: (source: Int, target: Int)

  /// Recognises the rules of a stratum of one relation; nil where they are anything else.
  init?(relation: String, rules: [ResolvedRule]) {
    var edges: [(atom: ResolvedAtom, source: Int, target: Int)] = []
    var hasRecursion = false
    for rule in rules {
      guard rule.relation == relation, rule.head.count == 2, let from = rule.headSlot(0),
        let to = rule.headSlot(1), from != to
      else { return nil }
      for literals in rule.body.alternatives {
        var own: [(Slot, Slot)] = []
        var others: [ResolvedAtom] = []
        for literal in literals {
          guard case .atom(let atom) = literal.kind else { return nil }
          if atom.source == .relation(relation) {
            guard case .variable(let left) = atom.arguments[0],
              case .variable(let right) = atom.arguments[1], left != right
            else { return nil }
            own.append((left, right))
          } else {
            others.append(atom)
          }
        }
        switch (own.count, others.count) {
        case (0, 1):
          guard let edge = LinearRecursion.edge(others[0], from, to) else { return nil }
          edges.append(edge)
        case (1, 1):
          hasRecursion = true
          let (left, right) = own[0]
          // p(X, Y), e(Y, Z) or e(X, Y), p(Y, Z)
          let ends: (Slot, Slot)
          if left == from, right != to {
            ends = (right, to)
          } else if right == to, left != from {
            ends = (from, left)
          } else {
            return nil
          }
          guard let edge = LinearRecursion.edge(others[0], ends.0, ends.1) else { return nil }
          edges.append(edge)
        case (2, 0):
          hasRecursion = true
          let isChained = own[0].0 == from && own[0].1 == own[1].0 && own[1].1 == to
          let isReversed = own[1].0 == from && own[1].1 == own[0].0 && own[0].1 == to
          let middle = isChained ? own[0].1 : own[1].1
          guard isChained || isReversed, middle != from, middle != to else { return nil }
        default: return nil
        }
      }
    }
    guard hasRecursion, let first = edges.first,
      rules.contains(where: { rule in
        rule.body.alternatives.contains { $0.recursiveAtoms([relation]) == 0 }
      })
    else { return nil }
    for other in edges.dropFirst() {
      guard other.source == first.source, other.target == first.target,
        LinearRecursion.shape(other.atom) == LinearRecursion.shape(first.atom)
      else { return nil }
    }
    edge = first.atom
    columns = (first.source, first.target)
  }

  /// The columns of two slots in an atom that has no other variables.
  private static func edge(
    _ atom: ResolvedAtom, _ from: Slot, _ to: Slot
  ) -> (atom: ResolvedAtom, source: Int, target: Int)? {
    var source: Int?
    var target: Int?
    for (column, argument) in atom.arguments.enumerated() {
      guard case .variable(let slot) = argument else { continue }
      if slot == from, source == nil {
        source = column
      } else if slot == to, target == nil {
        target = column
      } else {
        return nil
      }
    }
    guard let source, let target else { return nil }
    return (atom, source, target)
  }

  /// An atom without the names of its variables.
  private static func shape(_ atom: ResolvedAtom) -> ResolvedAtom {
    var shape = atom
    shape.span = .init(0, 0)
    shape.arguments = atom.arguments.map { if case .variable = $0 { .any } else { $0 } }
    return shape
  }
}

extension ResolvedRule {
  /// The slot at a place of the head, where it is a plain variable.
  func headSlot(_ place: Int) -> Slot? {
    guard case .expression(let expression) = head[place], case .variable(let slot) = expression.kind
    else { return nil }
    return slot
  }
}

extension Digraph {
  /// The graph of the edges that a recursion goes along; nil where an end is unknown, which counts
  /// as a pair and yet joins with nothing.
  init?(_ recursion: LinearRecursion, in evaluation: Evaluation) throws {
    var atom = recursion.edge
    for (column, argument) in atom.arguments.enumerated() {
      if case .variable = argument {
        atom.arguments[column] = column == recursion.columns.source ? .variable(0) : .variable(1)
      }
    }
    var block = RowBlock(slots: [0, 1])
    let plan = Plan.join(.unit, Scan(atom: atom))
    let sink = ColumnSink(evaluation, expressions: block.slots.map(ResolvedExpression.init(slot:)))
    {
      block.append($0, count: $1, levels: $2)
    }
    var compiler = PipelineCompiler(
      evaluation: evaluation, variableCount: 2, plan: plan, source: evaluation.scanSource)
    try compiler.compile(plan, needed: [0, 1], sink: sink).run()
    for word in [Word.unknown.bits, Word.anything.bits] {
      if block.columns[0].contains(word) || block.columns[1].contains(word) { return nil }
    }
    self.init(sources: block.columns[0], targets: block.columns[1], levels: block.levels)
  }
}
