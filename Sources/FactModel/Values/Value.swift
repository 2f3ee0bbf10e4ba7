/// A value in full, as it stands in a text: the form for the edges, where a word is for the inside.
public enum Value: Hashable, Sendable {
  /// Not known: `_` in a stated fact.
  case unknown
  /// The open attribute of a denial.
  case anything
  /// An entity or a text.
  case symbol(String)
  /// An exact integer.
  case integer(Int64)
  /// A finite double that is no integer that fits.
  case number(Double)
  /// A date or date-time of one precision.
  case date(CalendarDate)
  /// A number known only to lie between two bounds, both included; nil is an open side.
  case range(lower: Scalar?, upper: Scalar?, text: String?)
  /// A moment known only to lie between two days or moments, both included; nil is an open side.
  case span(first: CalendarDate?, last: CalendarDate?, text: String?)
}

/// One exact number: the bound of a range.
public enum Scalar: Hashable, Sendable {
  case integer(Int64)
  case number(Double)
}

/// How sure a fact or an answer is; the FactBank scale.
///
/// A raw value of 0 is the surest, so that a missing level column means certain and the weakest of
/// several is their maximum.
public enum Certainty: UInt8, Sendable, CaseIterable {
  case certain = 0
  case probable, possible
}
