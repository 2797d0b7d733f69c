#include "io/byte_range.hpp"

#include <gtest/gtest.h>

namespace whittle {
namespace {

TEST(ByteRange, RefusesWhatOverflows) {
  EXPECT_TRUE(ByteRange::make(0, 0));
  EXPECT_TRUE(ByteRange::make(10, 90, 100));
  EXPECT_FALSE(ByteRange::make(10, 91, 100));
  EXPECT_FALSE(ByteRange::make(UINT64_MAX, 2));
  EXPECT_FALSE(ByteRange::make(2, UINT64_MAX));
  EXPECT_FALSE(ByteRange::make(max_source_size, 1));
}

TEST(ByteRange, HeaderHasInclusiveEnd) {
  EXPECT_EQ((ByteRange{0, 1}.header()), "bytes=0-0");
  EXPECT_EQ((ByteRange{100, 50}.header()), "bytes=100-149");
  EXPECT_EQ(suffix_range_header(8), "bytes=-8");
}

TEST(ContentRange, ReadsTheThreeForms) {
  auto full = parse_content_range("bytes 0-9/100");
  ASSERT_TRUE(full);
  EXPECT_EQ(*full->range, (ByteRange{0, 10}));
  EXPECT_EQ(*full->total, 100u);
  auto open = parse_content_range("Bytes 5-5/*");
  ASSERT_TRUE(open);
  EXPECT_EQ(*open->range, (ByteRange{5, 1}));
  EXPECT_FALSE(open->total);
  auto unsatisfied = parse_content_range("bytes */42");
  ASSERT_TRUE(unsatisfied);
  EXPECT_FALSE(unsatisfied->range);
  EXPECT_EQ(*unsatisfied->total, 42u);
}

TEST(ContentRange, RefusesTheRest) {
  for (const char* text :
       {"", "bytes", "bytes */*", "bytes 9-0/100", "bytes 0-100/100", "bytes -1-5/100",
        "bytes 0-9/-1", "bytes 0-9", "bytes 0-9/10 ", "items 0-9/100", "bytes=0-9/100",
        "bytes 0-18446744073709551616/*", "bytes +0-9/100", "bytes 0-9/100, 3-4/5"}) {
    if (std::string_view(text) == "bytes 0-9/10 ") {
      EXPECT_TRUE(parse_content_range(text)) << text;  // white space around a field is no content
    } else {
      EXPECT_FALSE(parse_content_range(text)) << text;
    }
  }
}

TEST(RangeHeader, AsAServerReadsIt) {
  EXPECT_EQ(*parse_range_header("bytes=0-9", 100), (ByteRange{0, 10}));
  EXPECT_EQ(*parse_range_header("bytes=90-", 100), (ByteRange{90, 10}));
  EXPECT_EQ(*parse_range_header("bytes=-8", 100), (ByteRange{92, 8}));
  EXPECT_EQ(*parse_range_header("bytes=-200", 100), (ByteRange{0, 100}));
  EXPECT_EQ(*parse_range_header("bytes=50-1000", 100), (ByteRange{50, 50}));
  EXPECT_TRUE(parse_range_header("bytes=100-", 100)->empty());
  EXPECT_TRUE(parse_range_header("bytes=-0", 100)->empty());
  EXPECT_FALSE(parse_range_header("bytes=0-9,20-29", 100));
  EXPECT_FALSE(parse_range_header("bytes=9-0", 100));
  EXPECT_FALSE(parse_range_header("lines=0-9", 100));
}

}  // namespace
}  // namespace whittle
