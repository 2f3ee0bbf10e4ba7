import FactLanguage

/// Values by name, in the order in which the names came.
///
/// A rule or query has few variables: names are compared one by one, which is faster than hashing
/// them, until there are many.
struct NameMap<Value>: Sequence {
  private var entries: [(name: String, value: Value)] = []
  /// Where each name stands, once there are many.
  private var places: [String: Int] = [:]

  private static var many: Int { 16 }

  /// An empty map.
  init() {}

  private func place(of name: String) -> Int? {
    if entries.count > NameMap.many { return places[name] }
    for place in entries.indices where entries[place].name == name { return place }
    return nil
  }

  /// Enters a name that is not there yet; says whether it was new.
  @discardableResult
  mutating func enter(_ name: String, _ value: @autoclosure () -> Value) -> Bool {
    if place(of: name) != nil { return false }
    entries.append((name, value()))
    if entries.count == NameMap.many + 1 {
      for (place, entry) in entries.enumerated() { places[entry.name] = place }
    } else if entries.count > NameMap.many {
      places[name] = entries.count - 1
    }
    return true
  }

  func contains(_ name: String) -> Bool { place(of: name) != nil }

  subscript(name: String) -> Value? { place(of: name).map { entries[$0].value } }

  /// The names with their values, in the order in which they were entered.
  func makeIterator() -> IndexingIterator<[(name: String, value: Value)]> {
    entries.makeIterator()
  }
}

/// Names with the places where they stand first.
typealias NamePlaces = NameMap<SourceSpan>
