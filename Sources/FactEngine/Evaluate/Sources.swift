import FactLanguage
import FactModel

extension ClaimView: LevelledRows {}
extension ClaimCatalogue: LevelledRows {}

extension Evaluation {
  /// The rows of an atom's source: complete derived relations before stored facts.
  func scanSource(_ atom: AtomSource) throws -> ScanSource {
    switch atom {
    case .relation(let name):
      if let relation = derived[name] { return ScanSource(.derived(relation)) }
      if let relation = base.relation(named: name) {
        return ScanSource(.table(relation.facts.facts))
      }
      return emptySource(arity: 0)
    case .denials(let name):
      guard let relation = base.relation(named: name) else { return emptySource(arity: 0) }
      guard let denials = relation.denials else { return emptySource(arity: relation.arity) }
      return ScanSource(.table(denials.facts))
    case .claims(let name), .denialClaims(let name):
      var isDenied = false
      if case .denialClaims = atom { isDenied = true }
      guard let relation = base.relation(named: name),
        let view = base.claimView(of: relation, denied: isDenied)
      else { return emptySource(arity: 0) }
      return ScanSource(.claims(view))
    case .claimCatalogue: return ScanSource(.claims(base.claimCatalogue()))
    case .file(let file): return ScanSource(.table(try table(of: file)))
    }
  }

  private func emptySource(arity: Int) -> ScanSource {
    ScanSource(.table(Table(arity: arity, account: account)))
  }
}
