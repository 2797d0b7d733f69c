// Names of sources: brace expansion, wildcards, and what may be shown of a URL.
#include <gtest/gtest.h>

#include "io/credentials.hpp"
#include "io/glob.hpp"
#include "io/source.hpp"

namespace whittle {
namespace {

using Names = std::vector<std::string>;

TEST(Glob, Braces) {
  EXPECT_EQ(*expand_braces("plain"), Names{"plain"});
  EXPECT_EQ(*expand_braces("a{b,c}d"), (Names{"abd", "acd"}));
  EXPECT_EQ(*expand_braces("x_{0..3}.p"), (Names{"x_0.p", "x_1.p", "x_2.p", "x_3.p"}));
  EXPECT_EQ(*expand_braces("{008..010}"), (Names{"008", "009", "010"}));
  EXPECT_EQ(*expand_braces("{2..0}"), (Names{"2", "1", "0"}));
  EXPECT_EQ(*expand_braces("{a,b}{1,2}"), (Names{"a1", "a2", "b1", "b2"}));
  EXPECT_EQ(*expand_braces("{a,{x,y}z}"), (Names{"a", "xz", "yz"}));
  EXPECT_EQ(*expand_braces("{one}{open"), Names{"{one}{open"});
  EXPECT_EQ(*expand_braces("\\{a,b\\}"), Names{"{a,b}"});
  EXPECT_FALSE(expand_braces("{0..999999999}"));
  EXPECT_FALSE(expand_braces("{0..999}{0..999}"));
}

TEST(Glob, Components) {
  EXPECT_TRUE(match_component("*.parquet", "a.parquet"));
  EXPECT_FALSE(match_component("*.parquet", "a.parquet.tmp"));
  EXPECT_TRUE(match_component("a?c*e", "abcdde"));
  EXPECT_TRUE(match_component("[a-c]x[!0-9]", "bxz"));
  EXPECT_FALSE(match_component("[a-c]x[!0-9]", "bx1"));
  EXPECT_FALSE(match_component("*", ".hidden"));
  EXPECT_TRUE(match_component("*a*b*c*", "xxaxxbxxcxx"));
  EXPECT_FALSE(match_component("*a*b*c*", "xxcxxbxxaxx"));
  EXPECT_TRUE(match_component("[", "["));
}

TEST(Credentials, AreNotShown) {
  EXPECT_EQ(without_credentials("https://me:secret@host/a/b.parquet"),
            "https://…@host/a/b.parquet");
  EXPECT_EQ(without_credentials("https://h/x?versionId=3&X-Amz-Signature=abc&sig=1&a=b"),
            "https://h/x?versionId=3&X-Amz-Signature=…&sig=…&a=b");
  EXPECT_EQ(without_credentials("/data/a@b?token=1.parquet"), "/data/a@b?token=1.parquet");
  EXPECT_EQ(without_credentials("http://a@b@c/x#frag"), "http://…@c/x");
  EXPECT_EQ(
      with_blanked_credentials("SELECT '@' FROM 'http://a:b@c/x?sig=12', \"s3://k/?key=1&n=2\" x"),
      "SELECT '@' FROM 'http://***@c/x?sig=**', \"s3://k/?key=*&n=2\" x");
}

TEST(TailSize, FollowsTheTable) {
  EXPECT_EQ(default_tail_size(1000), 1000u);
  EXPECT_EQ(default_tail_size(UINT64_MAX), 128u << 10);
  EXPECT_EQ(default_tail_size(2u << 20), 64u << 10);
  EXPECT_EQ(default_tail_size(64u << 20), 256u << 10);
  EXPECT_EQ(default_tail_size(uint64_t{1} << 40), 512u << 10);
}

}  // namespace
}  // namespace whittle
