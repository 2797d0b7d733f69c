#include "io/http_rules.hpp"

#include <gtest/gtest.h>

namespace whittle {
namespace {

HttpHead head_of(int status, std::initializer_list<std::pair<const char*, const char*>> fields) {
  HttpHead head;
  head.status = status;
  for (const auto& [name, value] : fields) head.add_field(name, value);
  return head;
}

const SourceIdentity pinned{"\"v1\"", "Sun, 06 Nov 1994 08:49:37 GMT", 1000};

ErrorCode refusal(const HttpHead& head, ByteRange asked = {10, 20},
                  const SourceIdentity* identity = &pinned) {
  auto body = judge_range_reply(head, asked, identity);
  return body ? ErrorCode::Internal : body.error().code();
}

TEST(HttpRules, AcceptsWhatWasAsked) {
  auto body = judge_range_reply(head_of(206, {{"CONTENT-RANGE", "bytes 10-29/1000"},
                                              {"content-length", "20"},
                                              {"ETag", "\"v1\""}}),
                                {10, 20}, &pinned);
  ASSERT_TRUE(body) << body.error().to_string();
  EXPECT_EQ(body->range, (ByteRange{10, 20}));
  EXPECT_FALSE(body->is_whole_file);
  EXPECT_TRUE(
      judge_range_reply(head_of(206, {{"content-range", "bytes 10-14/*"}}), {10, 20}, &pinned));
}

TEST(HttpRules, RefusesLies) {
  EXPECT_EQ(refusal(head_of(206, {})), ErrorCode::Http);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 9-28/1000"}})), ErrorCode::Http);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-30/1000"}})), ErrorCode::Http);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes */1000"}})), ErrorCode::Http);
  EXPECT_EQ(
      refusal(head_of(206, {{"content-range", "bytes 10-29/1000"}, {"content-length", "19"}})),
      ErrorCode::Http);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-29/1000"},
                                  {"content-range", "bytes 10-28/1000"}})),
            ErrorCode::Http);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-29/1000"},
                                  {"content-length", "-20"},
                                  {"content-length", "20"}})),
            ErrorCode::Http);
  EXPECT_EQ(
      refusal(head_of(206, {{"content-range", "bytes 10-29/1000"}, {"content-encoding", "br"}})),
      ErrorCode::RangeNotSupported);
}

TEST(HttpRules, SeesChanges) {
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-29/1001"}})),
            ErrorCode::SourceChanged);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-29/1000"}, {"etag", "\"v2\""}})),
            ErrorCode::SourceChanged);
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-29/1000"},
                                  {"last-modified", "Sun, 06 Nov 1994 08:49:38 GMT"}})),
            ErrorCode::SourceChanged);
  // The ETag decides where there is one: dates differ between mirrors.
  EXPECT_EQ(refusal(head_of(206, {{"content-range", "bytes 10-29/1000"},
                                  {"etag", "\"v1\""},
                                  {"last-modified", "Sun, 06 Nov 1994 08:49:38 GMT"}})),
            ErrorCode::Internal);
  EXPECT_EQ(refusal(head_of(416, {{"content-range", "bytes */5"}})), ErrorCode::SourceChanged);
  EXPECT_EQ(refusal(head_of(412, {})), ErrorCode::SourceChanged);
  EXPECT_EQ(refusal(head_of(200, {{"content-length", "999"}})), ErrorCode::SourceChanged);
}

TEST(HttpRules, WholeFilesOnlyWhenSmallOrWanted) {
  SourceIdentity large = pinned;
  large.size = 10 << 20;
  EXPECT_EQ(refusal(head_of(200, {{"content-length", "1000"}})), ErrorCode::Internal);
  EXPECT_EQ(refusal(head_of(200, {{"content-length", "10485760"}}), {10, 20}, &large),
            ErrorCode::RangeNotSupported);
  EXPECT_EQ(refusal(head_of(200, {{"content-length", "10485760"}}), {0, 10 << 20}, &large),
            ErrorCode::Internal);
  EXPECT_EQ(refusal(head_of(200, {{"content-length", "10485760"}}), {0, 1}, nullptr),
            ErrorCode::RangeNotSupported);
}

TEST(HttpRules, Suffixes) {
  auto body = judge_suffix_reply(head_of(206, {{"content-range", "bytes 900-999/1000"}}), 100);
  ASSERT_TRUE(body);
  EXPECT_EQ(*body->total, 1000u);
  EXPECT_TRUE(judge_suffix_reply(head_of(206, {{"content-range", "bytes 0-49/50"}}), 100));
  EXPECT_EQ(*judge_suffix_reply(head_of(206, {{"content-range", "bytes 900-999/*"}}), 100)->total,
            1000u);
  EXPECT_FALSE(judge_suffix_reply(head_of(206, {{"content-range", "bytes 0-99/1000"}}), 100));
}

TEST(HttpRules, RetryAfter) {
  EXPECT_EQ(retry_after_nanoseconds(head_of(503, {}), 0), 0u);
  EXPECT_EQ(retry_after_nanoseconds(head_of(503, {{"retry-after", "7"}}), 0), 7'000'000'000u);
  EXPECT_EQ(retry_after_nanoseconds(head_of(503, {{"retry-after", "soon"}}), 0), 0u);
  const auto dated = head_of(503, {{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}});
  EXPECT_EQ(retry_after_nanoseconds(dated, 784'111'775'000'000), 2'000'000'000u);
  EXPECT_EQ(retry_after_nanoseconds(dated, 784'111'778'000'000), 0u);
}

TEST(HttpRules, Statuses) {
  for (int status : {408, 429, 500, 502, 503, 504}) EXPECT_TRUE(is_retryable_status(status));
  for (int status : {200, 400, 403, 404, 416, 501, 505}) EXPECT_FALSE(is_retryable_status(status));
}

}  // namespace
}  // namespace whittle
