// swift-tools-version: 6.2
import PackageDescription

/// The pages of the manual; `.help` shows them, so they are embedded in the program.
let pages = [
  "Manual", "Tutorial", "Values", "Facts", "Queries", "Functions", "Rules", "Certainty", "Files",
  "Bases", "Commands", "CommandLine", "Output", "Editing", "Errors",
]

let package = Package(
  name: "factsh",
  products: [
    .executable(name: "factsh", targets: ["factsh"]),
    .library(name: "FactEngine", targets: ["FactEngine"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "CLibEdit", linkerSettings: [.linkedLibrary("edit")]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
    .target(name: "FactModel", dependencies: ["CLMDB"]),
    .target(name: "FactLanguage", dependencies: ["FactModel"]),
    .target(name: "FactFormats", dependencies: ["FactModel", "FactLanguage", "CZlib"]),
    .target(name: "FactEngine", dependencies: ["FactModel", "FactLanguage", "FactFormats"]),
    .target(
      name: "FactManual",
      resources: pages.map { .embedInCode("Manual.docc/\($0).md") }),
    .target(
      name: "FactShell",
      dependencies: [
        "FactModel", "FactLanguage", "FactFormats", "FactEngine", "FactManual", "CLibEdit",
      ]),
    .executableTarget(
      name: "factsh",
      dependencies: [
        "FactShell",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "FactModelTests", dependencies: ["FactModel"]),
    .testTarget(name: "FactLanguageTests", dependencies: ["FactLanguage"]),
    .testTarget(name: "FactFormatsTests", dependencies: ["FactFormats"]),
    .testTarget(name: "FactEngineTests", dependencies: ["FactEngine"]),
    .testTarget(
      name: "FactShellTests", dependencies: ["FactShell", "FactManual", "TerminalTestSupport"]),
    .target(
      name: "TerminalTestSupport", dependencies: ["CLibEdit"], path: "Tests/TerminalTestSupport"),
    .executableTarget(
      name: "EditorFixture", dependencies: ["FactShell"], path: "Tests/EditorFixture"),
    .testTarget(
      name: "TerminalTests",
      dependencies: ["EditorFixture", "factsh", "FactLanguage", "FactShell", "TerminalTestSupport"]
    ),
  ],
  swiftLanguageModes: [.v6]
)

// The fuzzer needs its own build of everything; `scripts/fuzz` makes it.
if Context.environment["FACTSH_FUZZ"] != nil {
  package.targets.append(
    .target(
      name: "Fuzz",
      dependencies: ["FactModel", "FactLanguage", "FactFormats", "FactEngine", "FactShell"],
      path: "Tests/Fuzz", exclude: ["Corpus"]))
}
