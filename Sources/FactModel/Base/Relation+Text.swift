extension Relation {
  /// A fact or denial as the atom that states it, without full stop or the minus of a denial.
  ///
  /// Attributes are given by position; after one that a denial leaves open, by name.
  public func text(of row: UInt32, denied: Bool = false, _ values: ValueStore) -> String {
    guard let table = table(denied: denied)?.facts else { return "" }
    return text(of: table.words(row: row).map(Word.init(bits:)), values)
  }

  /// An atom of this relation with these words.
  public func text(of words: [Word], _ values: ValueStore) -> String {
    var arguments: [String] = []
    var isNamed = false
    for (attribute, word) in zip(schema.attributes, words) {
      if word == .anything {
        isNamed = true
        continue
      }
      let style = attribute.type == .percent ? TextStyle.language.inPercent : .language
      let text = values.text(of: word, style: style)
      let name = SymbolText.name(attribute.name)
      arguments.append(isNamed ? "\(name): \(text)" : text)
    }
    return "\(SymbolText.name(name))(\(arguments.joined(separator: ", ")))"
  }
}
