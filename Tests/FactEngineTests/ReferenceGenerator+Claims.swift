/// Claims at moments and for periods, retractions and denials.
extension ReferenceGenerator {
  private mutating func day() -> String {
    let day = 1 + random.below(20)
    return "2026-01-\(day < 10 ? "0" : "")\(day)"
  }

  private mutating func period() -> String {
    random.pick([
      "2026-01-01..2026-01-10", "2026-01-08..2026-01-20", "2026-02", "2025", "2026-01-15..",
    ])
  }

  private mutating func qualifiers(_ uncertain: Int) -> String {
    var parts: [String] = []
    if random.chance(60) { parts.append("@source: s\(random.below(3))") }
    if random.chance(uncertain) {
      parts.append("@certainty: \(random.pick(["probable", "possible"]))")
    }
    if random.chance(40) {
      parts.append("@known: \(random.chance(10) ? "late 2026-01" : random.chance(8) ? "_" : day())")
    }
    if random.chance(15) { parts.append("@document: d\(random.below(2))") }
    if random.chance(25) { parts.append("@valid: \(period())") }
    return parts.isEmpty ? "" : " " + comma(parts)
  }

  /// The statements of one fact: a claim or two, perhaps a retraction, perhaps a denial.
  mutating func claims(of fact: String, _ shape: Shape, _ uncertain: Int) -> [String] {
    var statements = ["\(fact)\(qualifiers(uncertain))."]
    if random.chance(20) { statements.append("\(fact)\(qualifiers(uncertain)).") }
    if random.chance(15) {
      let source = random.chance(50) ? "@source: s\(random.below(3)), " : ""
      statements.append("\(fact)~ \(source)@known: \(day()).")
    }
    if random.chance(15) { statements.append("-\(fact)\(qualifiers(uncertain)).") }
    if random.chance(8) { statements.append(denial(shape, uncertain)) }
    return statements
  }

  /// A denial that leaves some attributes open.
  private mutating func denial(_ shape: Shape, _ uncertain: Int) -> String {
    let words = shape.kinds.map { kind in random.chance(40) ? "_" : constant(kind) }
    return "-\(shape.name)(\(comma(words)))\(qualifiers(uncertain))."
  }

  /// Documents, denials of what rules derive, and what is asked of.
  mutating func claim(_ program: inout ReferenceProgram) {
    for number in 0..<2 where random.chance(70) {
      program.facts.insert("document(d\(number), title, publisher, \(day())).", at: 0)
    }
    for shape in derived where random.chance(30) {
      program.facts.append(denial(shape, random.pick([0, 50])))
    }
    switch random.below(isForWorlds ? 8 : 10) {
    case 0, 1, 2: break
    case 3, 4, 5: program.scope = "as of \(day()): "
    case 6: program.scope = "during \(period()): "
    case 7: program.scope = "as of 2026-01: "
    default: program.scope = "as of \(day()) and \(day()): "
    }
  }
}
