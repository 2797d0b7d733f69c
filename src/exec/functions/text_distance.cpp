// How alike two strings are: edit distances and similarities. Bytes count, not code points, as in
// DuckDB.
#include <algorithm>
#include <vector>

#include "exec/functions/functions.hpp"
#include "exec/functions/one_loop.hpp"

namespace whittle {

namespace {

using Arguments = std::span<const Column>;

// Insertions, deletions, replacements; with `swaps` also exchanges of neighbours.
int64_t edit_distance(std::string_view a, std::string_view b, bool swaps) {
  if (a.empty() || b.empty()) return static_cast<int64_t>(a.size() + b.size());
  const size_t width = b.size() + 1;
  std::vector<int64_t> before(width), above(width), row(width);
  // The true Damerau distance keeps the last row in which each byte stood.
  if (!swaps) {
    for (size_t j = 0; j < width; ++j) above[j] = static_cast<int64_t>(j);
    for (size_t i = 1; i <= a.size(); ++i) {
      row[0] = static_cast<int64_t>(i);
      for (size_t j = 1; j < width; ++j) {
        const int64_t replaced = above[j - 1] + (a[i - 1] != b[j - 1]);
        row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      }
      std::swap(above, row);
    }
    return above[b.size()];
  }
  const size_t stride = b.size() + 2;
  const auto infinity = static_cast<int64_t>(a.size() + b.size());
  std::vector<int64_t> table((a.size() + 2) * stride, infinity);
  std::vector<size_t> last_row(256, 0);
  for (size_t i = 0; i <= a.size(); ++i) table[(i + 1) * stride + 1] = static_cast<int64_t>(i);
  for (size_t j = 0; j <= b.size(); ++j) table[stride + j + 1] = static_cast<int64_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t last_match = 0;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t k = last_row[static_cast<uint8_t>(b[j - 1])], l = last_match;
      const bool same = a[i - 1] == b[j - 1];
      if (same) last_match = j;
      const auto between = static_cast<int64_t>((i - k - 1) + (j - l - 1));
      table[(i + 1) * stride + j + 1] =
          std::min({table[i * stride + j] + !same, table[(i + 1) * stride + j] + 1,
                    table[i * stride + j + 1] + 1, table[k * stride + l] + between + 1});
    }
    last_row[static_cast<uint8_t>(a[i - 1])] = i;
  }
  return table[(a.size() + 1) * stride + b.size() + 1];
}

// Two rows (or, with exchanges, a table) per pair: pairs that would take too much are refused.
Result<Column> distances(KernelContext& context, Arguments arguments, bool swaps) {
  return one_loop::binary<StringRef, StringRef, int64_t>(
      context, arguments, [&](const StringRef& a, const StringRef& b) -> Result<int64_t> {
        const uint64_t cells = swaps ? (uint64_t{a.size()} + 2) * (uint64_t{b.size()} + 2)
                                     : uint64_t{b.size()} * 3 + 3;
        Reservation reservation(context.budget, "edit distance");
        TRY(reservation.resize(cells * 8));
        return edit_distance(a.view(), b.view(), swaps);
      });
}

template <bool swaps>
Result<Column> distance_kernel(KernelContext& context, Arguments arguments) {
  return distances(context, arguments, swaps);
}

Result<Column> hamming_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::binary<StringRef, StringRef, int64_t>(
      context, arguments, [](const StringRef& a, const StringRef& b) -> Result<int64_t> {
        if (a.size() != b.size()) {
          return fail(ErrorCode::InvalidArgument,
                      "Mismatch Function: Strings must be of equal length!");
        }
        if (a.size() == 0) {
          return fail(ErrorCode::InvalidArgument,
                      "Mismatch Function: Strings must be of length > 0!");
        }
        int64_t count = 0;
        for (uint32_t i = 0; i < a.size(); ++i) count += a.data()[i] != b.data()[i];
        return count;
      });
}

// Of the sets of bytes.
Result<Column> jaccard_kernel(KernelContext& context, Arguments arguments) {
  return one_loop::binary<StringRef, StringRef, double>(
      context, arguments, [](const StringRef& a, const StringRef& b) -> Result<double> {
        if (a.size() == 0 || b.size() == 0) {
          return fail(ErrorCode::InvalidArgument, "Jaccard Function: An argument too short!");
        }
        bool in_a[256] = {}, in_b[256] = {};
        for (const char c : a.view()) in_a[static_cast<uint8_t>(c)] = true;
        for (const char c : b.view()) in_b[static_cast<uint8_t>(c)] = true;
        int both = 0, either = 0;
        for (int i = 0; i < 256; ++i) {
          both += in_a[i] && in_b[i];
          either += in_a[i] || in_b[i];
        }
        return static_cast<double>(both) / either;
      });
}

// M. A. Jaro, JASA 84 (1989): matches within half the longer length, and their transpositions.
double jaro(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return 0;
  const size_t longer = std::max(a.size(), b.size());
  const size_t window = longer / 2 > 0 ? longer / 2 - 1 : 0;
  std::vector<bool> taken(b.size()), matched(a.size());
  size_t matches = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const size_t low = i > window ? i - window : 0, high = std::min(b.size(), i + window + 1);
    for (size_t j = low; j < high; ++j) {
      if (taken[j] || a[i] != b[j]) continue;
      taken[j] = matched[i] = true;
      ++matches;
      break;
    }
  }
  if (matches == 0) return 0;
  size_t moved = 0, j = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!matched[i]) continue;
    while (!taken[j]) ++j;
    moved += a[i] != b[j++];
  }
  const auto m = static_cast<double>(matches);
  return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) +
          (m - static_cast<double>(moved / 2)) / m) /
         3;
}

// W. E. Winkler (1990): common beginnings of up to four bytes count more.
double jaro_winkler(std::string_view a, std::string_view b) {
  const double similarity = jaro(a, b);
  size_t prefix = 0;
  while (prefix < 4 && prefix < a.size() && prefix < b.size() && a[prefix] == b[prefix]) ++prefix;
  if (similarity <= 0.7) return similarity;
  return similarity + static_cast<double>(prefix) * 0.1 * (1 - similarity);
}

using Similarity = double (*)(std::string_view a, std::string_view b);

// Similarities below the third argument are 0.
Result<Column> similarities(KernelContext& context, Arguments arguments, Similarity similarity) {
  if (arguments.size() == 3) {
    return kernels::ternary<StringRef, StringRef, double, double>(
        context, arguments, [similarity](const StringRef& a, const StringRef& b, double least) {
          const double value = similarity(a.view(), b.view());
          return value >= least ? value : 0.0;
        });
  }
  return one_loop::binary<StringRef, StringRef, double>(
      context, arguments, [similarity](const StringRef& a, const StringRef& b) {
        return similarity(a.view(), b.view());
      });
}

template <Similarity similarity>
Result<Column> similarity_kernel(KernelContext& context, Arguments arguments) {
  return similarities(context, arguments, similarity);
}

constexpr TypeId text = TypeId::Varchar, big = TypeId::BigInt, real = TypeId::Double;

constexpr ScalarFunction rows[] = {
    {"levenshtein", big, distance_kernel<false>, 2, {text, text}, kCanFail},
    {"editdist3", big, distance_kernel<false>, 2, {text, text}, kCanFail},
    {"damerau_levenshtein", big, distance_kernel<true>, 2, {text, text}, kCanFail},
    {"hamming", big, hamming_kernel, 2, {text, text}, kCanFail},
    {"mismatches", big, hamming_kernel, 2, {text, text}, kCanFail},
    {"jaccard", real, jaccard_kernel, 2, {text, text}, kCanFail},
    {"jaro_similarity", real, similarity_kernel<jaro>, 2, {text, text}},
    {"jaro_similarity", real, similarity_kernel<jaro>, 3, {text, text, real}},
    {"jaro_winkler_similarity", real, similarity_kernel<jaro_winkler>, 2, {text, text}},
    {"jaro_winkler_similarity", real, similarity_kernel<jaro_winkler>, 3, {text, text, real}},
};

}  // namespace

std::span<const ScalarFunction> text_distance_functions() {
  return rows;
}

}  // namespace whittle
