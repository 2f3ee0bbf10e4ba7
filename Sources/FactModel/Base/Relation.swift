/// A relation: its name and attributes, the facts stated of it and the denials.
public final class Relation {
  /// Its number in the fact base, never used again for another.
  public let id: Int
  /// Name and attributes.
  public internal(set) var schema: Schema
  /// What is stated.
  public let facts: FactTable
  /// What is denied; attributes that a denial leaves open are `Word.anything`. Nil before the first.
  public internal(set) var denials: FactTable?
  /// Whether the program itself declared it: `entity`, `alias`, `document`, `source`.
  public let isBuiltin: Bool
  private var schemaVersion = 0
  private let account: MemoryAccount
  /// Where changes are noted, for a base that is kept on disk.
  var journal: Journal? {
    didSet {
      facts.journal = tableJournal(isDenial: false)
      denials?.journal = tableJournal(isDenial: true)
    }
  }

  private func tableJournal(isDenial: Bool) -> TableJournal? {
    journal.map { TableJournal(journal: $0, relation: id, isDenial: isDenial) }
  }

  init(id: Int, schema: Schema, isBuiltin: Bool, account: MemoryAccount) {
    self.id = id
    self.schema = schema
    self.isBuiltin = isBuiltin
    self.account = account
    facts = FactTable(arity: schema.arity, account: account)
  }

  /// The name.
  public var name: String { schema.name }

  /// The number of attributes.
  public var arity: Int { schema.arity }

  /// Goes up with every change of facts, denials or attributes.
  public var version: Int { facts.version + (denials?.version ?? 0) + schemaVersion }

  /// The denials, made at first need.
  public func denialsForWriting() -> FactTable {
    if let denials { return denials }
    let made = FactTable(arity: arity, account: account)
    made.journal = tableJournal(isDenial: true)
    denials = made
    return made
  }

  /// The facts or the denials.
  public func table(denied: Bool) -> FactTable? { denied ? denials : facts }

  /// Whether nothing is stated or denied.
  public var isEmpty: Bool { facts.factCount == 0 && (denials?.factCount ?? 0) == 0 }

  /// The position of an attribute.
  public func position(of attribute: String) -> Int? {
    schema.attributes.firstIndex { $0.name == attribute }
  }

  func replaceSchema(_ new: Schema) {
    if new.arity > arity {
      facts.extend(to: new.arity, filling: .unknown)
      denials?.extend(to: new.arity, filling: .anything)
    }
    schema = new
    schemaVersion += 1
  }
}
