// What the module asks of JavaScript: all of it. js/src/host.ts is the other side.
//
// None of these calls back into the module before it returns: answers come later, through the
// exports of exports.cpp, each followed by `drain`.
#pragma once

#include <cstddef>
#include <cstdint>

#define WHITTLE_IMPORT(name) __attribute__((import_module("whittle"), import_name(name)))

extern "C" {

/// Milliseconds since an arbitrary start, never going back.
WHITTLE_IMPORT("now") double host_now();
/// Milliseconds since 1970-01-01 UTC.
WHITTLE_IMPORT("wall") double host_wall();
/// Calls `wake(id)` after the delay.
WHITTLE_IMPORT("sleep") void host_sleep(double milliseconds, uint32_t id);
/// Sends a request: `fetch_head(id, …)`, `fetch_data(id, …)`…, `fetch_end(id, …)` bring the reply.
/// `headers` are lines "Name: value", ended by \n each.
WHITTLE_IMPORT("fetch")
void host_fetch(uint32_t id, const char* url, size_t url_length, const char* headers,
                size_t headers_length, uint32_t head_only, double timeout_milliseconds);
/// Asks what a name is that is no web address: `opened(id, …)` answers.
WHITTLE_IMPORT("open") void host_open(uint32_t id, const char* name, size_t length);
/// Asks for the names that match a pattern: `listed(id, …)` answers.
WHITTLE_IMPORT("list") void host_list(uint32_t id, const char* pattern, size_t length);
/// Reads from an opened file: `read_space(id)` and `read_end(id, …)` bring the bytes.
WHITTLE_IMPORT("read") void host_read(uint32_t id, uint32_t file, double offset, double length);
/// Ends a fetch or read early; its end is still reported.
WHITTLE_IMPORT("abort") void host_abort(uint32_t id);
/// The end of what was asked for under `token`. `kind`: 0 a value, 1 the last value, 2 an error
/// (JSON). The bytes are valid during the call only.
WHITTLE_IMPORT("settle")
void host_settle(uint32_t token, uint32_t kind, const void* data, size_t length);
WHITTLE_IMPORT("log") void host_log(uint32_t level, const char* text, size_t length);
/// The module cannot go on. Does not return.
[[noreturn]] WHITTLE_IMPORT("panic") void host_panic(const char* text, size_t length);
}
