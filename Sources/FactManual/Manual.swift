/// The reference manual, one page after another, embedded in the program.
///
/// The pages are the articles of the documentation catalogue `Manual.docc`, so that what
/// `.help` shows and what the documentation says are the same text. The module stands by itself
/// because compiling the embedded pages takes longer than compiling the code that shows them.
public enum Manual {
  /// A page: its file name without the extension, and its Markdown text.
  public struct Page: Sendable {
    /// The name by which other pages link to it, such as `Queries`.
    public let name: String
    private let bytes: [UInt8]

    fileprivate init(_ name: String, _ bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }

    /// The Markdown text; decoded at each call, as it is shown seldom.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// The pages in reading order. Nothing is built before the first use.
  public static let pages: [Page] = [
    Page("Manual", PackageResources.Manual_md),
    Page("Tutorial", PackageResources.Tutorial_md),
    Page("Values", PackageResources.Values_md),
    Page("Facts", PackageResources.Facts_md),
    Page("Queries", PackageResources.Queries_md),
    Page("Functions", PackageResources.Functions_md),
    Page("Rules", PackageResources.Rules_md),
    Page("Certainty", PackageResources.Certainty_md),
    Page("Files", PackageResources.Files_md),
    Page("Bases", PackageResources.Bases_md),
    Page("Commands", PackageResources.Commands_md),
    Page("CommandLine", PackageResources.CommandLine_md),
    Page("Output", PackageResources.Output_md),
    Page("Editing", PackageResources.Editing_md),
    Page("Errors", PackageResources.Errors_md),
  ]
}
