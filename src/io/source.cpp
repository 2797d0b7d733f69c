#include "io/source.hpp"

#include <algorithm>

#include "io/glob.hpp"

namespace whittle {

namespace {
constexpr uint64_t kibibyte = 1 << 10;
constexpr uint64_t mebibyte = 1 << 20;
}  // namespace

bool SourceIdentity::surely_same(const SourceIdentity& other) const {
  if (size != other.size) return false;
  if (!etag.empty() || !other.etag.empty()) {
    return etag == other.etag && !etag.starts_with("W/");
  }
  return !last_modified.empty() && last_modified == other.last_modified;
}

void LinkEstimate::add_transfer(uint64_t bytes, uint64_t nanoseconds) {
  // What had been waiting in a buffer arrives at once, as fast as memory is.
  constexpr uint64_t shortest = 1'000'000;
  if (bytes < 16 * kibibyte || nanoseconds == 0) return;
  if (nanoseconds < shortest && bytes < 256 * kibibyte) return;
  const double sample = static_cast<double>(bytes) * 1e9 / static_cast<double>(nanoseconds);
  const double old = static_cast<double>(bandwidth_.load(std::memory_order_relaxed));
  const double next = std::min(std::max(sample, old * 0.9 + sample * 0.1), 1e12);
  bandwidth_.store(static_cast<uint64_t>(next), std::memory_order_relaxed);
}

void LinkEstimate::add_first_byte(uint64_t nanoseconds) {
  if (nanoseconds == 0) return;
  const uint64_t old = first_byte_.load(std::memory_order_relaxed);
  const uint64_t next =
      old == 0 || nanoseconds < old ? nanoseconds : old + (nanoseconds - old) / 16;
  first_byte_.store(next, std::memory_order_relaxed);
}

uint64_t LinkEstimate::gap(uint64_t seed) const {
  const double first_byte = static_cast<double>(first_byte_nanoseconds());
  const double bandwidth = static_cast<double>(bytes_per_second());
  if (first_byte == 0 || bandwidth == 0) return seed;
  const double product = std::min(first_byte * 1e-9 * bandwidth, 1e15);
  return std::clamp(static_cast<uint64_t>(product), 4 * kibibyte, 8 * mebibyte);
}

uint64_t default_tail_size(uint64_t size) {
  if (size == UINT64_MAX) return 128 * kibibyte;
  if (size <= mebibyte) return size;
  return std::clamp(size / 256, 64 * kibibyte, 512 * kibibyte);
}

Task<Result<std::vector<std::string>>> SourceOpener::list(std::string pattern, OpenOptions,
                                                          IoSessionRef) {
  std::vector<std::string> names;
  names.push_back(std::move(pattern));
  co_return names;
}

Result<SourceOpener*> SourceRegistry::find(std::string_view url) const {
  for (const auto& opener : openers_) {
    if (opener->accepts(url)) return opener.get();
  }
  const size_t scheme = url.find("://");
  const std::string what =
      scheme == std::string_view::npos ? "local files" : std::string(url.substr(0, scheme)) + "://";
  return fail(Error(ErrorCode::Unsupported, "nothing here can open " + what)
                  .with_source(without_credentials(url)));
}

Task<Result<OpenedSource>> SourceRegistry::open(std::string url, OpenOptions options,
                                                IoSessionRef session) {
  CO_TRY(session->cancellation.check());
  SourceOpener* opener = CO_TRY(find(url));
  const std::string shown = without_credentials(url);
  auto opened = co_await opener->open(std::move(url), std::move(options), std::move(session));
  if (!opened) co_return fail(std::move(opened).error().with_source(shown));
  co_return std::move(*opened);
}

Task<Result<std::vector<std::string>>> SourceRegistry::expand(std::string pattern,
                                                              OpenOptions options,
                                                              IoSessionRef session) {
  std::vector<std::string> expanded = CO_TRY(expand_braces(pattern));
  std::vector<std::string> names;
  for (std::string& one : expanded) {
    SourceOpener* opener = CO_TRY(find(one));
    auto found = CO_TRY(co_await opener->list(std::move(one), options, session));
    for (std::string& name : found) names.push_back(std::move(name));
  }
  if (names.empty()) {
    co_return fail(Error(ErrorCode::NotFound, "no file matches this pattern")
                       .with_source(without_credentials(pattern)));
  }
  co_return names;
}

}  // namespace whittle
