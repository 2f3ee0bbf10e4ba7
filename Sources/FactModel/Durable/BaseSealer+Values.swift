extension BaseSealer {
  /// Plans what is to be written of texts that are new: their bytes, and their hashes in a run of
  /// their own or as one with shorter ones before it.
  ///
  /// Nobody may add texts before it is written.
  func planTexts(_ reader: MapReader?) throws {
    let symbols = base.values.symbols
    let first = catalogue.textCount
    let count = symbols.count - first
    guard count > 0 else { return }
    var ends = [UInt32](repeating: 0, count: count)
    var pairs = [UInt64](repeating: 0, count: count)
    var size = 0
    for i in 0..<count {
      let id = UInt32(first + i)
      symbols.withBytes(id) { text in
        size += text.count
        pairs[i] = SymbolHash.hash(text) & 0xFFFF_FFFF_0000_0000 | UInt64(id)
      }
      guard let end = UInt32(exactly: size) else {
        throw BaseError(
          .failed, "one statement states more than 4 GB of text", hint: "load it in parts")
      }
      ends[i] = end
    }
    let total = count * 4 + size
    let number = nextBlob()
    catalogue.texts.append(StoredRun(count: count, blob: number, size: total))
    values.append(
      SealedValue(number: number, size: { total }) { [ends] value in
        ends.withUnsafeBytes { value.copyMemory(from: $0) }
        var at = count * 4
        for i in 0..<count {
          symbols.withBytes(UInt32(first + i)) { text in
            UnsafeMutableRawBufferPointer(rebasing: value[at..<at + text.count])
              .copyMemory(from: text)
            at += text.count
          }
        }
      })
    try planHashes(HashPairs(pairs), reader)
  }

  private func planHashes(_ new: HashPairs, _ reader: MapReader?) throws {
    var count = new.pairs.count
    let limit =
      isThorough || count >= catalogue.textCount / 16 ? thresholds.longRun : thresholds.merged
    while let last = catalogue.hashes.last, last.count < count * 4,
      last.count + count <= limit
    {
      guard let value = try reader?.value(.blob(last.blob)), value.count >= last.count * 8
      else { throw UnreadableBytes() }
      new.merged.append(UnsafeRawBufferPointer(rebasing: value[0..<last.count * 8]))
      count += last.count
      retire(last.blob)
      catalogue.hashes.removeLast()
    }
    let number = nextBlob()
    catalogue.hashes.append(StoredRun(count: count, blob: number, size: count * 8))
    values.append(
      SealedValue(number: number, make: new.merge, size: { count * 8 }) { value in
        new.pairs.withUnsafeBytes { value.copyMemory(from: $0) }
      })
  }

  func storeWides(_ writer: MapWriter) throws {
    let wides = base.values.wides
    let first = catalogue.wideCount
    guard wides.count > first else { return }
    var bytes = ByteWriter()
    for id in first..<wides.count { wides.write(UInt32(id), to: &bytes) }
    let number = nextBlob()
    let size = bytes.bytes.count
    try bytes.bytes.withUnsafeBytes { try writer.put(blob: number, $0) }
    catalogue.wides.append(StoredRun(count: wides.count - first, blob: number, size: size))
  }
}
