import Glibc
import Synchronization

/// How many threads a piece of work may use.
public enum Workers {
  private static let setting = Atomic<Int>(0)
  private static let processors = min(8, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// The threads that `parallel(over:)` uses: one for each processor, at most 8, unless it was
  /// set.
  public static var count: Int {
    get {
      let wanted = setting.load(ordering: .relaxed)
      return wanted > 0 ? wanted : processors
    }
    set { setting.store(max(newValue, 0), ordering: .relaxed) }
  }
}

/// Calls `body` once with each number below `count`, several at the same time where there are
/// processors for it, and returns when all calls have.
///
/// Threads start here and in `BackgroundWork` only. The caller takes part, and waits only for calls that another
/// thread has begun, so that on a busy machine it does the work by itself. Calls must not write
/// what another one reads; they run one after the other where a parallel piece of work is under way
/// already. Costs some microseconds: meant for pieces of a tenth of a millisecond and more.
public func parallel(over count: Int, _ body: (Int) -> Void) {
  guard count > 1, Workers.count > 1, WorkerPool.shared.begin() else {
    for number in 0..<max(count, 0) { body(number) }
    return
  }
  withoutActuallyEscaping(body) { body in
    WorkerPool.shared.run(ParallelJob(count: count, body: body), threads: Workers.count - 1)
  }
}

/// Calls that are handed out one by one.
private final class ParallelJob: @unchecked Sendable {
  let count: Int
  /// Taken away once all calls have returned, since a thread that comes late may still hold the job.
  var body: ((Int) -> Void)?
  private let next = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)

  init(count: Int, body: @escaping (Int) -> Void) {
    self.count = count
    self.body = body
  }

  /// Makes calls until none is left to begin; true where the last one to return was made here.
  func work() -> Bool {
    var isLast = false
    while true {
      let number = next.wrappingAdd(1, ordering: .acquiring).oldValue
      if number >= count { return isLast }
      body?(number)
      isLast = finished.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count
    }
  }

  var isFinished: Bool { finished.load(ordering: .acquiring) == count }
}

/// Threads that wait for work, started at first need and kept.
private final class WorkerPool: @unchecked Sendable {
  static let shared = WorkerPool()

  private let isBusy = Atomic<Bool>(false)
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let hasJob: UnsafeMutablePointer<pthread_cond_t>
  private let isDone: UnsafeMutablePointer<pthread_cond_t>
  // Under the lock.
  private var job: ParallelJob?
  private var generation = 0
  private var threads = 0

  private init() {
    // They live as long as the process, as the threads do.
    lock = .allocate(capacity: 1)
    hasJob = .allocate(capacity: 1)
    isDone = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(hasJob, nil)
    pthread_cond_init(isDone, nil)
  }

  /// Takes the pool; false where it has work already.
  func begin() -> Bool {
    isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func run(_ job: ParallelJob, threads wanted: Int) {
    pthread_mutex_lock(lock)
    self.job = job
    generation += 1
    let missing = min(wanted, job.count - 1) - threads
    if missing > 0 { start(missing) }
    pthread_cond_broadcast(hasJob)
    pthread_mutex_unlock(lock)
    _ = job.work()
    pthread_mutex_lock(lock)
    while !job.isFinished { pthread_cond_wait(isDone, lock) }
    self.job = nil
    pthread_mutex_unlock(lock)
    job.body = nil
    isBusy.store(false, ordering: .releasing)
  }

  /// Starts threads, which take no signals.
  private func start(_ count: Int) {
    withoutSignals {
      for _ in 0..<count {
        var thread = pthread_t()
        let status = pthread_create(
          &thread, nil,
          { _ in
            WorkerPool.shared.serve()
            return nil
          }, nil)
        // Without another thread the caller does all of it.
        guard status == 0 else { break }
        pthread_detach(thread)
        threads += 1
      }
    }
  }

  private func serve() {
    var seen = 0
    while true {
      pthread_mutex_lock(lock)
      while generation == seen || job == nil {
        seen = generation
        pthread_cond_wait(hasJob, lock)
      }
      seen = generation
      let current = job
      pthread_mutex_unlock(lock)
      if current?.work() == true {
        pthread_mutex_lock(lock)
        pthread_cond_broadcast(isDone)
        pthread_mutex_unlock(lock)
      }
    }
  }
}
