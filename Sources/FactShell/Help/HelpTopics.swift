import FactManual

/// What `.help` knows: the pages of the manual, their sections, and the terms their tables explain.
public struct HelpTopics: Sendable {
  /// What a search found.
  public enum Match: Sendable, Equatable {
    /// The text, laid out for the width.
    case text([String])
    /// Several topics begin so: their names, sorted.
    case several([String])
    /// Nothing begins so; the nearest names, best first.
    case nothing(nearest: [String])
  }

  private struct Topic: Sendable {
    enum Kind: Int, Sendable { case page, section, term }
    var name: String
    var title: String
    var kind: Kind
    var page: Int
    /// Where the section begins among the blocks of the page.
    var block: Int
  }

  private let pages: [(name: String, title: String, document: HelpDocument)]
  private let topics: [Topic]

  /// The topics of the manual that is part of the program.
  ///
  /// Reading it takes a few milliseconds, so make one when help is asked for, not at start-up.
  public init() {
    self.init(pages: Manual.pages.map { ($0.name, $0.text) })
  }

  /// The topics of the given Markdown pages, each with its name.
  public init(pages texts: [(name: String, markdown: String)]) {
    var pages: [(name: String, title: String, document: HelpDocument)] = []
    var topics: [Topic] = []
    for (name, markdown) in texts {
      let document = HelpDocument(markdown: markdown)
      var title = name
      if case .heading(1, let text)? = document.blocks.first { title = HelpRenderer.plain(text) }
      topics.append(
        Topic(
          name: name.lowercased(), title: title, kind: .page, page: pages.count, block: 0))
      var section = 0
      for (number, block) in document.blocks.enumerated() {
        if case .heading(let level, let text) = block, level > 1 {
          section = number
          for name in Self.names(ofHeading: text) {
            topics.append(
              Topic(
                name: name, title: HelpRenderer.plain(text), kind: .section, page: pages.count,
                block: number))
          }
        }
        guard case .table(let rows) = block else { continue }
        for row in rows.dropFirst() {
          for term in Self.terms(inCell: row.first ?? "") {
            topics.append(
              Topic(name: term, title: term, kind: .term, page: pages.count, block: section))
          }
        }
      }
      pages.append((name, title, document))
    }
    self.pages = pages
    self.topics = topics
  }

  /// The names that `.help` takes and completes: pages, sections, terms; sorted, each once.
  public var names: [String] {
    Set(topics.map(\.name)).sorted()
  }

  /// The lines that `.help` alone shows: each page with what it is about.
  public func overview(width: Int) -> [String] {
    var rows = [["topic", "what it tells"]]
    for page in pages {
      var about = page.title
      let paragraph = page.document.blocks.first {
        if case .paragraph = $0 { return true }
        return false
      }
      if case .paragraph(let text)? = paragraph { about = Self.firstSentence(text) }
      rows.append([page.name.lowercased(), about])
    }
    let document = HelpDocument(blocks: [
      .table(rows),
      .paragraph(
        "`.help TOPIC` shows a page, a section, a command or a function: `.help queries`, "
          + "`.help .load`, `.help latest`. The beginning of the name will do."),
    ])
    return HelpRenderer(width: width).lines(document)
  }

  /// Finds a page, section or term by its name or the beginning of its name.
  ///
  /// A page goes before a section, a section before a term, and an exact name before a beginning.
  ///
  /// - Parameters:
  ///   - text: what stands after `.help`; upper and lower case, and a leading dot, are alike.
  ///   - width: how many columns the lines may take.
  /// - Returns: the text, or the names that come near.
  public func find(_ text: String, width: Int) -> Match {
    let wanted = Self.key(text)
    if wanted.isEmpty { return .text(overview(width: width)) }
    let kinds: [Topic.Kind] = [.page, .section, .term]
    for kind in kinds {
      if let topic = topics.first(where: { $0.kind == kind && Self.key($0.name) == wanted }) {
        return .text(lines(topic, width: width))
      }
    }
    for kind in kinds {
      let found = topics.filter { $0.kind == kind && Self.key($0.name).hasPrefix(wanted) }
      let places = Set(found.map { [$0.page, $0.block] })
      if let first = found.first, places.count == 1 { return .text(lines(first, width: width)) }
      // `aggregates` rather than `aggregates in heads`, which is longer.
      if let shortest = found.min(by: { Self.key($0.name).count < Self.key($1.name).count }),
        found.allSatisfy({ Self.key($0.name).hasPrefix(Self.key(shortest.name)) })
      {
        return .text(lines(shortest, width: width))
      }
      if !found.isEmpty { return .several(Set(found.map(\.name)).sorted()) }
    }
    // A word inside a heading is the last try: `.help negation` finds "Negation and optional".
    let found = topics.filter { topic in
      topic.kind != .term
        && topic.title.lowercased().split(whereSeparator: { !$0.isLetter }).contains {
          $0.hasPrefix(wanted)
        }
    }
    let places = Set(found.map { [$0.page, $0.block] })
    if let first = found.first, places.count == 1 { return .text(lines(first, width: width)) }
    if !found.isEmpty { return .several(Set(found.map(\.name)).sorted()) }
    return .nothing(nearest: nearest(to: wanted))
  }

  private func lines(_ topic: Topic, width: Int) -> [String] {
    let blocks = pages[topic.page].document.blocks
    var end = blocks.count
    if topic.block > 0, case .heading(let level, _) = blocks[topic.block] {
      var number = topic.block + 1
      while number < blocks.count {
        if case .heading(let other, _) = blocks[number], other <= level { break }
        number += 1
      }
      end = number
    }
    let part = HelpDocument(blocks: Array(blocks[topic.block..<end]))
    return HelpRenderer(width: width).lines(part)
  }

  private func nearest(to wanted: String) -> [String] {
    let limit = max(1, wanted.count / 3)
    let scored = names.map { (name: $0, distance: editDistance(Self.key($0), wanted)) }
    return scored.filter { $0.distance <= limit }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(3).map(\.name)
  }

  /// A name for comparing: lower case, without a leading dot and the spaces around it.
  private static func key(_ text: String) -> String {
    let text = trimmed(Substring(text))
    return (text.hasPrefix(".") && text.count > 1 ? text.dropFirst() : text).lowercased()
  }

  /// The names of a section: each code word of the heading where it has any, else the heading.
  private static func names(ofHeading text: String) -> [String] {
    let terms = terms(inCell: text)
    return terms.isEmpty ? [HelpRenderer.plain(text).lowercased()] : terms
  }

  /// The first word of each piece of code: `round(X, N)` and `.read FILE` give `round` and `.read`.
  private static func terms(inCell text: String) -> [String] {
    var terms: [String] = []
    var isCode = false
    for piece in text.split(separator: "`", omittingEmptySubsequences: false) {
      defer { isCode.toggle() }
      guard isCode else { continue }
      let word = piece.prefix { $0 != " " && $0 != "(" && $0 != "," }
      if word.contains(where: \.isLetter) { terms.append(word.lowercased()) }
    }
    return terms
  }

  private static func firstSentence(_ text: String) -> String {
    let plain = HelpRenderer.plain(text)
    var sentence = ""
    var previous: Character = " "
    for character in plain {
      if character == " " && previous == "." { break }
      sentence.append(character)
      previous = character
    }
    return sentence
  }
}

/// How many insertions, deletions and replacements of characters turn one text into the other.
private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (number, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = number + 1
    for (column, other) in right.enumerated() {
      let cost = character == other ? diagonal : 1 + min(diagonal, row[column], row[column + 1])
      diagonal = row[column + 1]
      row[column + 1] = cost
    }
  }
  return row[right.count]
}
