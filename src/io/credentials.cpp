#include "io/credentials.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "io/source.hpp"

namespace whittle {

namespace {

// Query parameters that grant access: S3 and GCS signatures, Azure's sig, tokens and keys of
// others.
bool is_secret_parameter(std::string_view name) {
  static constexpr std::string_view words[] = {"sig",     "token", "key",    "secret",
                                               "cred",    "auth",  "passwd", "password",
                                               "session", "jwt",   "policy"};
  const std::string folded = lower_case(name);
  return std::any_of(std::begin(words), std::end(words),
                     [&](std::string_view word) { return folded.find(word) != std::string::npos; });
}

// Calls found(begin, end) for each part of the URL that grants access, from left to right.
template <class Found>
void for_each_secret(std::string_view url, Found found) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return;
  const size_t authority = scheme + 3;
  const size_t path = std::min(url.find_first_of("/?", authority), url.size());
  const size_t at = url.substr(0, path).rfind('@');
  if (at != std::string_view::npos && at >= authority) found(authority, at);
  for (size_t mark = url.find('?', path); mark < url.size();) {
    const size_t begin = mark + 1;
    const size_t end = std::min(url.find('&', begin), url.size());
    const size_t equals = url.find('=', begin);
    if (equals < end && is_secret_parameter(url.substr(begin, equals - begin))) {
      found(equals + 1, end);
    }
    mark = end;
  }
}

}  // namespace

std::string without_credentials(std::string_view url) {
  if (url.find("://") != std::string_view::npos) url = url.substr(0, url.find('#'));
  std::string out;
  size_t copied = 0;
  for_each_secret(url, [&](size_t begin, size_t end) {
    out.append(url.substr(copied, begin - copied)).append("…");
    copied = end;
  });
  return out.append(url.substr(copied));
}

std::string with_blanked_credentials(std::string_view text) {
  std::string out(text);
  for (size_t scheme = out.find("://"); scheme != std::string::npos;) {
    const size_t end = std::min(out.find_first_of("'\"\n", scheme), out.size());
    for_each_secret(text.substr(scheme, end - scheme), [&](size_t from, size_t to) {
      std::fill(out.begin() + static_cast<ptrdiff_t>(scheme + from),
                out.begin() + static_cast<ptrdiff_t>(scheme + to), '*');
    });
    scheme = out.find("://", end);
  }
  return out;
}

}  // namespace whittle
