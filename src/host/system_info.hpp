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
/// Has the allocator give large blocks back to the system as soon as they are freed, so that the
/// process is not larger than the memory budget says. For the command: a library leaves the
/// allocator of its process alone.
void return_memory_promptly();

}  // namespace whittle::host
