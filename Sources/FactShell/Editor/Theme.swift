/// The colours of the prompt, as the parameters of a terminal's "select graphic rendition".
///
/// Only the sixteen named colours are used, so that the terminal's own palette decides how they
/// look on its background.
public struct Theme: Sendable, Hashable {
  private var styles: [HighlightStyle: String]
  /// The prompt and what stands in its place on later rows.
  public var prompt: String
  /// The suggestion from history, and remarks in the menu.
  public var faint: String
  /// The chosen row of the menu, and what a search found.
  public var selected: String

  /// Colours for a terminal.
  public static let colored = Theme(
    styles: [
      .relation: "36", .attribute: "94", .variable: "33", .value: "32", .qualifier: "35",
      .string: "32", .comment: "90", .command: "1;36", .keyword: "1", .error: "1;31",
    ],
    prompt: "1", faint: "90", selected: "7")

  /// No colours, as `NO_COLOR` asks; weight, underline and reverse remain where they carry meaning.
  public static let plain = Theme(
    styles: [.error: "4"], prompt: "", faint: "2", selected: "7")

  /// The theme that the environment asks for: plain if `NO_COLOR` is set and not empty.
  public static func fromEnvironment() -> Theme {
    if let value = Environment.value(of: "NO_COLOR"), !value.isEmpty { return .plain }
    return .colored
  }

  /// The rendition for `style`; empty if it looks like ordinary text.
  public func rendition(of style: HighlightStyle) -> String {
    styles[style] ?? ""
  }

  private init(
    styles: [HighlightStyle: String], prompt: String, faint: String, selected: String
  ) {
    self.styles = styles
    self.prompt = prompt
    self.faint = faint
    self.selected = selected
  }
}
