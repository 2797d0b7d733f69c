// Decoding of what stands outside the footer: page headers, column and offset index, bloom filter
// header.
#include <string>

#include "parquet/metadata_fields.hpp"
#include "parquet/thrift.hpp"

namespace whittle::parquet {

namespace {

void read_data_page(ThriftReader& reader, PageHeader& out) {
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1:
        out.value_count = s.count32();
        break;
      case 2:
        out.encoding = static_cast<PageEncoding>(s.enumeration());
        break;
      case 3:
        out.definition_encoding = static_cast<PageEncoding>(s.enumeration());
        break;
      case 4:
        out.repetition_encoding = static_cast<PageEncoding>(s.enumeration());
        break;
      case 5:
        if (s.structure()) read_statistics(reader, out.statistics);
        break;
    }
  }
}

void read_dictionary_page(ThriftReader& reader, PageHeader& out) {
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) out.value_count = s.count32();
    if (s.id() == 2) out.encoding = static_cast<PageEncoding>(s.enumeration());
    if (s.id() == 3) out.is_sorted = s.boolean();
  }
}

void read_data_page_v2(ThriftReader& reader, PageHeader& out) {
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1:
        out.value_count = s.count32();
        break;
      case 2:
        out.null_count = s.count32();
        break;
      case 3:
        out.row_count = s.count32();
        break;
      case 4:
        out.encoding = static_cast<PageEncoding>(s.enumeration());
        break;
      case 5:
        out.definition_length = s.count32();
        break;
      case 6:
        out.repetition_length = s.count32();
        break;
      case 7:
        out.is_compressed = s.boolean();
        break;
      case 8:
        if (s.structure()) read_statistics(reader, out.statistics);
        break;
    }
  }
}

// Kind n has its details in a field of its own: 5 data, 6 index, 7 dictionary, 8 data v2.
int32_t details_field(PageKind kind) {
  return 5 + static_cast<int32_t>(kind);
}

void read_page_header(ThriftReader& reader, PageHeader& out) {
  uint8_t kind = 255;
  int32_t details = 0;
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1:
        kind = s.enumeration();
        break;
      case 2:
        out.uncompressed_size = s.count32();
        break;
      case 3:
        out.compressed_size = s.count32();
        break;
      case 4:
        out.crc = static_cast<uint32_t>(s.i32());
        break;
      case 5:
        if (s.structure()) read_data_page(reader, out);
        details = s.id();
        break;
      case 7:
        if (s.structure()) read_dictionary_page(reader, out);
        details = s.id();
        break;
      case 8:
        if (s.structure()) read_data_page_v2(reader, out);
        details = s.id();
        break;
    }
  }
  if (kind > static_cast<uint8_t>(PageKind::DataV2))
    return reader.fail_with("a page has an unknown type");
  out.kind = static_cast<PageKind>(kind);
  if (out.kind != PageKind::Index && details != details_field(out.kind))
    return reader.fail_with("a page header lacks the part for its type");
  if (out.kind != PageKind::DataV2) return;
  const uint64_t levels = uint64_t{out.definition_length} + out.repetition_length;
  if (levels > out.compressed_size || levels > out.uncompressed_size)
    return reader.fail_with("the levels of a page are longer than the page");
  if (out.null_count > out.value_count || out.row_count > out.value_count)
    return reader.fail_with("a page has more NULLs or rows than values");
}

void read_page_location(ThriftReader& reader, PageLocation& out) {
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) out.offset = s.count64();
    if (s.id() == 2) out.compressed_size = s.count32();
    if (s.id() == 3) out.first_row = s.count64();
  }
}

void read_texts(ThriftStruct& owner, std::vector<std::string_view>& out) {
  ThriftList list(owner, ThriftType::Binary);
  out.reserve(list.size());
  for (uint32_t i = 0; i < list.size(); ++i) out.push_back(list.binary());
}

}  // namespace

Result<std::optional<PageHeader>> decode_page_header(std::span<const std::byte> bytes) {
  PageHeader header;
  ThriftReader reader(bytes);
  read_page_header(reader, header);
  if (reader.truncated() && bytes.size() < max_page_header_size) return std::nullopt;
  TRY(reader.status("a page header"));
  header.header_size = static_cast<uint32_t>(reader.position());
  return header;
}

Result<ColumnIndex> decode_column_index(BufferSlice bytes) {
  ColumnIndex index;
  index.bytes = bytes;
  ThriftReader reader(bytes.bytes());
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1: {
        ThriftList list(s, ThriftType::True);
        index.null_pages.resize(list.size());
        for (uint8_t& null : index.null_pages) null = list.boolean();
        break;
      }
      case 2:
        read_texts(s, index.min_values);
        break;
      case 3:
        read_texts(s, index.max_values);
        break;
      case 4: {
        const uint8_t order = s.enumeration();
        if (order <= 2) index.order = static_cast<BoundaryOrder>(order);
        break;
      }
      case 5: {
        ThriftList list(s, ThriftType::I64);
        index.null_counts.resize(list.size());
        for (int64_t& count : index.null_counts) count = list.i64();
        break;
      }
    }
  }
  TRY(reader.status("a column index"));
  const size_t pages = index.page_count();
  if (index.min_values.size() != pages || index.max_values.size() != pages ||
      (!index.null_counts.empty() && index.null_counts.size() != pages))
    return fail(ErrorCode::Corrupt, "a column index has lists of different lengths");
  return index;
}

Result<OffsetIndex> decode_offset_index(std::span<const std::byte> bytes, uint64_t row_count,
                                        uint64_t file_size) {
  OffsetIndex index;
  ThriftReader reader(bytes);
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() != 1) continue;
    ThriftList list(s, ThriftType::Struct, 4);
    index.pages.resize(list.size());
    for (PageLocation& page : index.pages) read_page_location(reader, page);
  }
  TRY(reader.status("an offset index"));
  for (size_t i = 0; i < index.pages.size(); ++i) {
    const PageLocation& page = index.pages[i];
    const std::string where = "an offset index: page " + std::to_string(i) + " ";
    if (!page.range().fits(file_size))
      return fail(ErrorCode::Corrupt, where + "lies outside the file");
    if (page.first_row > row_count || (i == 0 && page.first_row != 0))
      return fail(ErrorCode::Corrupt, where + "begins at a row that does not exist");
    if (i == 0) continue;
    const PageLocation& before = index.pages[i - 1];
    if (page.first_row < before.first_row || page.offset < before.range().end())
      return fail(ErrorCode::Corrupt, where + "does not follow the page before it");
  }
  return index;
}

Result<std::optional<BloomFilterHeader>> decode_bloom_filter_header(
    std::span<const std::byte> bytes) {
  BloomFilterHeader header;
  bool block = false, hash = false, uncompressed = false;
  auto is_first_of_union = [](ThriftStruct& s, ThriftReader& reader) {
    bool first = false;
    if (!s.structure()) return false;
    for (ThriftStruct inner(reader); inner.next();) first = inner.id() == 1;
    return first;
  };
  ThriftReader reader(bytes);
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) header.bitset_size = s.count32();
    if (s.id() == 2) block = is_first_of_union(s, reader);
    if (s.id() == 3) hash = is_first_of_union(s, reader);
    if (s.id() == 4) uncompressed = is_first_of_union(s, reader);
  }
  if (reader.truncated()) return std::nullopt;
  TRY(reader.status("a bloom filter header"));
  if (header.bitset_size == 0 || header.bitset_size % 32 != 0)
    return fail(ErrorCode::Corrupt, "a bloom filter's size is no multiple of 32 bytes");
  header.header_size = static_cast<uint32_t>(reader.position());
  header.supported = block && hash && uncompressed;
  return header;
}

}  // namespace whittle::parquet
