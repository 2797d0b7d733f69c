// A NativeHost, a budget and a folder with a file whose byte i is byte_at(i), for tests of real
// backends.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "host/native_host.hpp"
#include "io/range_engine.hpp"
#include "unit/io/simulation.hpp"

namespace whittle::testing {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/whittle-test-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() {
    // Only files that tests made below their own folder.
    [[maybe_unused]] const int status = std::system(("rm -rf '" + path + "'").c_str());
  }
  std::string file(const std::string& name, uint64_t size) const {
    const std::string full = path + "/" + name;
    std::FILE* file = std::fopen(full.c_str(), "wb");
    std::string content(size, '\0');
    for (uint64_t i = 0; i < size; ++i) content[i] = static_cast<char>(byte_at(i));
    std::fwrite(content.data(), 1, size, file);
    std::fclose(file);
    return full;
  }
  std::string path;
};

struct NativeFixture : ::testing::Test {
  MemoryBudget budget{256 << 20};
  CancellationToken cancellation;
  host::NativeHost host{2};
  IoSessionRef session;

  NativeFixture() { renew(); }
  void renew() {
    session = std::make_shared<IoSession>(host.pool, host.clock, budget, cancellation);
  }
  Result<OpenedSource> open(const std::string& url, OpenOptions options = {}) {
    return host.pool.block_on(host.sources.open(url, std::move(options), session));
  }
  static Task<Result<BufferSlice>> read_task(RangeReader& reader, ByteRange range) {
    auto slice = co_await reader.fetch(range);
    CO_TRY(co_await reader.close());
    co_return slice;
  }
  Result<BufferSlice> read(const OpenedSource& opened, ByteRange range, RangeOptions options = {}) {
    RangeReader reader(opened, session, options);
    return host.pool.block_on(read_task(reader, range));
  }
  /// Opens and reads a range that the tail does not cover; the error of whichever fails.
  Result<BufferSlice> open_and_read(const std::string& url, ByteRange range = {1000, 300'000},
                                    OpenOptions options = {}) {
    auto opened = open(url, std::move(options));
    if (!opened) return fail(std::move(opened).error());
    return read(*opened, range);
  }
};

}  // namespace whittle::testing
