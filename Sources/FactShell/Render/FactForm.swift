import FactEngine
import FactLanguage
import FactModel

/// How the rows of an answer are written as statements that can be read back.
///
/// An answer to one atom gives that atom with its values filled in; any other gives
/// `answer(X, Y).`
struct FactForm {
  enum Piece {
    case text([UInt8])
    case column(Int, isPercent: Bool)
  }

  private(set) var pieces: [Piece] = []
  /// Whether the pieces end with qualifiers.
  private(set) var hasQualifiers = false
  /// Whether the certainty is among them.
  private(set) var hasCertainty = false
  private let answer: Answer

  init(_ answer: Answer) {
    self.answer = answer
    if let atom = answer.atom, addAtom(atom) { return }
    pieces = []
    hasQualifiers = false
    hasCertainty = false
    if answer.isYesNo {
      add("answer(yes)")
      return
    }
    add("answer(")
    for index in answer.columns.indices {
      if index > 0 { add(", ") }
      addColumn(index)
    }
    add(")")
  }

  private mutating func add(_ text: String) { pieces.append(.text(Array(text.utf8))) }

  private mutating func addColumn(_ index: Int) {
    let column = answer.columns[index]
    pieces.append(.column(index, isPercent: column.isPercent || column.type == .percent))
  }

  /// False where an argument is neither a value nor a variable, so that it has no one value.
  private mutating func addAtom(_ atom: Atom) -> Bool {
    add((atom.isDenial ? "-" : "") + SymbolText.name(atom.name) + "(")
    for (place, argument) in atom.arguments.enumerated() {
      if place > 0 { add(", ") }
      if let name = argument.name { add(SymbolText.name(name) + ": ") }
      if place < answer.atomColumns.count, let index = answer.atomColumns[place] {
        addColumn(index)
      } else if !addTerm(argument.value) {
        return false
      }
    }
    add(")")
    for qualifier in atom.qualifiers {
      add((hasQualifiers ? ", @" : " @") + qualifier.name + ": ")
      hasQualifiers = true
      if qualifier.name == "certainty" { hasCertainty = true }
      if !addTerm(qualifier.value) { return false }
    }
    return true
  }

  private mutating func addTerm(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .wildcard: add("_")
    case .constant(let value):
      add(answer.values.text(of: answer.values.word(for: value), style: .language))
    case .variable(let name):
      if let index = answer.columns.firstIndex(where: { $0.name == name }) {
        addColumn(index)
      } else {
        add("_")
      }
    case .today, .parameter, .unary, .binary, .call, .list: return false
    }
    return true
  }
}
