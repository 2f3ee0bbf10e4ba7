/// What a piece of the text being typed is, for its colour.
public enum HighlightStyle: Sendable, Hashable, CaseIterable {
  case relation, attribute, variable, value, qualifier, string, comment, command, keyword
  /// An unmatched bracket, or text that no statement can contain.
  case error
}

/// A stretch of the text being typed that has one style.
public struct HighlightSpan: Sendable, Hashable {
  /// UTF-8 byte offsets into the text.
  public var range: Range<Int>
  /// What the text in `range` is.
  public var style: HighlightStyle

  /// Marks `range` (UTF-8 byte offsets) as `style`.
  public init(_ range: Range<Int>, _ style: HighlightStyle) {
    self.range = range
    self.style = style
  }
}

/// What a completion candidate names; the menu says it beside the candidate.
public enum CompletionKind: String, Sendable, Hashable, CaseIterable {
  case relation, attribute, variable, entity, text, value, qualifier, function, stage, keyword
  case command, argument, file, query, setting
}

/// One way to go on at the cursor.
public struct CompletionCandidate: Sendable, Hashable {
  /// What is put in place of the replaced range, with any closing quote or bracket that belongs.
  public var text: String
  /// What the menu shows.
  public var label: String
  /// What the menu says about it, in a few words: a type, a count, a title.
  public var detail: String
  /// What it names.
  public var kind: CompletionKind
  /// Whether it does not start with what was typed; such a candidate is offered, never inserted
  /// unasked.
  public var isDidYouMean: Bool

  /// A candidate that inserts `text`; without a label the menu shows the text itself.
  public init(
    text: String, label: String? = nil, detail: String = "", kind: CompletionKind,
    isDidYouMean: Bool = false
  ) {
    self.text = text
    self.label = label ?? text
    self.detail = detail
    self.kind = kind
    self.isDidYouMean = isDidYouMean
  }
}

/// The candidates at a cursor, best first, and the text that they replace.
public struct CompletionResult: Sendable, Hashable {
  /// UTF-8 byte offsets into the text; contains or touches the cursor.
  public var replace: Range<Int>
  /// What may stand there, in the order to be shown.
  public var candidates: [CompletionCandidate]

  /// Offers `candidates` in place of `replace` (UTF-8 byte offsets).
  public init(replace: Range<Int>, candidates: [CompletionCandidate]) {
    self.replace = replace
    self.candidates = candidates
  }
}

/// Whether Enter submits the text or opens another line.
public enum InputState: Sendable, Hashable {
  /// The text can be run (or is wrong in a way that more text does not cure).
  case complete
  /// Something is open: a bracket (`(`), a quote (`"`), a statement that needs its full stop.
  /// `open` is a short mark for it, which the continuation prompt shows.
  case needsMore(open: String)
}

/// What the language side knows about a text being typed.
///
/// The editor asks at each key press, so `highlight` must answer in well under a millisecond for
/// a screenful of text, and none of these may fail, wait, or run a query.
public protocol LineAssistant: AnyObject {
  /// What may stand at `cursor`, a UTF-8 byte offset into `text`; also looks right of it.
  func completions(for text: String, cursor: Int) -> CompletionResult

  /// The styled stretches of `text`, in order and without overlaps.
  func highlight(_ text: String) -> [HighlightSpan]

  /// Whether `text` is whole.
  func isComplete(_ text: String) -> InputState

  /// Does a piece of work that later answers rest on, called while nobody types; false when nothing
  /// is left to do. A key that is pressed meanwhile waits for the piece.
  func prepare() -> Bool
}

extension LineAssistant {
  /// Nothing to do ahead.
  public func prepare() -> Bool { false }
}
