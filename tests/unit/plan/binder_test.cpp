// SQL to optimized plans with the names and types of their results (plans.txt), and what binding
// refuses as the user sees it: message, place and hint (errors.txt). A case begins with "> " and
// its SQL; ": " is its columns; the rest up to the next case is what is expected.
#include <gtest/gtest.h>

#include <fstream>

#include "unit/plan/fake_catalog.hpp"

namespace whittle {
namespace {

struct Case {
  std::string sql, columns, expected;
};

std::vector<Case> read_cases(const std::string& name) {
  std::ifstream file(std::string(WHITTLE_SOURCE_DIR "/tests/unit/plan/") + name);
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("> ")) {
      cases.push_back({line.substr(2), "", ""});
    } else if (!cases.empty() && line.starts_with(": ")) {
      cases.back().columns = line.substr(2);
    } else if (!cases.empty()) {
      cases.back().expected += line + "\n";
    }
  }
  return cases;
}

std::string without_end(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

void run(const std::string& name) {
  fake::World world;
  const std::vector<Case> cases = read_cases(name);
  ASSERT_FALSE(cases.empty());
  for (const Case& test : cases) {
    EXPECT_EQ(without_end(world.plan(test.sql)), without_end(test.expected)) << test.sql;
    if (!test.columns.empty()) EXPECT_EQ(world.columns(test.sql), test.columns) << test.sql;
  }
}

TEST(Binder, Plans) {
  run("plans.txt");
}

TEST(Binder, Errors) {
  run("errors.txt");
}

}  // namespace
}  // namespace whittle
