// The HTTP backend against a server that misbehaves: the right bytes or the right typed error, each
// time.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "unit/host/fault_server.hpp"
#include "unit/host/native_fixture.hpp"

namespace whittle {
namespace {

using testing::FaultServer;
using testing::Folder;
using testing::right_bytes;

constexpr uint64_t big = 3'000'000, small = 5'000;
const ByteRange middle{1000, 300'000};

struct Served {
  Folder folder;
  std::unique_ptr<FaultServer> server;
  Served() {
    folder.file("big.bin", big);
    folder.file("small.bin", small);
    folder.file("empty.bin", 0);
    folder.file("with space.bin", small);
    server = std::make_unique<FaultServer>(folder.path);
  }
};

struct Http : testing::NativeFixture {
  static void SetUpTestSuite() { served = new Served; }
  static void TearDownTestSuite() { delete served; }
  static Served* served;

  void SetUp() override {
    if (!served->server->running()) GTEST_SKIP() << "node is not installed";
    served->server->control("reset");
  }
  std::string url(const std::string& query) const {
    return served->server->url("/big.bin?" + query);
  }
  uint64_t requests() const { return served->server->count("requests"); }
  void expect_right(const std::string& query, uint64_t at_most_requests) {
    auto slice = open_and_read(url(query));
    ASSERT_TRUE(slice) << query << ": " << slice.error().to_string();
    EXPECT_TRUE(right_bytes(*slice, middle)) << query;
    EXPECT_LE(requests(), at_most_requests) << query;
  }
  void expect_error(const std::string& query, ErrorCode code) {
    auto slice = open_and_read(url(query));
    ASSERT_FALSE(slice) << query;
    EXPECT_EQ(slice.error().code(), code) << query << ": " << slice.error().to_string();
    EXPECT_FALSE(slice.error().source().empty());
  }
};
Served* Http::served = nullptr;

TEST_F(Http, OneRequestBringsSizeIdentityAndTail) {
  auto opened = open(url("plain=1"));
  ASSERT_TRUE(opened) << opened.error().to_string();
  EXPECT_EQ(opened->source->size(), big);
  EXPECT_FALSE(opened->source->identity().etag.empty());
  EXPECT_FALSE(opened->source->identity().last_modified.empty());
  const uint64_t tail = opened->tail.size;
  EXPECT_EQ(tail, 128u << 10);
  EXPECT_TRUE(right_bytes(opened->tail, {big - tail, tail}));
  EXPECT_EQ(requests(), 1u);
  auto slice = read(*opened, {big - 100, 100});
  ASSERT_TRUE(slice);
  EXPECT_TRUE(right_bytes(*slice, {big - 100, 100}));
  EXPECT_EQ(requests(), 1u);
  slice = read(*opened, middle);
  EXPECT_TRUE(right_bytes(*slice, middle));
  EXPECT_EQ(requests(), 2u);
  EXPECT_EQ(served->server->count("bytes"), session->statistics.bytes_fetched);
  EXPECT_EQ(session->statistics.requests, 2u);
  EXPECT_EQ(session->statistics.round_trips, 2u);
}

TEST_F(Http, KnownSizeReadsTheTailByItsOffsets) {
  OpenOptions options;
  options.known_size = big;
  auto opened = open(url("no-suffix=500"), options);
  ASSERT_TRUE(opened) << opened.error().to_string();
  EXPECT_EQ(opened->tail.size, 64u << 10);
  EXPECT_EQ(requests(), 1u);
  options.known_size = big + 1;
  EXPECT_FALSE(open(url("x=1"), options));
  options.known_size = big - 1;
  EXPECT_EQ(open(url("x=2"), options).error().code(), ErrorCode::SourceChanged);
}

TEST_F(Http, SmallFilesComeWhole) {
  auto opened = open(served->server->url("/small.bin"));
  ASSERT_TRUE(opened);
  EXPECT_TRUE(right_bytes(opened->tail, {0, small}));
  for (const char* query : {"?ignore-range=1", "?ignore-range=1&chunked=1"}) {
    opened = open(served->server->url(std::string("/small.bin") + query));
    ASSERT_TRUE(opened) << opened.error().to_string();
    EXPECT_EQ(opened->source->size(), small);
    EXPECT_TRUE(right_bytes(opened->tail, {0, small}));
    auto slice = read(*opened, {10, 100});
    EXPECT_TRUE(right_bytes(*slice, {10, 100}));
  }
  opened = open(served->server->url("/empty.bin"));
  ASSERT_TRUE(opened) << opened.error().to_string();
  EXPECT_EQ(opened->source->size(), 0u);
}

TEST_F(Http, ServersWithoutSuffixRanges) {
  for (const char* status : {"200", "400", "416", "500", "501"}) {
    served->server->control("reset");
    expect_right("no-suffix=" + std::string(status), 4);
  }
  expect_right("no-suffix=500&star-total=1", 100);  // size by HEAD
}

TEST_F(Http, TotalMayBeUnknown) {
  expect_right("star-total=1", 2);
}

TEST_F(Http, IgnoringRangeIsATypedErrorWithoutTheDownload) {
  auto slice = open_and_read(url("ignore-range=1"));
  ASSERT_FALSE(slice);
  EXPECT_EQ(slice.error().code(), ErrorCode::RangeNotSupported);
  EXPECT_FALSE(slice.error().hint().empty());
  expect_error("ignore-range=1&chunked=1", ErrorCode::RangeNotSupported);
  EXPECT_LT(session->statistics.bytes_fetched, 2'500'000u);
}

TEST_F(Http, TransientStatusesAreRetried) {
  expect_right("status=503&first=2", 4);
  served->server->control("reset");
  expect_right("status=429&first=1&retry-after=0", 3);
  EXPECT_GE(session->statistics.retries, 3u);
}

TEST_F(Http, RetryAfterIsHonoured) {
  const uint64_t before = host.clock.monotonic_nanoseconds();
  expect_right("status=429&first=1&retry-after=1", 3);
  EXPECT_GE(host.clock.monotonic_nanoseconds() - before, 1'000'000'000u);
}

TEST_F(Http, PermanentStatusesAreNot) {
  const struct {
    const char* status;
    ErrorCode code;
  } cases[] = {{"404", ErrorCode::NotFound},
               {"410", ErrorCode::NotFound},
               {"401", ErrorCode::PermissionDenied},
               {"403", ErrorCode::PermissionDenied},
               {"418", ErrorCode::Http},
               {"204", ErrorCode::Http}};
  for (const auto& one : cases) {
    served->server->control("reset");
    expect_error("status=" + std::string(one.status), one.code);
    EXPECT_EQ(requests(), 1u) << one.status;
  }
}

TEST_F(Http, GivesUpAfterThreeRetries) {
  expect_error("status=503", ErrorCode::Http);
  EXPECT_EQ(requests(), 4u);
}

TEST_F(Http, ResetsAndTruncatedBodies) {
  expect_right("reset=2", 5);
  served->server->control("reset");
  expect_right("truncate=40000&first=2", 6);
  served->server->control("reset");
  expect_error("truncate=100", ErrorCode::Io);
  EXPECT_LE(requests(), 4u);
}

TEST_F(Http, ShortButRightRangesAreContinued) {
  expect_right("max-body=100000", 5);
}

TEST_F(Http, LyingHeads) {
  expect_error("wrong-range=1", ErrorCode::Http);
  expect_error("no-content-range=1", ErrorCode::Http);
  expect_error("wrong-length=1", ErrorCode::Http);
  expect_error("overlong=10", ErrorCode::Http);
  expect_error("gzip=1", ErrorCode::RangeNotSupported);
  expect_error("multipart=1", ErrorCode::RangeNotSupported);
}

TEST_F(Http, ChangesInMidQueryAreSeen) {
  for (const char* query : {"etag-change=1", "length-change=1", "etag-change=1&weak-etag=1"}) {
    auto opened = open(url(query));
    ASSERT_TRUE(opened);
    auto slice = read(*opened, middle);
    ASSERT_FALSE(slice) << query;
    EXPECT_EQ(slice.error().code(), ErrorCode::SourceChanged) << query;
    // The restart: a new open pins the new version and goes on.
    if (std::string(query).starts_with("etag")) {
      opened = open(url(query));
      ASSERT_TRUE(opened);
      EXPECT_TRUE(read(*opened, middle)) << query;
    }
  }
}

TEST_F(Http, RedirectsAreFollowedAndRemembered) {
  auto opened = open(url("redirect=same"));
  ASSERT_TRUE(opened) << opened.error().to_string();
  EXPECT_EQ(requests(), 2u);
  EXPECT_TRUE(read(*opened, middle));
  EXPECT_EQ(requests(), 3u);
}

TEST_F(Http, ExpiredRedirectsAreAskedForAgain) {
  // The goal of the redirect refuses its third request; the named URL is then asked again, in vain
  // here.
  auto opened = open(url("redirect=same&redirect-expires=1"));
  ASSERT_TRUE(opened) << opened.error().to_string();
  auto slice = read(*opened, middle);
  ASSERT_FALSE(slice);
  EXPECT_EQ(slice.error().code(), ErrorCode::PermissionDenied);
  EXPECT_EQ(requests(), 5u);
}

TEST_F(Http, CredentialsStayWithTheirHost) {
  OpenOptions options;
  options.bearer_token = "t0psecret";
  options.headers = {{"X-Key", "hush"}};
  EXPECT_TRUE(open_and_read(url("auth=t0psecret&want-header=X-Key:hush"), middle, options));
  EXPECT_TRUE(
      open_and_read(url("auth=t0psecret&want-header=X-Key:hush&redirect=same"), middle, options));
  served->server->control("reset");
  auto slice = open_and_read(url("redirect=other"), middle, options);
  ASSERT_TRUE(slice) << slice.error().to_string();
  const std::string log = served->server->control("log");
  size_t shown = 0;
  for (size_t at = log.find("t0psecret"); at != std::string::npos;
       at = log.find("t0psecret", at + 1)) {
    ++shown;
  }
  EXPECT_EQ(shown, 1u) << "only the named host may see the token";
  auto refused = open_and_read(url("auth=other-token"), middle, options);
  ASSERT_FALSE(refused);
  const std::string text = refused.error().to_string();
  EXPECT_EQ(text.find("t0psecret"), std::string::npos) << text;
  EXPECT_EQ(text.find("hush"), std::string::npos) << text;
  for (const char* location : {"ftp://127.0.0.1/x", "file:///etc/passwd"}) {
    expect_error(std::string("redirect=") + location, ErrorCode::Io);
  }
}

TEST_F(Http, HeadersCannotBeSmuggled) {
  OpenOptions options;
  options.headers = {{"X-A", "1\r\nX-B: 2"}};
  EXPECT_EQ(open(url("a=1"), options).error().code(), ErrorCode::InvalidArgument);
  options.headers = {{"Range", "bytes=0-1"}};
  EXPECT_EQ(open(url("a=2"), options).error().code(), ErrorCode::InvalidArgument);
}

TEST_F(Http, UnreachableHosts) {
  const auto began = std::chrono::steady_clock::now();
  auto opened = open("http://127.0.0.1:1/x.parquet");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::Io);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(3));
  EXPECT_EQ(open("http://").error().code(), ErrorCode::InvalidArgument);
  EXPECT_EQ(open("s4://x/y").error().code(), ErrorCode::Unsupported);
}

TEST_F(Http, StalledRepliesTimeOut) {
  auto opened = open(url("plain=1"));
  ASSERT_TRUE(opened);
  RangeOptions options;
  options.timeout_nanoseconds = 100'000'000;
  options.retries = 1;
  opened = open(served->server->url("/big.bin?stall=1&first=0"));
  ASSERT_TRUE(opened);
  auto fine = read(*opened, middle, options);
  EXPECT_TRUE(fine);
  opened = open(url("latency=150"));
  ASSERT_TRUE(opened);
  auto slow = read(*opened, middle, options);
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code(), ErrorCode::Timeout);
}

TEST_F(Http, CancellationEndsAStalledRead) {
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    cancellation.cancel();
  });
  const auto began = std::chrono::steady_clock::now();
  auto opened = open(url("stall=1"));
  canceller.join();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

TEST_F(Http, ManyRangesAtOnce) {
  auto opened = open(url("latency=20"));
  ASSERT_TRUE(opened);
  RangeReader reader(*opened, session, {.coalescing_gap = 0});
  std::vector<ByteRange> ranges;
  for (uint64_t i = 0; i < 100; ++i) ranges.push_back({i * 29'000, 1'000});
  const uint64_t began = host.clock.monotonic_nanoseconds();
  auto slices = host.pool.block_on(reader.fetch(ranges));
  const uint64_t took = host.clock.monotonic_nanoseconds() - began;
  ASSERT_TRUE(slices) << slices.error().to_string();
  for (size_t i = 0; i < ranges.size(); ++i) EXPECT_TRUE(right_bytes((*slices)[i], ranges[i]));
  EXPECT_LT(took, 1'000'000'000u) << "100 requests of 20 ms one after another would take 2 s";
  EXPECT_EQ(session->statistics.round_trips, 2u);
  // Dropped in flight: nothing leaks, nothing is touched afterwards.
  for (int i = 0; i < 20; ++i) {
    RangeSet set = reader.prefetch(ranges);
    if (i % 3 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(i));
  }
  (void)host.pool.block_on(reader.close());
  slices = std::vector<BufferSlice>{};
  opened = fail(ErrorCode::Io, "");
}

TEST_F(Http, NamesWithSpacesAndMissingOnes) {
  EXPECT_TRUE(open(served->server->url("/with space.bin")));
  EXPECT_EQ(open(served->server->url("/none.bin?X-Amz-Signature=abc")).error().source(),
            served->server->url("/none.bin?X-Amz-Signature=…"));
}

TEST_F(Http, BandwidthIsSharedByAllConnections) {
  auto opened = open(url("bandwidth=2000000"));
  ASSERT_TRUE(opened);
  RangeReader reader(*opened, session, {.coalescing_gap = 0});
  std::vector<ByteRange> ranges;
  for (uint64_t i = 0; i < 8; ++i) ranges.push_back({i * 300'000, 100'000});
  const uint64_t began = host.clock.monotonic_nanoseconds();
  ASSERT_TRUE(host.pool.block_on(reader.fetch(ranges)));
  const double seconds = static_cast<double>(host.clock.monotonic_nanoseconds() - began) * 1e-9;
  EXPECT_GT(seconds, 0.38);
  EXPECT_LT(seconds, 0.6);
}

}  // namespace
}  // namespace whittle
