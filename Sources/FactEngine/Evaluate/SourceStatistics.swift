import FactModel

/// Sizes of sources as they are now.
struct SourceStatistics: PlanStatistics {
  let evaluation: Evaluation
  let source: (AtomSource) throws -> ScanSource

  /// A closure that nobody has enumerated yet, and should not be for an estimate.
  private func traversal(_ atom: AtomSource) -> Traversal? {
    guard case .relation(let name) = atom,
      case .traversal(let traversal) = evaluation.derived[name],
      traversal.known == nil
    else { return nil }
    return traversal
  }

  func rowCount(of atom: AtomSource, window: RowWindow) -> Double {
    // Reading a file to count its rows would read it twice.
    if case .file = atom { return 1_000_000 }
    if let traversal = traversal(atom) { return Double(traversal.graph.targets.count) * 10 }
    guard let source = try? source(atom) else { return 0 }
    return Double(window == .all ? source.liveCount : source.range(window).count)
  }

  func distinctCount(of atom: AtomSource, columns: [Int]) -> Double {
    if case .file = atom { return 1_000 }
    if let traversal = traversal(atom) { return Double(max(1, traversal.graph.nodeCount)) }
    guard let source = try? source(atom) else { return 1 }
    var distinct = 1.0
    for column in columns { distinct *= Double(max(1, source.distinctCount(column: column))) }
    return min(distinct, max(1, rowCount(of: atom, window: .all)))
  }

  func holdsIntegersOnly(_ column: IntegerColumn) -> Bool {
    guard case .relation = column.source, traversal(column.source) == nil,
      let source = try? source(column.source)
    else { return false }
    return source.holdsIntegersOnly(column: column.column)
  }
}
