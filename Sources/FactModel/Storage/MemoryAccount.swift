/// The bytes that tables, sets and indexes hold together, and how many they may.
///
/// Owners add what they take and give it back when they go; the limit is read by whoever runs a
/// query, between batches. What is counted is capacity, not use, so that a doubled array shows.
public final class MemoryAccount {
  /// Bytes held now.
  public private(set) var used = 0
  /// The most bytes ever held at once.
  public private(set) var peak = 0
  /// Bytes that may be held; exceeding it stops nothing by itself.
  public var limit: Int

  /// An empty account; without a limit unless one is given.
  public init(limit: Int = .max) {
    self.limit = limit
  }

  /// Whether more is held than may be.
  public var isExceeded: Bool { used > limit }

  /// Counts bytes taken, or given back where negative.
  public func add(_ bytes: Int) {
    used &+= bytes
    if used > peak { peak = used }
  }
}

/// What one owner has charged to an account so far.
struct MemoryCharge {
  let account: MemoryAccount
  private var charged = 0

  init(_ account: MemoryAccount) {
    self.account = account
  }

  /// Makes the charge `bytes`.
  mutating func set(_ bytes: Int) {
    guard bytes != charged else { return }
    account.add(bytes - charged)
    charged = bytes
  }
}
