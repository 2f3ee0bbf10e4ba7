import FactLanguage
import FactModel

extension ClaimView: LevelledRows {}
extension ClaimCatalogue: LevelledRows {}

extension Evaluation {
  /// The rows of an atom's source: complete derived relations before stored facts.
  func scanSource(_ atom: AtomSource) throws -> ScanSource {
    switch atom {
    case .relation(let name):
      switch derived[name] {
      case .rows(let relation): return ScanSource(.derived(relation))
      case .traversal(let traversal): return try traversal.enumerated(in: self)
      case nil: break
      }
      if let relation = base.relation(named: name) { return stated(relation) }
      return emptySource(arity: 0)
    case .denials(let name):
      guard let relation = base.relation(named: name) else { return emptySource(arity: 0) }
      guard let denials = relation.denials else { return emptySource(arity: relation.arity) }
      let filter = base.rowFilter(of: relation, denied: true, from: perspective)
      return ScanSource(.table(denials.facts), filter: filter)
    case .claims(let name), .denialClaims(let name):
      var isDenied = false
      if case .denialClaims = atom { isDenied = true }
      guard let relation = base.relation(named: name),
        let view = base.claimView(of: relation, denied: isDenied, from: perspective)
      else { return emptySource(arity: 0) }
      return ScanSource(.view(view), hidden: isDenied ? nil : hidden[name])
    case .claimCatalogue: return ScanSource(.view(base.claimCatalogue(from: perspective)))
    case .file(let file): return ScanSource(.table(try table(of: file)))
    }
  }

  /// What is stated of a relation, apart from what its rules derive.
  func stated(_ relation: Relation) -> ScanSource {
    ScanSource(
      .table(relation.facts.facts), filter: base.rowFilter(of: relation, from: perspective),
      hidden: hidden[relation.name])
  }

  /// Which of some rows a relation has.
  func holds(rows: [[UInt64]], count: Int, of name: String) throws -> [Int] {
    let source = try scanSource(.relation(name))
    guard count > 0, source.rows.rowCount > 0 else { return [] }
    let index = source.index(on: Array(rows.indices))
    return (0..<count).filter { row in
      index.rows(forKey: rows.map { $0[row] }).contains(where: source.isLive)
    }
  }

  private func emptySource(arity: Int) -> ScanSource {
    ScanSource(.table(Table(arity: arity, account: account)))
  }
}

/// What a relation's rules came to.
enum Derivation {
  case rows(DerivedRelation)
  case traversal(Traversal)

  var name: String {
    switch self {
    case .rows(let relation): relation.name
    case .traversal(let traversal): traversal.name
    }
  }

  /// How many rows there are, nil while nobody has asked for all of them.
  var rowCount: Int? {
    switch self {
    case .rows(let relation): relation.rows.rowCount
    case .traversal(let traversal): traversal.known?.rows.rowCount
    }
  }
}
