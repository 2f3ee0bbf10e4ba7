import FactLanguage
import FactModel

/// Reads what was given for a script parameter.
enum ParameterReader {
  /// The value, if all of the text reads as one; else the text itself.
  static func value(_ text: String) -> Value {
    let lead = "p("
    let source = SourceText(name: "parameter", bytes: Array("\(lead)\(text)).".utf8))
    var parser = StatementParser(source, mode: .script)
    guard let statement = parser.next(), case .fact(let atom) = statement.kind,
      parser.next() == nil, !parser.hasErrors, atom.arguments.count == 1,
      atom.qualifiers.isEmpty, statement.span.upper >= source.bytes.count - 1
    else { return .symbol(text) }
    let argument = atom.arguments[0]
    guard argument.name == nil else { return .symbol(text) }
    switch argument.value.kind {
    case .constant(let value): return value
    case .unary(.minus, let operand):
      switch operand.kind {
      case .constant(.integer(let integer)) where integer != .min: return .integer(-integer)
      case .constant(.number(let number)): return .number(-number)
      default: return .symbol(text)
      }
    default: return .symbol(text)
    }
  }
}
