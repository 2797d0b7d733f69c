// Writes Thrift's compact protocol, so that tests can make footers with any content, right or
// wrong.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace whittle::parquet::testing {

/// One encoded value with its wire type.
struct Wire {
  int type = 0;
  std::string bytes;
};

inline std::string varint(uint64_t value) {
  std::string out;
  for (; value > 127; value >>= 7) out += static_cast<char>((value & 127) | 128);
  return out + static_cast<char>(value);
}
inline std::string zigzag(int64_t value) {
  return varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}
inline Wire w_bool(bool value) {
  return {value ? 1 : 2, ""};
}
inline Wire w_i8(int8_t value) {
  return {3, std::string(1, static_cast<char>(value))};
}
inline Wire w_i32(int64_t value) {
  return {5, zigzag(value)};
}
inline Wire w_i64(int64_t value) {
  return {6, zigzag(value)};
}
inline Wire w_text(std::string value) {
  return {8, varint(value.size()) + value};
}
inline Wire w_struct(std::vector<std::pair<int, Wire>> fields) {
  std::string out;
  int last = 0;
  for (auto& [id, value] : fields) {
    const int delta = id - last;
    if (delta > 0 && delta < 16) {
      out += static_cast<char>(delta << 4 | value.type);
    } else {
      out += static_cast<char>(value.type);
      out += zigzag(id);
    }
    out += value.bytes;
    last = id;
  }
  return {12, out + '\0'};
}
inline Wire w_list(int type, const std::vector<Wire>& elements) {
  std::string out;
  if (elements.size() < 15) {
    out += static_cast<char>(elements.size() << 4 | static_cast<size_t>(type));
  } else {
    out = static_cast<char>(0xf0 | type) + varint(elements.size());
  }
  for (const Wire& element : elements) out += element.bytes;
  return {9, out};
}

/// What a test says about one schema element; -1 leaves a field out.
struct Element {
  std::string name;
  int type = -1;
  int repetition = 1;  // OPTIONAL
  int children = -1;
  int converted = -1;
  int length = -1;
  int scale = -1;
  int precision = -1;
  Wire logical = {};
};

inline Wire w_element(const Element& e) {
  std::vector<std::pair<int, Wire>> fields;
  if (e.type >= 0) fields.push_back({1, w_i32(e.type)});
  if (e.length >= 0) fields.push_back({2, w_i32(e.length)});
  if (e.repetition >= 0) fields.push_back({3, w_i32(e.repetition)});
  fields.push_back({4, w_text(e.name)});
  if (e.children >= 0) fields.push_back({5, w_i32(e.children)});
  if (e.converted >= 0) fields.push_back({6, w_i32(e.converted)});
  if (e.scale >= 0) fields.push_back({7, w_i32(e.scale)});
  if (e.precision >= 0) fields.push_back({8, w_i32(e.precision)});
  if (e.logical.type) fields.push_back({10, e.logical});
  return w_struct(std::move(fields));
}

/// LogicalType: the union with one member.
inline Wire logical(int id, std::vector<std::pair<int, Wire>> parameters = {}) {
  return w_struct({{id, w_struct(std::move(parameters))}});
}

struct Chunk {
  int type = 1;
  int64_t values = 0;
  int64_t offset = 4;
  int64_t size = 10;
  std::vector<std::pair<int, Wire>> statistics;
  std::vector<std::pair<int, Wire>> more = {};  // further fields of ColumnMetaData, ids above 12
  std::vector<std::pair<int, Wire>> more_chunk = {};  // of ColumnChunk, ids above 3
};

inline Wire w_chunk(const Chunk& c) {
  std::vector<std::pair<int, Wire>> metadata = {
      {1, w_i32(c.type)}, {2, w_list(5, {w_i32(0)})}, {3, w_list(8, {})},
      {4, w_i32(0)},      {5, w_i64(c.values)},       {6, w_i64(c.size)},
      {7, w_i64(c.size)}, {9, w_i64(c.offset)},       {12, w_struct(c.statistics)}};
  metadata.insert(metadata.end(), c.more.begin(), c.more.end());
  std::vector<std::pair<int, Wire>> chunk = {{2, w_i64(0)}, {3, w_struct(std::move(metadata))}};
  chunk.insert(chunk.end(), c.more_chunk.begin(), c.more_chunk.end());
  return w_struct(std::move(chunk));
}

struct Group {
  int64_t rows = 0;
  std::vector<Chunk> chunks;
};

struct FileSpec {
  std::vector<Element> elements;  // below the root
  int top_level = 1;
  std::vector<Group> groups = {};
  int64_t rows = -1;  // -1: the sum
  bool column_orders = true;
  std::string created_by = "test";
  std::string body = std::string(64, '.');  // between the magics, in front of the footer
};

inline std::string footer_bytes(const FileSpec& spec) {
  std::vector<Wire> schema = {
      w_element({.name = "root", .repetition = -1, .children = spec.top_level})};
  std::vector<Wire> orders;
  for (const Element& element : spec.elements) {
    schema.push_back(w_element(element));
    if (element.children < 0) orders.push_back(w_struct({{1, w_struct({})}}));
  }
  std::vector<Wire> groups;
  int64_t rows = 0;
  for (const Group& group : spec.groups) {
    std::vector<Wire> chunks;
    for (const Chunk& chunk : group.chunks) chunks.push_back(w_chunk(chunk));
    groups.push_back(w_struct({{1, w_list(12, chunks)}, {2, w_i64(0)}, {3, w_i64(group.rows)}}));
    rows += group.rows;
  }
  std::vector<std::pair<int, Wire>> fields = {{1, w_i32(1)},
                                              {2, w_list(12, schema)},
                                              {3, w_i64(spec.rows >= 0 ? spec.rows : rows)},
                                              {4, w_list(12, groups)},
                                              {6, w_text(spec.created_by)}};
  if (spec.column_orders) fields.push_back({7, w_list(12, orders)});
  return w_struct(std::move(fields)).bytes;
}

inline std::string make_file(const FileSpec& spec) {
  const std::string footer = footer_bytes(spec);
  const auto length = static_cast<uint32_t>(footer.size());
  std::string file = "PAR1" + spec.body + footer;
  file.append(reinterpret_cast<const char*>(&length), 4);
  return file + "PAR1";
}

/// Little-endian bytes of a number, as statistics have them.
template <class T>
std::string plain(T value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof(T));
}

}  // namespace whittle::parquet::testing
