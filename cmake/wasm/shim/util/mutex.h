// Stands in for RE2's util/mutex.h on wasm32, where nothing can block: the same names, all empty.
#pragma once

namespace re2 {

class Mutex {
 public:
  void Lock() {}
  void Unlock() {}
  void ReaderLock() {}
  void ReaderUnlock() {}
  void WriterLock() {}
  void WriterUnlock() {}
};

struct MutexLock {
  explicit MutexLock(Mutex*) {}
  ~MutexLock() {}  // user-provided, so that an unused lock is no warning
};
using ReaderMutexLock = MutexLock;
using WriterMutexLock = MutexLock;

}  // namespace re2
