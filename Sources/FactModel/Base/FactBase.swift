/// All relations of a session, with the values in them.
///
/// One thread writes; nobody reads while it does.
public final class FactBase {
  /// Symbols and wide values.
  public let values: ValueStore
  /// What tables and indexes charge.
  public let account: MemoryAccount
  private var byName: [String: Relation] = [:]
  private var ordered: [Relation] = []
  private(set) var nextID = 0
  /// Where changes are noted, for a base that is kept on disk.
  var journal: Journal? {
    didSet { for relation in ordered { relation.journal = journal } }
  }
  /// Goes up as relations come, go or change their attributes.
  public private(set) var schemaVersion = 0
  private var published = (version: -1, id: -1, dates: [Word: Word]())
  /// Goes up as the dates of documents are looked up anew.
  private var publishedVersion = 0
  var catalogue: (version: Int, perspective: Perspective, catalogue: ClaimCatalogue)?
  var frequencies: [FrequencyKey: Frequencies] = [:]
  /// The words `certain`, `probable`, `possible`, by raw value of `Certainty`.
  public let certaintyWords: [Word]

  /// A base with the built-in relations and no facts.
  public init(values: ValueStore = ValueStore(), account: MemoryAccount = MemoryAccount()) {
    self.values = values
    self.account = account
    certaintyWords = ["certain", "probable", "possible"].map { values.word(for: .symbol($0)) }
    for schema in FactBase.builtinSchemas { _ = add(schema, isBuiltin: true) }
  }

  /// A base whose relations are those that were stored.
  init(values: ValueStore, account: MemoryAccount, relations: [Relation], nextID: Int) {
    self.values = values
    self.account = account
    certaintyWords = ["certain", "probable", "possible"].map { values.word(for: .symbol($0)) }
    for relation in relations {
      byName[relation.name] = relation
      ordered.append(relation)
    }
    self.nextID = nextID
  }

  /// The relations that are there from the start, as ordinary facts.
  public static let builtinSchemas: [Schema] = [
    Schema(
      name: "entity",
      attributes: [
        Attribute(name: "id", type: .entity), Attribute(name: "kind", type: .entity),
        Attribute(name: "label", type: .text),
      ], isDeclared: true),
    Schema(
      name: "alias",
      attributes: [Attribute(name: "id", type: .entity), Attribute(name: "text", type: .text)],
      isDeclared: true),
    Schema(
      name: "document",
      attributes: [
        Attribute(name: "id", type: .entity), Attribute(name: "title", type: .text),
        Attribute(name: "publisher", type: .entity), Attribute(name: "published", type: .date),
        Attribute(name: "url", type: .text),
      ], isDeclared: true),
    Schema(
      name: "source",
      attributes: [
        Attribute(name: "id", type: .entity), Attribute(name: "kind", type: .entity),
        Attribute(name: "label", type: .text),
      ], isDeclared: true),
  ]

  /// Whether a built-in relation has this name and so many attributes.
  static func hasBuiltin(_ name: String, _ arity: Int) -> Bool {
    builtinSchemas.contains { $0.name == name && $0.arity == arity }
  }

  // MARK: Relations

  /// The relations in the order in which they came, built-in ones first.
  public var relations: [Relation] { ordered }

  /// The relation of a name.
  public func relation(named name: String) -> Relation? { byName[name] }

  private func add(_ schema: Schema, isBuiltin: Bool) -> Relation {
    let relation = Relation(id: nextID, schema: schema, isBuiltin: isBuiltin, account: account)
    nextID += 1
    relation.journal = journal
    byName[schema.name] = relation
    ordered.append(relation)
    schemaVersion += 1
    return relation
  }

  /// What declaring a relation did.
  public enum Declared: Sendable {
    /// It was not there, it was there just so, or it has more attributes or their types now.
    case new, unchanged, extended
    /// A built-in relation of that name is now hidden.
    case hidesBuiltin
  }

  /// Why a relation cannot be declared so.
  public enum DeclarationError: Error, Hashable, Sendable {
    /// An attribute is there already, with another name, type or unit.
    case attributeDiffers(position: Int, existing: Attribute, declared: Attribute)
    /// There are more attributes already, as declared or in facts.
    case fewerAttributes(existing: Int, declared: Int)
  }

  /// Declares a relation, or extends it by attributes at the end: facts that are there do not know
  /// them, denials leave them open. A relation in use without a declaration gets names and types.
  ///
  /// A built-in relation that does not agree is hidden, as long as nothing is stated of it.
  @discardableResult
  public func declare(
    _ schema: Schema
  ) throws(DeclarationError) -> (relation: Relation, what: Declared) {
    var new = schema
    new.isDeclared = true
    guard let relation = byName[schema.name] else {
      journal?.declared(new)
      return (add(new, isBuiltin: false), .new)
    }
    do {
      try check(new, against: relation.schema)
    } catch {
      guard relation.isBuiltin, relation.isEmpty else { throw error }
      journal?.declared(new)
      return (replace(relation, by: new), .hidesBuiltin)
    }
    if relation.schema == new { return (relation, .unchanged) }
    journal?.declared(new)
    relation.replaceSchema(new)
    schemaVersion += 1
    return (relation, .extended)
  }

  private func check(_ new: Schema, against old: Schema) throws(DeclarationError) {
    if new.arity < old.arity {
      throw .fewerAttributes(existing: old.arity, declared: new.arity)
    }
    guard old.isDeclared else { return }
    for (i, attribute) in old.attributes.enumerated() {
      let declared = new.attributes[i]
      if attribute.name != declared.name || attribute.type != declared.type
        || attribute.unit != declared.unit
      {
        throw .attributeDiffers(position: i, existing: attribute, declared: declared)
      }
    }
  }

  private func replace(_ relation: Relation, by schema: Schema) -> Relation {
    remove(relation)
    return add(schema, isBuiltin: false)
  }

  /// The relation of a name for stating facts; an unknown one comes into being, its attributes
  /// called `arg1`, `arg2`, …
  ///
  /// An empty built-in relation of another arity gives way. Nil where the arity is another one.
  public func relation(named name: String, arity: Int) -> Relation? {
    if let relation = byName[name] {
      if relation.arity == arity { return relation }
      guard relation.isBuiltin, relation.isEmpty else { return nil }
      journal?.used(name, arity)
      return replace(relation, by: FactBase.undeclared(name, arity))
    }
    journal?.used(name, arity)
    return add(FactBase.undeclared(name, arity), isBuiltin: false)
  }

  /// The schema of a relation that nothing declares.
  public static func undeclared(_ name: String, _ arity: Int) -> Schema {
    let attributes = (0..<arity).map { Attribute(name: "arg\($0 + 1)") }
    return Schema(name: name, attributes: attributes, isDeclared: false)
  }

  /// Removes a relation with its facts, denials and declaration; a built-in one is emptied.
  @discardableResult
  public func drop(_ relation: Relation) -> Bool {
    guard byName[relation.name] === relation else { return false }
    journal?.dropped(relation.name)
    remove(relation)
    for schema in FactBase.builtinSchemas where schema.name == relation.name {
      _ = add(schema, isBuiltin: true)
    }
    return true
  }

  private func remove(_ relation: Relation) {
    byName[relation.name] = nil
    ordered.removeAll { $0 === relation }
    frequencies = frequencies.filter { $0.key.relation != relation.id }
    // What the relation took along is added here, so that the version of the base never falls.
    schemaVersion += relation.version + 1
  }

  // MARK: Counts

  /// Goes up with every change.
  public var version: Int { ordered.reduce(schemaVersion) { $0 + $1.version } }

  /// The number of facts that stand.
  public var factCount: Int { ordered.reduce(0) { $0 + $1.facts.factCount } }

  /// The number of open claims, of facts and denials.
  public var claimCount: Int {
    ordered.reduce(0) { $0 + $1.facts.claimCount + ($1.denials?.claimCount ?? 0) }
  }

  /// The number of denials that stand.
  public var denialCount: Int { ordered.reduce(0) { $0 + ($1.denials?.factCount ?? 0) } }

  // MARK: Perspectives

  /// When documents were published; the earliest day where several are stated.
  public var documentDates: [Word: Word] {
    let document = relation(named: "document").flatMap { $0.isBuiltin ? $0 : nil }
    let key = (version: document?.facts.version ?? 0, id: document?.id ?? -1)
    if published.version == key.version, published.id == key.id { return published.dates }
    var dates: [Word: Word] = [:]
    if let table = document?.facts.facts {
      for row in 0..<UInt32(table.rowCount) where table.isLive(row) {
        let id = Word(bits: table.word(row: row, column: 0))
        let date = Word(bits: table.word(row: row, column: 3))
        if date == .unknown { continue }
        if let known = dates[id], values.compareForSort(known, date) <= 0 { continue }
        dates[id] = date
      }
    }
    published = (key.version, key.id, dates)
    publishedVersion += 1
    return dates
  }

  /// The claims of facts, or of denials, that count from a perspective, as rows.
  public func claimView(
    of relation: Relation, denied: Bool = false, from perspective: Perspective = .now
  ) -> ClaimView? {
    let dates = documentDates
    return relation.table(denied: denied)?.claimView(
      perspective, values: values, documents: dates, documentsVersion: publishedVersion,
      certaintyWords: certaintyWords)
  }

  /// Which facts, or denials, count from a perspective. Nil from the present one, where the table's
  /// own `compactLive` and `gatherLevels` say so.
  public func rowFilter(
    of relation: Relation, denied: Bool = false, from perspective: Perspective
  ) -> RowFilter? {
    if perspective == .now { return nil }
    let dates = documentDates
    return relation.table(denied: denied)?.rowFilter(
      perspective, values: values, documents: dates, documentsVersion: publishedVersion)
  }

  /// Retracts, as of `moment`, what claims of some rows agree with a filter and were known by then;
  /// those of which that is not known too. Returns how many were closed.
  @discardableResult
  public func retract(
    _ rows: [UInt32], of relation: Relation, denied: Bool = false, matching filter: ClaimFilter,
    at moment: Word
  ) -> Int {
    guard let table = relation.table(denied: denied) else { return 0 }
    journal?.retracted(rows, relation.id, denied, filter, moment)
    let judge = ClaimJudge(.now, values: values, documents: documentDates)
    return table.retract(rows: rows, matching: filter, at: moment) { claim in
      let known = judge.known(claim)
      return known == .unknown || ClaimJudge.isReached(known, by: moment, self.values)
    }
  }
}
