import Glibc
import Synchronization

/// A piece of work on a thread of its own, beside whoever asked for it.
///
/// For what mostly waits, such as bringing pages to disk: `parallel(over:)` shares out work that
/// keeps processors busy. Whoever starts it has to call `finish` before anything it uses ends.
final class BackgroundWork: @unchecked Sendable {
  private let body: @Sendable () throws -> Void
  private var failure: (any Error)?
  private var thread: pthread_t?
  private let isDone = Atomic<Bool>(false)

  /// Begins with the work; where there is no thread to be had, does all of it here.
  init(_ body: @escaping @Sendable () throws -> Void) {
    self.body = body
    // Taken back by the thread, which ends with it.
    let own = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = withoutSignals {
      pthread_create(
        &thread, nil,
        { own in
          if let own { Unmanaged<BackgroundWork>.fromOpaque(own).takeRetainedValue().run() }
          return nil
        }, own.toOpaque())
    }
    if status == 0 {
      self.thread = thread
    } else {
      own.takeRetainedValue().run()
    }
  }

  private func run() {
    do { try body() } catch { failure = error }
    isDone.store(true, ordering: .releasing)
  }

  /// Whether `finish` returns at once.
  var isFinished: Bool { isDone.load(ordering: .acquiring) }

  /// Waits for the end of the work and throws what it threw.
  func finish() throws {
    if let thread { pthread_join(thread, nil) }
    thread = nil
    if let failure { throw failure }
  }
}

/// Runs `body` while signals are blocked, which threads that it starts inherit: an interrupt then
/// reaches the one that waits for it.
func withoutSignals<Result>(_ body: () -> Result) -> Result {
  var all = sigset_t()
  var before = sigset_t()
  sigfillset(&all)
  pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  return body()
}
