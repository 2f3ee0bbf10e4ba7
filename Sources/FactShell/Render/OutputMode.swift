/// How an answer is printed.
public enum OutputMode: String, Sendable, CaseIterable {
  case table, line, csv, tsv, json, jsonl, markdown, facts

  /// Whether another program may read it: answers alone, whole, without decoration.
  public var isMachineReadable: Bool { self != .table && self != .line }

  /// What `.mode` says about it.
  public var summary: String {
    switch self {
    case .table: "columns that fit the window; whole into a pipe or file"
    case .line: "one value on a line"
    case .csv: "comma-separated values with a header"
    case .tsv: "tab-separated values with a header"
    case .json: "an array of objects"
    case .jsonl: "an object on each line"
    case .markdown: "a table for a Markdown text"
    case .facts: "statements that can be read back"
    }
  }

  /// The mode that an extension names: `out.csv` is csv, `out.md` markdown, `out.dl` facts.
  ///
  /// A `.facts` file is tab-separated without a header, as Soufflé reads and writes it.
  public init?(path: String) {
    let path = path.lowercased().hasSuffix(".gz") ? String(path.dropLast(3)) : path
    guard let dot = path.lastIndex(of: ".") else { return nil }
    switch path[path.index(after: dot)...].lowercased() {
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    case "md", "markdown": self = .markdown
    case "dl": self = .facts
    case "facts": self = .tsv
    case "txt": self = .table
    default: return nil
    }
  }
}

/// When the column `certainty` is printed.
public enum CertaintyColumn: String, Sendable, CaseIterable {
  case always, auto, never
}

/// What printing an answer depends on besides the answer.
public struct RenderOptions: Sendable {
  /// The form.
  public var mode = OutputMode.table
  /// Whether a person reads it on a screen: rows are numbered and shortened, controls escaped.
  public var isTerminal = false
  /// Whether escape sequences may dim and embolden.
  public var usesColour = false
  /// The columns of the window; nil is without limit.
  public var width: Int?
  /// The rows shown of a long table; nil shows all.
  public var maximumRows: Int?
  /// Significant digits of fractions; nil prints them whole.
  public var digits: Int?
  /// When there is a column `certainty`.
  public var certaintyColumn = CertaintyColumn.auto
  /// How long the query took, already as text, for the footer.
  public var duration: String?
  /// Whether a line under a table counts the answers.
  public var hasFooter = true
  /// Whether the rows of a table on a terminal are numbered.
  public var isNumbered = true
  /// Whether csv and tsv begin with the names of the columns.
  public var hasHeader = true

  /// A whole table, without a window.
  public init() {}

  /// Everything whole, in the mode that the extension of a path names; nil where it names none.
  public static func forFile(_ path: String) -> RenderOptions? {
    guard let mode = OutputMode(path: path) else { return nil }
    var options = whole(mode)
    let folded = path.lowercased()
    options.hasHeader = !folded.hasSuffix(".facts") && !folded.hasSuffix(".facts.gz")
    options.hasFooter = false
    return options
  }

  /// Everything whole, as for a pipe or a file.
  public static func whole(_ mode: OutputMode) -> RenderOptions {
    var options = RenderOptions()
    options.mode = mode
    return options
  }
}
