// What this process may use of the machine: processors (affinity and cgroup quota), memory (RAM and
// cgroup limit), and what it has used (peak resident set).
#pragma once

#include <cstdint>

namespace whittle::host {

uint32_t processor_count();
/// Bytes of RAM, or of the cgroup's limit if that is lower.
uint64_t physical_memory();
/// 80 % of physical_memory: the native default of --memory-limit.
uint64_t default_memory_limit();
uint64_t peak_resident_bytes();

}  // namespace whittle::host
