import FactFormats

/// Files written whole or not at all.
enum OutputFile {
  /// Lets `body` write into a new file beside the target, which then takes its place; a failure
  /// leaves what was there before. A name that ends in `.gz` is compressed. `checkpoint` is called
  /// every now and then, and may throw.
  static func write(
    to path: String, durably: Bool = false, checkpoint: @escaping () throws -> Void = {},
    _ body: (TextSink) throws -> Void
  ) throws {
    let file = try AtomicFile(path: path)
    do {
      let sink = TextSink.closure { chunk in try file.write(chunk) }
      sink.beforeChunk = checkpoint
      try body(sink)
      try sink.flush()
      try file.commit(durably: durably)
    } catch {
      file.discard()
      throw error
    }
  }
}
