// Column chunks built page by page: records split across v1 pages, dictionary pages followed by
// plain ones, page plans from an offset index, windows smaller than a page, hostile counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "unit/parquet/decode_support.hpp"
#include "unit/parquet/encoders.hpp"
#include "unit/parquet/thrift_writer.hpp"

namespace whittle::parquet::testing {
namespace {

// An optional list of optional INT64: definition levels 0 (NULL list), 1 (empty), 2 (NULL
// element), 3.
struct ListColumn {
  std::vector<uint32_t> repetition, definition;
  std::vector<int64_t> values;  // of the levels with definition 3
  std::vector<std::string> text;
  std::vector<size_t> starts;  // level at which each row begins
};

ListColumn random_lists(std::mt19937_64& random, size_t rows, int64_t distinct) {
  ListColumn column;
  for (size_t row = 0; row < rows; ++row) {
    column.starts.push_back(column.repetition.size());
    const auto length = random() % 5 == 0 ? random() % 60 : random() % 4;
    const bool null = random() % 6 == 0;
    if (null || length == 0) {
      column.repetition.push_back(0);
      column.definition.push_back(null ? 0 : 1);
      column.text.push_back(null ? "NULL" : "[]");
      continue;
    }
    std::string text = "[";
    for (size_t i = 0; i < length; ++i) {
      column.repetition.push_back(i > 0);
      const bool missing = random() % 5 == 0;
      column.definition.push_back(missing ? 2 : 3);
      if (i > 0) text += ", ";
      if (missing) {
        text += "NULL";
      } else {
        column.values.push_back(static_cast<int64_t>(random() % static_cast<uint64_t>(distinct)));
        text += std::to_string(column.values.back());
      }
    }
    column.text.push_back(text + "]");
  }
  return column;
}

std::vector<uint8_t> plain(const std::vector<int64_t>& values) {
  std::vector<uint8_t> bytes(values.size() * 8);
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string header(PageKind kind, size_t size, std::vector<std::pair<int, Wire>> own, int field) {
  return w_struct({{1, w_i32(static_cast<int>(kind))},
                   {2, w_i32(static_cast<int64_t>(size))},
                   {3, w_i32(static_cast<int64_t>(size))},
                   {field, w_struct(std::move(own))}})
      .bytes;
}

struct Chunk {
  std::string bytes;
  OffsetIndex index;
  uint64_t data_offset = 0;
};

// Cuts the levels at `cuts`; pages up to `dictionary_pages` are dictionary-encoded.
Chunk write_chunk(std::mt19937_64& random, const ListColumn& column,
                  const std::vector<size_t>& cuts, size_t dictionary_pages, bool v2,
                  int64_t distinct) {
  Chunk chunk{"PAR1", {}, 0};
  if (dictionary_pages > 0) {
    std::vector<int64_t> entries;
    for (int64_t i = 0; i < distinct; ++i) entries.push_back(i);
    const auto bytes = plain(entries);
    chunk.bytes +=
        header(PageKind::Dictionary, bytes.size(), {{1, w_i32(distinct)}, {2, w_i32(0)}}, 7);
    chunk.bytes.append(bytes.begin(), bytes.end());
  }
  chunk.data_offset = chunk.bytes.size();
  size_t value = 0;
  for (size_t page = 0; page + 1 < cuts.size(); ++page) {
    const auto part = [&](const std::vector<uint32_t>& all) {
      return std::vector<uint32_t>(all.begin() + static_cast<ptrdiff_t>(cuts[page]),
                                   all.begin() + static_cast<ptrdiff_t>(cuts[page + 1]));
    };
    const auto definition = part(column.definition), repetition = part(column.repetition);
    const auto count = static_cast<size_t>(std::count(definition.begin(), definition.end(), 3u));
    const std::vector<int64_t> values(
        column.values.begin() + static_cast<ptrdiff_t>(value),
        column.values.begin() + static_cast<ptrdiff_t>(value + count));
    value += count;
    const bool dictionary = page < dictionary_pages;
    std::vector<uint8_t> data = plain(values);
    if (dictionary) {
      ByteWriter codes;
      codes.u8(10).raw(rle(random, std::vector<uint32_t>(values.begin(), values.end()), 10));
      data = codes.bytes;
    }
    const auto r = rle(random, repetition, 1), d = rle(random, definition, 2);
    const auto levels = static_cast<int64_t>(definition.size());
    const auto rows = std::count(repetition.begin(), repetition.end(), 0u);
    const int encoding = dictionary ? 8 : 0;
    const size_t begin = chunk.bytes.size();
    ByteWriter body;
    if (v2) {
      body.raw(r).raw(d).raw(data);
      chunk.bytes += header(PageKind::DataV2, body.bytes.size(),
                            {{1, w_i32(levels)},
                             {2, w_i32(levels - static_cast<int64_t>(count))},
                             {3, w_i32(rows)},
                             {4, w_i32(encoding)},
                             {5, w_i32(static_cast<int64_t>(d.size()))},
                             {6, w_i32(static_cast<int64_t>(r.size()))}},
                            8);
    } else {
      body.u32(static_cast<uint32_t>(r.size())).raw(r).u32(static_cast<uint32_t>(d.size())).raw(d);
      body.raw(data);
      chunk.bytes +=
          header(PageKind::Data, body.bytes.size(),
                 {{1, w_i32(levels)}, {2, w_i32(encoding)}, {3, w_i32(3)}, {4, w_i32(3)}}, 5);
    }
    chunk.bytes.append(body.bytes.begin(), body.bytes.end());
    const uint64_t first = static_cast<uint64_t>(
        std::lower_bound(column.starts.begin(), column.starts.end(), cuts[page]) -
        column.starts.begin());
    chunk.index.pages.push_back({begin, static_cast<uint32_t>(chunk.bytes.size() - begin), first});
  }
  return chunk;
}

struct World1 : OpenFile {
  FileMetadata metadata;
  SchemaNode node;

  void use(const Chunk& chunk, const ListColumn& column) {
    BufferRef buffer = Buffer::charge(budget, chunk.bytes.size());
    std::memcpy(buffer->data(), chunk.bytes.data(), chunk.bytes.size());
    const BufferSlice bytes{buffer, buffer->data(), chunk.bytes.size()};
    opened.source =
        make_memory_source("chunk", {.etag = "", .last_modified = "", .size = bytes.size}, bytes);
    reader = std::make_unique<RangeReader>(opened.source, session);
    metadata.file_size = bytes.size;
    metadata.schema.resize(2);
    metadata.schema[1].type = StorageType::Int64;
    metadata.row_groups.clear();
    RowGroup& group = metadata.row_groups.emplace_back();
    group.row_count = column.starts.size();
    ColumnChunk& c = group.columns.emplace_back();
    c.type = StorageType::Int64;
    c.value_count = column.repetition.size();
    c.dictionary_page_offset = chunk.data_offset > 4 ? 4 : 0;
    c.data_page_offset = chunk.data_offset;
    c.total_compressed_size = bytes.size - 4;
    SchemaNode element{.name = "element", .type = TypeId::BigInt};
    element.definition_level = 3;
    element.repetition_level = 1;
    element.element_index = 1;
    node = SchemaNode{.name = "lists", .type = Type::list(TypeId::BigInt), .kind = NodeKind::List};
    node.definition_level = 1;
    node.element_level = 2;
    node.children = {element};
  }
};

// Any mix of reads, skips and selections gives the rows' own values.
void walk(World1& world, const ColumnReadOptions& options, const ListColumn& column,
          std::mt19937_64& random) {
  auto made = ColumnReader::make(*world.reader, world.metadata, 0, world.node, options);
  ASSERT_TRUE(made) << made.error().to_string();
  ColumnReader& reader = *made;
  const RowRanges all = RowRanges::all(column.starts.size());
  for (const RowRange& range : options.wanted ? options.wanted->ranges() : all.ranges()) {
    ASSERT_TRUE(reader.skip(range.begin - reader.row()));
    while (reader.row() < range.end) {
      const auto rows =
          static_cast<uint32_t>(std::min<uint64_t>(range.end - reader.row(), 1 + random() % 300));
      if (random() % 3 == 0) {
        ASSERT_TRUE(reader.skip(rows));
        continue;
      }
      const uint64_t first = reader.row();
      const Status prepared = world.world.wait(reader.prepare(rows));
      ASSERT_TRUE(prepared) << prepared.error().to_string();
      std::vector<uint32_t> places;
      for (uint32_t i = 0; i < rows; ++i) {
        if (random() % 3 == 0) places.push_back(i);
      }
      const bool some = random() % 2 == 0;
      auto values = some ? reader.read_selected(rows, places) : reader.read(rows);
      ASSERT_TRUE(values) << values.error().to_string();
      ASSERT_EQ(values->length(), some ? places.size() : rows);
      for (uint32_t i = 0; i < values->length(); ++i) {
        ASSERT_EQ(Value::from_column(*values, i).to_string(),
                  column.text[first + (some ? places[i] : i)])
            << "row " << first + i;
      }
    }
  }
}

TEST(Pages, ListsAcrossPagesWindowsAndPlans) {
  std::mt19937_64 random(21);
  for (int round = 0; round < 80; ++round) {
    const ListColumn column = random_lists(random, 1 + random() % 2000, 1000);
    const size_t levels = column.repetition.size();
    // v1 pages end anywhere, those of an index at records.
    const bool v2 = random() % 2 == 0, indexed = v2 || random() % 2 == 0;
    std::vector<size_t> cuts = {0, levels};
    for (size_t n = random() % 20; n > 0; --n) {
      cuts.push_back(indexed ? column.starts[random() % column.starts.size()] : random() % levels);
    }
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    const Chunk chunk = write_chunk(random, column, cuts, random() % 5, v2, 1000);
    World1 world;
    world.use(chunk, column);
    SCOPED_TRACE("round " + std::to_string(round));
    ColumnReadOptions options;
    walk(world, options, column, random);
    options.memory_share = 1;
    walk(world, options, column, random);
    if (!indexed || HasFatalFailure()) continue;
    RowRanges wanted;
    for (uint64_t at = random() % 100; at < column.starts.size(); at += 1 + random() % 700) {
      const uint64_t end = std::min<uint64_t>(at + 1 + random() % 300, column.starts.size());
      wanted.append({at, end});
      at = end;
    }
    options.wanted = &wanted;
    options.offset_indexes = {&chunk.index};
    walk(world, options, column, random);
    options.memory_share = UINT64_MAX;
    walk(world, options, column, random);
    if (HasFatalFailure()) return;
  }
}

TEST(Pages, MissingRowsAreCorrupt) {
  std::mt19937_64 random(22);
  const ListColumn column = random_lists(random, 100, 10);
  const Chunk chunk = write_chunk(random, column, {0, column.repetition.size()}, 0, false, 10);
  World1 world;
  world.use(chunk, column);
  world.metadata.row_groups[0].row_count = 101;
  auto reader = ColumnReader::make(*world.reader, world.metadata, 0, world.node, {});
  ASSERT_TRUE(reader);
  const Status status = world.world.wait(reader->prepare(101));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::Corrupt);
  EXPECT_NE(status.error().message().find("column 'lists', row group 0"), std::string::npos);
}

TEST(Plan, LeavesOutPagesOnlyWhereThatSaves) {
  ColumnChunk chunk;
  chunk.dictionary_page_offset = 4;
  chunk.data_page_offset = 1004;
  chunk.total_compressed_size = 1000 + 10 * 100'000;
  OffsetIndex index;
  for (uint64_t i = 0; i < 10; ++i) index.pages.push_back({1004 + i * 100'000, 100'000, i * 1000});
  RowRanges wanted;
  wanted.append({2500, 2600});
  wanted.append({7000, 8001});
  const auto plan = plan_leaf(chunk, 10'000, &index, wanted, 64 << 10, 10 << 20);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->segments.size(), 3u);
  EXPECT_EQ(plan->segments[0].range, (ByteRange{4, 1000}));
  EXPECT_EQ(plan->segments[1].range, (ByteRange{201'004, 100'000}));
  EXPECT_EQ(plan->segments[1].rows, (RowRange{2000, 3000}));
  EXPECT_EQ(plan->segments[2].range, (ByteRange{701'004, 200'000}));
  EXPECT_EQ(plan->segments[2].rows, (RowRange{7000, 9000}));
  // Where a request costs more than the bytes, the chunk is read whole.
  EXPECT_FALSE(plan_leaf(chunk, 10'000, &index, wanted, 8 << 20, 10 << 20)->by_pages);
  EXPECT_FALSE(plan_leaf(chunk, 10'000, nullptr, wanted, 0, 10 << 20)->by_pages);
  EXPECT_TRUE(plan_leaf(chunk, 10'000, &index, {}, 0, 10 << 20)->segments.empty());
  EXPECT_FALSE(plan_leaf(chunk, 10'000, &index, wanted, 0, 1000));
  EXPECT_TRUE(chunk_sizes_are_short("parquet-mr version 1.2.8 (build x)"));
  EXPECT_FALSE(chunk_sizes_are_short("parquet-mr version 1.2.10"));
  EXPECT_FALSE(chunk_sizes_are_short("parquet-cpp-arrow version 1.0.0"));
}

}  // namespace
}  // namespace whittle::parquet::testing
