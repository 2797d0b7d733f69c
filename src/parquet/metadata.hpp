// Parquet's metadata as plain structs: the footer (FileMetaData), page headers, page index and
// bloom filter header of parquet-format's parquet.thrift.
//
// Texts and bounds are views into the bytes they were decoded from: FileMetadata::footer keeps the
// footer's alive. A view with a null data pointer is absent; an empty text has a pointer. Immutable
// after decoding, so any thread may read. A column chunk costs about 300 bytes, charged by the
// decoder.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/memory.hpp"
#include "io/source.hpp"

namespace whittle::parquet {

/// parquet.thrift's Type; the numbers are the format's, as in all enums here. 255 is "unknown".
enum class StorageType : uint8_t {
  Boolean = 0,
  Int32 = 1,
  Int64 = 2,
  Int96 = 3,
  Float = 4,
  Double = 5,
  ByteArray = 6,
  FixedLenByteArray = 7,
};

enum class PageEncoding : uint8_t {
  Plain = 0,
  PlainDictionary = 2,
  Rle = 3,
  BitPacked = 4,
  DeltaBinaryPacked = 5,
  DeltaLengthByteArray = 6,
  DeltaByteArray = 7,
  RleDictionary = 8,
  ByteStreamSplit = 9,
};

enum class Codec : uint8_t {
  Uncompressed = 0,
  Snappy = 1,
  Gzip = 2,
  Lzo = 3,
  Brotli = 4,
  Lz4 = 5,  // Hadoop's framing, sometimes a raw block
  Zstd = 6,
  Lz4Raw = 7,
};

enum class Repetition : uint8_t { Required = 0, Optional = 1, Repeated = 2 };

enum class ConvertedType : uint8_t {
  Utf8 = 0,
  Map = 1,
  MapKeyValue = 2,
  List = 3,
  Enum = 4,
  Decimal = 5,
  Date = 6,
  TimeMillis = 7,
  TimeMicros = 8,
  TimestampMillis = 9,
  TimestampMicros = 10,
  UInt8 = 11,
  UInt16 = 12,
  UInt32 = 13,
  UInt64 = 14,
  Int8 = 15,
  Int16 = 16,
  Int32 = 17,
  Int64 = 18,
  Json = 19,
  Bson = 20,
  Interval = 21,
  None = 255,
};

/// The union LogicalType; the numbers are its field ids.
enum class LogicalKind : uint8_t {
  None = 0,
  String = 1,
  Map = 2,
  List = 3,
  Enum = 4,
  Decimal = 5,
  Date = 6,
  Time = 7,
  Timestamp = 8,
  Integer = 10,
  Null = 11,  // "UNKNOWN" in the format: always null
  Json = 12,
  Bson = 13,
  Uuid = 14,
  Float16 = 15,
  Variant = 16,
  Geometry = 17,
  Geography = 18,
  Unrecognised = 255,  // a later version's; the column reads as its storage type
};

enum class TimeUnit : uint8_t { None = 0, Millis = 1, Micros = 2, Nanos = 3 };

struct LogicalType {
  LogicalKind kind = LogicalKind::None;
  TimeUnit unit = TimeUnit::None;  // Time, Timestamp
  bool adjusted_to_utc = false;    // Time, Timestamp
  bool is_signed = true;           // Integer
  uint8_t bit_width = 0;           // Integer
  uint8_t algorithm = 0;           // Geography: edge interpolation
  int32_t scale = 0;               // Decimal
  int32_t precision = 0;           // Decimal
  std::string_view crs;            // Geometry, Geography
};

struct SchemaElement {
  std::string_view name;
  std::optional<StorageType> type;  // leaves only
  Repetition repetition = Repetition::Required;
  bool has_repetition = false;  // the root usually has none
  ConvertedType converted = ConvertedType::None;
  int32_t type_length = -1;  // FixedLenByteArray; -1: absent
  int32_t child_count = -1;  // -1: absent (a leaf)
  int32_t scale = -1;        // of a converted DECIMAL; -1: absent
  int32_t precision = -1;
  std::optional<int32_t> field_id;
  LogicalType logical;
};

struct Statistics {
  // Deprecated: compared as signed bytes or numbers whatever the type.
  std::string_view min, max;
  // In the column's defined order.
  std::string_view min_value, max_value;
  int64_t null_count = -1;      // -1: absent
  int64_t distinct_count = -1;  // -1: absent
  // 1 exact, 0 not, -1 the file does not say.
  int8_t min_is_exact = -1, max_is_exact = -1;

  bool has_null_count() const { return null_count >= 0; }
};

struct KeyValue {
  std::string_view key, value;  // value may be absent
};

struct SortingColumn {
  uint32_t column = 0;
  bool descending = false;
  bool nulls_first = false;
};

/// The encodings of a chunk in the file's order; the first 16 of them, each once.
class EncodingList {
 public:
  void add(PageEncoding encoding);
  uint32_t size() const { return count_; }
  PageEncoding operator[](uint32_t i) const {
    return static_cast<PageEncoding>(packed_ >> (4 * i) & 15);
  }
  bool contains(PageEncoding encoding) const;
  /// An encoding above 15 was listed: nothing can be concluded from the list.
  bool has_unknown() const { return unknown_; }

 private:
  uint64_t packed_ = 0;
  uint8_t count_ = 0;
  bool unknown_ = false;
};

struct SizeStatistics {
  int64_t unencoded_bytes = -1;  // of BYTE_ARRAY values; -1: absent
  std::vector<int64_t> repetition_histogram, definition_histogram;
};

struct BoundingBox {
  double x_min = 0, x_max = 0, y_min = 0, y_max = 0;
  std::optional<double> z_min, z_max, m_min, m_max;
};

struct GeospatialStatistics {
  std::optional<BoundingBox> box;
  std::vector<int32_t> types;  // WKB codes
};

/// What few chunks have, kept apart so that the many stay small.
struct ColumnExtras {
  std::vector<KeyValue> key_values;
  std::optional<SizeStatistics> sizes;
  std::optional<GeospatialStatistics> geospatial;
};

/// From the list of page encoding statistics: how the data pages are encoded.
enum class DictionaryUse : uint8_t { Unknown, AllPages, NotAllPages };

struct ColumnChunk {
  StorageType type = StorageType::Boolean;
  Codec codec = Codec::Uncompressed;
  DictionaryUse dictionary_use = DictionaryUse::Unknown;
  EncodingList encodings;
  uint64_t value_count = 0;  // NULLs included; of repeated columns, all levels
  uint64_t total_uncompressed_size = 0, total_compressed_size = 0;  // page headers included
  uint64_t data_page_offset = 0;
  uint64_t dictionary_page_offset = 0;                        // 0: none
  uint64_t index_page_offset = 0;                             // 0: none
  uint64_t file_offset = 0;                                   // deprecated; shown only
  uint64_t offset_index_offset = 0, column_index_offset = 0;  // with length 0: none
  uint32_t offset_index_length = 0, column_index_length = 0;
  uint64_t bloom_filter_offset = 0;  // 0: none
  uint32_t bloom_filter_length = 0;  // 0: the file does not say
  uint32_t data_page_count = 0;      // from the encoding statistics; 0: unknown
  Statistics statistics;
  std::unique_ptr<const ColumnExtras> extras;  // may be null

  /// All pages of the chunk, the dictionary page first. Checked against the file by `validate`.
  ByteRange byte_range() const {
    const uint64_t start = dictionary_page_offset && dictionary_page_offset < data_page_offset
                               ? dictionary_page_offset
                               : data_page_offset;
    return {start, total_compressed_size};
  }
  bool has_offset_index() const { return offset_index_length != 0; }
  bool has_column_index() const { return column_index_length != 0; }
  ByteRange offset_index_range() const { return {offset_index_offset, offset_index_length}; }
  ByteRange column_index_range() const { return {column_index_offset, column_index_length}; }
};

struct RowGroup {
  std::vector<ColumnChunk> columns;  // one per leaf of the schema, in its order
  uint64_t row_count = 0;
  uint64_t first_row = 0;  // rows of the row groups before it
  uint64_t total_byte_size = 0;
  std::optional<uint64_t> total_compressed_size, file_offset;
  std::optional<int16_t> ordinal;
  std::vector<SortingColumn> sorting;
};

enum class ColumnOrder : uint8_t { Undefined, TypeDefined, Ieee754Total, Unrecognised };

struct FileMetadata {
  int32_t version = 0;
  uint64_t row_count = 0;             // of all row groups
  uint64_t declared_row_count = 0;    // what the footer says; some writers leave it 0
  std::vector<SchemaElement> schema;  // depth first, the root first
  std::vector<RowGroup> row_groups;
  std::vector<KeyValue> key_values;
  std::vector<ColumnOrder> column_orders;  // empty, or one per leaf
  std::string_view created_by;             // may be absent
  bool has_encryption_algorithm = false;   // plaintext footer of a file with encrypted columns
  bool has_footer_signing_key = false;
  uint32_t leaf_count = 0;
  uint64_t file_size = 0;
  BufferSlice footer;  // the bytes that all views point into
  Reservation memory;  // what the structs above cost
};

/// Decodes and validates a footer (the Thrift bytes alone). Every offset, length and count is
/// checked against `file_size` and one another; the error names row group and column. Encrypted
/// chunks decode to Encrypted.
Result<FileMetadata> decode_file_metadata(BufferSlice footer, uint64_t file_size,
                                          MemoryBudget& budget);

enum class PageKind : uint8_t { Data = 0, Index = 1, Dictionary = 2, DataV2 = 3 };

/// Any page header, the kinds' own structs flattened into one.
struct PageHeader {
  PageKind kind = PageKind::Data;
  PageEncoding encoding = PageEncoding::Plain;           // data and dictionary pages
  PageEncoding definition_encoding = PageEncoding::Rle;  // v1
  PageEncoding repetition_encoding = PageEncoding::Rle;  // v1
  bool is_compressed = true;                             // v2
  bool is_sorted = false;                                // dictionary
  std::optional<uint32_t> crc;  // CRC-32 (gzip's) of the page as stored, after the header
  uint32_t uncompressed_size = 0, compressed_size = 0;
  uint32_t value_count = 0;                               // NULLs included
  uint32_t null_count = 0, row_count = 0;                 // v2
  uint32_t definition_length = 0, repetition_length = 0;  // v2: bytes of levels, never compressed
  Statistics statistics;                                  // views into the input
  uint32_t header_size = 0;                               // bytes the header itself took
};

/// No valid page header is longer; statistics of long strings make them large.
inline constexpr uint32_t max_page_header_size = 16 << 20;

/// Decodes the header at the beginning of `bytes`. Nothing when `bytes` ends within the header: ask
/// again with more. Sizes are checked against each other, not against the chunk.
Result<std::optional<PageHeader>> decode_page_header(std::span<const std::byte> bytes);

enum class BoundaryOrder : uint8_t { Unordered = 0, Ascending = 1, Descending = 2 };

/// Bounds per page; all vectors have one entry per page, or none where the file has none.
struct ColumnIndex {
  std::vector<uint8_t> null_pages;  // 1: only NULLs, bounds are void
  std::vector<std::string_view> min_values, max_values;
  std::vector<int64_t> null_counts;  // may be empty
  BoundaryOrder order = BoundaryOrder::Unordered;
  BufferSlice bytes;  // what the views point into
  size_t page_count() const { return null_pages.size(); }
};

struct PageLocation {
  uint64_t offset = 0;
  uint32_t compressed_size = 0;  // header included
  uint64_t first_row = 0;        // within the row group
  ByteRange range() const { return {offset, compressed_size}; }
};

struct OffsetIndex {
  std::vector<PageLocation> pages;  // data pages, ascending
};

Result<ColumnIndex> decode_column_index(BufferSlice bytes);
/// Checks that pages ascend and lie within `file_size`, and rows within `row_count`.
Result<OffsetIndex> decode_offset_index(std::span<const std::byte> bytes, uint64_t row_count,
                                        uint64_t file_size);

struct BloomFilterHeader {
  uint32_t bitset_size = 0;  // bytes, a multiple of 32
  uint32_t header_size = 0;
  bool supported = false;  // split blocks, XXH64, uncompressed: the only kind there is so far
};

/// Nothing when `bytes` ends within the header.
Result<std::optional<BloomFilterHeader>> decode_bloom_filter_header(
    std::span<const std::byte> bytes);

std::string_view storage_type_name(StorageType type);   // "BYTE_ARRAY"
std::string_view encoding_name(PageEncoding encoding);  // "RLE_DICTIONARY"
std::string_view codec_name(Codec codec);               // "SNAPPY"
std::string_view repetition_name(Repetition repetition);
std::string_view converted_type_name(ConvertedType type);  // "UTF8"; "" for None
std::string_view page_kind_name(PageKind kind);

}  // namespace whittle::parquet
