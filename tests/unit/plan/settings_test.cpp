// Settings: types, checks, aliases, defaults.
#include "plan/settings.hpp"

#include <gtest/gtest.h>

namespace whittle {
namespace {

Value text(std::string value) {
  return Value::string(TypeId::Varchar, std::move(value));
}

TEST(Settings, KeepTheirTypeAndDefault) {
  Settings settings;
  EXPECT_TRUE(settings.flag("enable_skipping"));
  EXPECT_TRUE(settings.set("Enable_Skipping", text("off")));
  EXPECT_FALSE(settings.flag("enable_skipping"));
  EXPECT_TRUE(settings.reset("enable_skipping"));
  EXPECT_TRUE(settings.flag("enable_skipping"));
  EXPECT_TRUE(settings.set("max_memory", text("1.5GB")));
  EXPECT_EQ(settings.text("memory_limit"), "1.5GB");
  EXPECT_TRUE(settings.get("threads")->is_null());
  EXPECT_TRUE(settings.set("worker_threads", Value::integer(TypeId::Integer, 3)));
  EXPECT_EQ(settings.integer("threads"), 3);
}

TEST(Settings, RefuseWrongValuesAndUnknownNames) {
  Settings settings;
  EXPECT_FALSE(settings.set("threads", Value::integer(TypeId::Integer, 0)));
  EXPECT_FALSE(settings.set("threads", text("many")));
  EXPECT_FALSE(settings.set("memory_limit", text("lots")));
  EXPECT_FALSE(settings.set("default_order", text("sideways")));
  const Status unknown = settings.set("thread", Value::integer(TypeId::Integer, 1));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), ErrorCode::Binder);
  EXPECT_EQ(unknown.error().hint(), "Did you mean \"threads\"?");
}

TEST(Settings, NullOrder) {
  Settings settings;
  EXPECT_FALSE(settings.nulls_first(false));
  EXPECT_FALSE(settings.nulls_first(true));
  EXPECT_TRUE(settings.set("null_order", text("sqlite")));
  EXPECT_TRUE(settings.nulls_first(false));
  EXPECT_FALSE(settings.nulls_first(true));
}

TEST(Settings, MemorySizes) {
  EXPECT_EQ(*parse_memory_size("512MB"), 512'000'000u);
  EXPECT_EQ(*parse_memory_size("1.5 GiB"), 1'610'612'736u);
  EXPECT_EQ(*parse_memory_size("80%", 1000), 800u);
  EXPECT_FALSE(parse_memory_size("-1MB"));
  EXPECT_FALSE(parse_memory_size("1e40"));
  EXPECT_FALSE(parse_memory_size("nan"));
}

}  // namespace
}  // namespace whittle
