// TLS is verified, HTTP/2 is spoken where the server can, and nothing leads from https back to
// http.
#include <gtest/gtest.h>

#include <cstdlib>

#include "unit/host/fault_server.hpp"
#include "unit/host/native_fixture.hpp"

namespace whittle {
namespace {

using testing::FaultServer;
using testing::Folder;
using testing::right_bytes;

struct Tls : testing::NativeFixture {
  Folder folder;
  std::unique_ptr<FaultServer> server;
  std::string certificate = folder.path + "/cert.pem";

  void SetUp() override {
    const std::string key = folder.path + "/key.pem";
    const std::string command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=whittle-test "
        "-addext subjectAltName=IP:127.0.0.1 -keyout " +
        key + " -out " + certificate + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) GTEST_SKIP() << "openssl is not installed";
    folder.file("big.bin", 3'000'000);
    server = std::make_unique<FaultServer>(folder.path,
                                           std::vector<std::string>{"--tls", key, certificate});
    if (!server->running()) GTEST_SKIP() << "node is not installed";
  }
  void TearDown() override { unsetenv("CURL_CA_BUNDLE"); }
};

TEST_F(Tls, UnknownAuthoritiesAreRefused) {
  auto opened = open(server->url("/big.bin"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::Io);
  EXPECT_NE(opened.error().message().find("certificate"), std::string::npos)
      << opened.error().to_string();
}

TEST_F(Tls, KnownAuthoritiesServeOverOneHttp2Connection) {
  setenv("CURL_CA_BUNDLE", certificate.c_str(), 1);
  auto opened = open(server->url("/big.bin"));
  ASSERT_TRUE(opened) << opened.error().to_string();
  RangeReader reader(*opened, session, {.coalescing_gap = 0});
  std::vector<ByteRange> ranges;
  for (uint64_t i = 0; i < 50; ++i) ranges.push_back({i * 20'000, 10'000});
  auto slices = host.pool.block_on(reader.fetch(ranges));
  ASSERT_TRUE(slices) << slices.error().to_string();
  for (size_t i = 0; i < ranges.size(); ++i) EXPECT_TRUE(right_bytes((*slices)[i], ranges[i]));
  auto log = open(server->url("/-/log"));
  ASSERT_TRUE(log) << log.error().to_string();
  const std::string text(reinterpret_cast<const char*>(log->tail.data), log->tail.size);
  EXPECT_NE(text.find("\":path\""), std::string::npos) << "not HTTP/2";
  EXPECT_NE(text.find("\"requests\":51,"), std::string::npos);
}

TEST_F(Tls, NoWayBackToPlainHttp) {
  setenv("CURL_CA_BUNDLE", certificate.c_str(), 1);
  auto opened = open(server->url("/big.bin?redirect=http://127.0.0.1:1/x"));
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message().find("https to http"), std::string::npos);
}

}  // namespace
}  // namespace whittle
