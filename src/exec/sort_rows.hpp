// A stable sort of row numbers for the places that sort little: std::sort is some kilobytes of code
// for each comparison it is compiled with, here it is compiled once and calls through a pointer.
#pragma once

#include <cstdint>
#include <span>

namespace whittle {

/// Borrowed: `f(a, b)`, row a comes before row b.
struct RowOrder {
  template <class F>
  RowOrder(const F& f)  // NOLINT(google-explicit-constructor)
      : object(&f), call([](const void* object, uint32_t a, uint32_t b) -> bool {
          return (*static_cast<const F*>(object))(a, b);
        }) {}
  bool operator()(uint32_t a, uint32_t b) const { return call(object, a, b); }
  const void* object;
  bool (*call)(const void* object, uint32_t a, uint32_t b);
};

void sort_rows(std::span<uint32_t> rows, const RowOrder& before);

}  // namespace whittle
