import FactEngine

/// The line that says how far a long reading of files has come: on a terminal only, from the second
/// second on, and gone when it is over.
final class ProgressLine {
  private let console: Console
  private let isWanted: Bool
  private var isShown = false

  init(_ console: Console, isQuiet: Bool) {
    self.console = console
    isWanted =
      console.errorsAreTerminal && !isQuiet
      && Environment.value(of: "TERM").map { $0 != "dumb" }
        ?? false
  }

  /// Draws the line anew.
  func show(_ progress: Progress) {
    guard isWanted, progress.seconds >= 1 else { return }
    let width = (console.windowSize()?.columns ?? 80) - 1
    let text = SafeText.escaped(ProgressLine.text(progress)).prefix(max(width, 10))
    isShown = true
    // Whoever closed the error stream does not read it.
    try? console.errors.write("\r\u{1B}[K\(text)")
    try? console.errors.flush()
  }

  /// Takes the line away, so that what follows stands in its place.
  func clear() {
    guard isShown else { return }
    isShown = false
    try? console.errors.write("\r\u{1B}[K")
    try? console.errors.flush()
  }

  /// `1,200,000 rows · 85 MB/s · 43% · 12 s left · wa.csv`.
  static func text(_ progress: Progress) -> String {
    if let stated = progress.statedRows {
      return "\(Readable.count(stated)) of \(Readable.count(progress.rows)) rows stated"
    }
    let speed = Double(progress.bytes) / max(progress.seconds, 0.001)
    let megabytes = speed / 1e6
    let shownSpeed =
      megabytes < 10 ? String(Double(Int(megabytes * 10)) / 10) : String(Int(megabytes))
    var parts = ["\(Readable.count(progress.rows)) rows", "\(shownSpeed) MB/s"]
    if let total = progress.totalBytes, total > 0, progress.bytes > 0 {
      let share = min(Double(progress.bytes) / Double(total), 1)
      parts.append("\(Int(share * 100))%")
      let left = Int(progress.seconds / share - progress.seconds) + 1
      // Tenths of a second would only flicker.
      parts.append((left < 60 ? "\(left) s" : "\((left + 59) / 60) min") + " left")
    }
    if let name = progress.file.split(separator: "/").last { parts.append(String(name)) }
    return parts.joined(separator: " · ")
  }
}
