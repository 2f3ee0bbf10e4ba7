extension FactTable {
  /// Retracts: closes, as of `moment`, the open claims of some facts that agree with a filter and
  /// were known by then. Returns how many were closed.
  ///
  /// They still count in a view as of an earlier moment. A fact whose last claim is closed no longer
  /// stands. Rows that are dead or named twice do no harm.
  @discardableResult
  public func retract(
    rows: [UInt32], matching filter: ClaimFilter, at moment: Word,
    isKnown: (Claim) -> Bool = { _ in true }
  ) -> Int {
    close(rows, filter, isKnown) { entry in
      self.retractions[entry] = moment
      self.hasChangedRetractions = true
    }
  }

  /// Removes claims of some facts as if they had never been stated, those retracted too.
  ///
  /// Returns how many there were.
  @discardableResult
  public func erase(rows: [UInt32], matching filter: ClaimFilter) -> Int {
    journal?.erased(rows, filter)
    var erased = 0
    for row in rows where hasEntries(row) {
      for entry in entries(of: row) where retractions[entry] != nil {
        if filter.matches(claim(inRow: entry)) {
          retractions[entry] = nil
          hasChangedRetractions = true
          erased += 1
        }
      }
    }
    if erased > 0 { version += 1 }
    for row in rows where facts.isLive(row) && !hasEntries(row) {
      // A fact with one plain claim needs no entry to be forgotten.
      if filter.matches(.plain) {
        facts.setLive(row, false)
        facts.setLevel(row, .certain)
        plainCount -= 1
        erased += 1
        version += 1
      }
    }
    return erased + close(rows, filter, { _ in true }, { _ in })
  }

  private func close(
    _ rows: [UInt32], _ filter: ClaimFilter, _ isKnown: (Claim) -> Bool, _ note: (UInt32) -> Void
  ) -> Int {
    var closed = 0
    for row in rows where facts.isLive(row) {
      if !hasEntries(row) {
        guard filter.matches(.plain), isKnown(.plain) else { continue }
        _ = writeDefault(of: row)
      }
      var best: Certainty?
      for entry in entries(of: row) where claims.isLive(entry) {
        let claim = claim(inRow: entry)
        if filter.matches(claim), isKnown(claim) {
          claims.setLive(entry, false)
          note(entry)
          closed += 1
        } else if claim.certainty.rawValue < (best?.rawValue ?? .max) {
          best = claim.certainty
        }
      }
      if let best { facts.setLevel(row, best) } else { facts.setLive(row, false) }
    }
    if closed > 0 { version += 1 }
    return closed
  }
}
