#include "host/system_info.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace whittle::host {

namespace {

// The first line of a small file; empty when there is none.
const char* read_line(const char* path, char (&line)[256]) {
  line[0] = 0;
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return line;
  const ssize_t length = read(file, line, sizeof line - 1);
  close(file);
  line[std::max<ssize_t>(length, 0)] = 0;
  return line;
}

}  // namespace

uint32_t processor_count() {
  cpu_set_t set;
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  if (sched_getaffinity(0, sizeof set, &set) == 0) count = CPU_COUNT(&set);
  char line[256];
  long quota = 0, period = 0;
  if (std::sscanf(read_line("/sys/fs/cgroup/cpu.max", line), "%ld %ld", &quota, &period) == 2 &&
      quota > 0 && period > 0) {
    count = std::min(count, (quota + period - 1) / period);
  }
  return static_cast<uint32_t>(std::clamp(count, 1L, 1024L));
}

uint64_t physical_memory() {
  uint64_t bytes =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    char line[256];
    const uint64_t limit = std::strtoull(read_line(path, line), nullptr, 10);
    if (limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

uint64_t default_memory_limit() {
  return physical_memory() / 5 * 4;
}

uint64_t peak_resident_bytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

void return_memory_promptly() {
#ifdef __GLIBC__
  // Without this the threshold grows with the first large block that is freed.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

}  // namespace whittle::host
