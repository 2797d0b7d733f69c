// What a module needs besides the core rooms, for the link that `make wasm-check` does: it proves that
// nothing in the core asks for a thread, a file or a socket, and it measures the size of the rooms.
#include <cstdint>

extern "C" {
// Debian's compiler-rt for wasm32 was built with -fstack-protector and refers to these two.
std::uintptr_t __stack_chk_guard = 0x5bd1e995;
[[noreturn]] void __stack_chk_fail() { __builtin_trap(); }
}
