// The C and C++ runtime of the module: what libc, libc++ and libc++abi would take from WASI. Linked
// before the archives, so that their members which bring stdio and system calls are never pulled.
#include <unistd.h>
#include <wasi/api.h>

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "imports.hpp"

namespace {

[[noreturn]] void die(const char* text) {
  host_panic(text, std::strlen(text));
}

void* allocate(std::size_t size) {
  void* memory = std::malloc(size ? size : 1);
  if (!memory) die("out of memory");
  return memory;
}

void* allocate(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  void* memory = std::aligned_alloc(step, (size + step - 1) / step * step);
  if (!memory) die("out of memory");
  return memory;
}

}  // namespace

extern "C" {

// Debian's compiler-rt for wasm32 was built with -fstack-protector and refers to these two.
std::uintptr_t __stack_chk_guard = 0x5bd1e995;
[[noreturn]] void __stack_chk_fail() {
  die("stack smashed");
}

[[noreturn]] void whittle_abort() __asm__("abort");
[[noreturn]] void whittle_abort() {
  die("abort");
}
[[noreturn]] void abort_message(const char* format, ...) {
  die(format);
}

// Grows by a quarter or 4 MiB at once: a call of memory.grow costs a third of a millisecond in V8.
void* sbrk(intptr_t increment) {
  static std::uintptr_t position = 0, end = 0;
  constexpr std::uintptr_t page_bits = 16, least_pages = 64;
  if (position == 0) position = end = __builtin_wasm_memory_size(0) << page_bits;
  if (increment == 0) return reinterpret_cast<void*>(position);
  const auto size = static_cast<std::uintptr_t>(increment);
  if (increment > 0 && size > end - position) {
    const std::uintptr_t needed = (size - (end - position) + 0xffff) >> page_bits;
    std::uintptr_t pages = end >> (page_bits + 2);
    if (pages < least_pages) pages = least_pages;
    if (pages < needed) pages = needed;
    std::uintptr_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == UINTPTR_MAX) before = __builtin_wasm_memory_grow(0, pages = needed);
    if (before == UINTPTR_MAX) increment = -1;
    if (before != UINTPTR_MAX) end = (before + pages) << page_bits;
  }
  if (increment < 0) {
    errno = ENOMEM;
    return reinterpret_cast<void*>(-1);
  }
  const std::uintptr_t start = position;
  position += size;
  return reinterpret_cast<void*>(start);
}

}  // extern "C"

// The few system calls that stdio's members refer to, in place of __wasilibc_real.o. When libc
// comes to need another one, that object is linked after all and the link fails with duplicate
// symbols: nothing slips in.
extern "C" {

__wasi_errno_t __wasi_fd_write(__wasi_fd_t, const __wasi_ciovec_t* parts, size_t count,
                               __wasi_size_t* written) {
  *written = 0;
  for (size_t i = 0; i < count; ++i) {
    host_log(2, reinterpret_cast<const char*>(parts[i].buf), parts[i].buf_len);
    *written += parts[i].buf_len;
  }
  return 0;
}
__wasi_errno_t __wasi_fd_close(__wasi_fd_t) {
  return 0;
}
__wasi_errno_t __wasi_fd_seek(__wasi_fd_t, __wasi_filedelta_t, __wasi_whence_t,
                              __wasi_filesize_t*) {
  return __WASI_ERRNO_SPIPE;
}
__wasi_errno_t __wasi_environ_sizes_get(__wasi_size_t* count, __wasi_size_t* bytes) {
  *count = *bytes = 0;
  return 0;
}
__wasi_errno_t __wasi_environ_get(uint8_t**, uint8_t*) {
  return 0;
}
_Noreturn void __wasi_proc_exit(__wasi_exitcode_t) {
  die("exit");
}
}

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char* format, ...) {
  die(format);
}
_LIBCPP_END_NAMESPACE_STD

void* operator new(std::size_t size) {
  return allocate(size);
}
void* operator new[](std::size_t size) {
  return allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size ? size : 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return std::malloc(size ? size : 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate(size, alignment);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
