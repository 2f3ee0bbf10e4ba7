// What libFuzzer calls: `Fuzz TARGET [options and corpus folders of libFuzzer]`.
// `scripts/fuzz` builds and runs it.
import Glibc

/// A reader of outside bytes, tried with whatever bytes libFuzzer makes up.
struct FuzzTarget: Sendable {
  let name: String
  /// Must neither crash nor take long, whatever the bytes are.
  let run: @Sendable ([UInt8]) -> Void
}

let targets =
  recordTargets + [
    factTextTarget, statementsTarget, valuesTarget, historyTarget, baseFileTarget, baseValueTarget,
  ]

/// The target that this process tries; written once, before the first input.
nonisolated(unsafe) private var chosen = targets[0]

/// Takes the name of the target out of the arguments.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> Int32 {
  let words = arguments.pointee
  guard count.pointee > 1, let word = words[1] else { list(status: 2) }
  let name = String(cString: word)
  if name == "--list" { list(status: 0) }
  guard let found = targets.first(where: { $0.name == name }) else { list(status: 2) }
  chosen = found
  for place in 1..<Int(count.pointee) { words[place] = words[place + 1] }
  count.pointee -= 1
  return 0
}

private func list(status: Int32) -> Never {
  for target in targets { print(target.name) }
  exit(status)
}

/// Tries one input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  chosen.run(Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}
