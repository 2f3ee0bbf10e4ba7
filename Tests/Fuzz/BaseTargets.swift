import FactEngine
import Glibc

@testable import FactModel
@testable import FactShell

/// A base as a damaged file: bytes anywhere in it are others.
///
/// The input is a list of changes of four bytes: where (of 24 bits, one chooses between the whole
/// file and the pages in which LMDB finds its values), and what is written there.
let baseFileTarget: FuzzTarget = {
  let place = BasePlace()
  return FuzzTarget(name: "basefile") { bytes in
    var file = place.template
    var at = 0
    while at + 4 <= bytes.count {
      var offset = Int(bytes[at]) << 15 | Int(bytes[at + 1]) << 7 | Int(bytes[at + 2]) >> 1
      if bytes[at + 2] & 1 == 0 {
        offset %= file.count
      } else {
        offset = place.treePages[offset >> 12 % place.treePages.count] + offset & 0xFFF
      }
      file[offset] = bytes[at + 3]
      at += 4
    }
    place.write(file)
    place.use()
  }
}()

/// A base in which one value has other bytes and the right checksum.
///
/// The first two bytes choose the value and the third how it is changed: by all that follows in its
/// place, or by changes of three bytes.
let baseValueTarget: FuzzTarget = {
  let place = BasePlace()
  return FuzzTarget(name: "basevalue") { bytes in
    guard bytes.count > 3 else { return }
    place.write(place.template)
    let number = Int(bytes[0]) << 8 | Int(bytes[1])
    let (key, old) = place.values[number % place.values.count]
    // Sealed values have one checksum of eight bytes, the others one of four for each 64 KB.
    let isBlob = key.isLike(.blob(0))
    let sums = isBlob ? Checksum.blocks(old.count - 4) * 4 : 8
    var body = Array(old.dropLast(min(sums, old.count)))
    if bytes[2] & 1 == 0 {
      // Blobs keep their size, which the catalogue or a directory tells.
      for (i, byte) in bytes.dropFirst(3).enumerated() where !isBlob || i < body.count {
        if i < body.count { body[i] = byte } else { body.append(byte) }
      }
    } else {
      var at = 3
      while at + 3 <= bytes.count, !body.isEmpty {
        body[(Int(bytes[at]) << 8 | Int(bytes[at + 1])) % body.count] = bytes[at + 2]
        at += 3
      }
    }
    do {
      let environment = try MapEnvironment.of(path: place.path, isReadOnly: false)
      try environment.write { writer in
        if isBlob {
          try writer.put(key, size: old.count) { value in
            body.withUnsafeBytes {
              UnsafeMutableRawBufferPointer(rebasing: value[..<$0.count]).copyMemory(from: $0)
            }
            StoredBlob.finish(value, size: body.count)
          }
        } else {
          var sealed = ByteWriter()
          sealed.append(body)
          try writer.put(key, sealed.sealed)
        }
      }
    } catch {
      preconditionFailure("a sound base cannot be written: \(error)")
    }
    place.use()
  }
}()

/// A folder in memory with a base that is made once and copied for each input.
private final class BasePlace: @unchecked Sendable {
  private let folder: String
  var path: String { folder + "/base" }
  private(set) lazy var template: [UInt8] = {
    do { return try make() } catch { preconditionFailure("no base can be made: \(error)") }
  }()
  /// Where the pages are in which LMDB finds its values.
  private(set) lazy var treePages = stride(from: 0, to: template.count, by: 4096).filter { page in
    let flags = Int(template[page + 10]) | Int(template[page + 11]) << 8
    let number = (0..<8).reduce(0) { $0 | Int(template[page + $1]) << ($1 * 8) }
    return number == page / 4096 && [1, 2, 8].contains(flags)
  }
  /// All that is stored.
  private(set) lazy var values = read()

  init() {
    var template = Array("/dev/shm/factsh-fuzz-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil, "no room in /dev/shm")
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func clear() {
    for suffix in ["", "-lock", "-users", "-writer", "-compact"] { unlink(path + suffix) }
  }

  func write(_ bytes: [UInt8]) {
    clear()
    let file = open(path, O_RDWR | O_CREAT, 0o600)
    precondition(file >= 0 && Glibc.write(file, bytes, bytes.count) == bytes.count)
    close(file)
  }

  /// A base with every kind of value in segments, pieces and the log, beside rules and claims.
  private func make() throws -> [UInt8] {
    clear()
    let session = Session(engine: Engine(), console: .recording(width: 80))
    precondition(session.open(base: path, isReadOnly: false))
    let durable = try DurableBase(path: path)
    func run(_ text: String) { precondition(session.runCommandText(text), text) }
    run("relation p(a, b: integer, c: text).")
    run("q(X) :- p(X, N, _), N > 3. query ask: q(X)?")
    for (i, value) in [
      "amazon", "\"a b\"", "5..9", "~14000", "2026-01", "1.5", "99999999999999999",
    ]
    .enumerated() {
      run("p(\(value), \(i), \"text \(i)\") @source: \"desk \(i)\", @certainty: probable.")
      run("p(\(value), \(i), \"text \(i)\").")
    }
    run("-p(amazon, _, _). p(\"a b\", _, _)~")
    precondition(durable.path == path)
    durable.thresholds.identity = Segment.rowLimit
    durable.thresholds.index = Segment.rowLimit
    _ = try durable.beginWriting()
    guard let relation = durable.base.relation(named: "e", arity: 2) else {
      preconditionFailure("a new relation has the arity that it is given")
    }
    let count = Segment.rowLimit * 2 + 900
    let base = Word(symbol: 0).bits
    var rows: [UInt32] = []
    relation.facts.state(
      columns: [
        (0..<count).map { base + UInt64($0 / 64) }, (0..<count).map { base + UInt64($0 % 64) },
      ], count: count, claims: ClaimBatch(), rows: &rows)
    try durable.seal()
    durable.endWriting()
    run("p(later, 1, \"x\"). p(amazon, 77, \"y\") @place: here.")
    var bytes: [UInt8] = []
    let file = open(path, O_RDONLY)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count <= 0 { break }
      bytes += buffer[0..<count]
    }
    close(file)
    return bytes
  }

  private func read() -> [(StoreKey, [UInt8])] {
    write(template)
    var result: [(StoreKey, [UInt8])] = []
    do {
      let environment = try MapEnvironment.of(path: path, isReadOnly: false)
      try environment.read { reader in
        try reader.forEach(from: .format) { key, value in
          if key != .format { result.append((key, Array(value))) }
          return true
        }
      }
    } catch {
      preconditionFailure("a sound base cannot be read: \(error)")
    }
    return result
  }

  /// Opens the base, verifies it, asks, writes, and asks again; whatever it holds.
  func use() {
    let engine = Engine()
    engine.settings.timeLimit = 0.5
    engine.settings.memoryLimit = 64 << 20
    let session = Session(engine: engine, console: .recording(width: 80))
    session.keepsGoing = true
    guard session.open(base: path, isReadOnly: false) else { return }
    for text in [
      ".verify", ".info", "p(X, Y, Z)?", "q(X)?", "-p(X, Y, Z)?", "e(7, Y)?", "e(X, 9) | count?",
      "claim(S, \"p\", P, D, O, L, C, K, V)?", "as of 2020: p(X, Y, Z)?", "p(new, 1, \"z\").",
      "p(amazon, _, _)~", "p(X, Y, Z) | count by X?", ".compact", "p(X, _, \"x\")?",
    ] {
      session.runCommandText(text)
    }
  }
}
