import FactLanguage

/// The names nearest to a mistyped one, at most three.
func nearest(_ name: String, among names: [String]) -> [String] {
  NearestName.nearest(name, among: names, count: 3)
}
