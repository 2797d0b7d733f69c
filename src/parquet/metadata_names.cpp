// The spelling of the format's enums, as parquet.thrift has them.
#include <iterator>

#include "parquet/metadata.hpp"

namespace whittle::parquet {

namespace {

template <size_t N>
std::string_view name_at(const std::string_view (&names)[N], uint8_t index) {
  return index < N ? names[index] : std::string_view("UNKNOWN");
}

}  // namespace

std::string_view storage_type_name(StorageType type) {
  static constexpr std::string_view names[] = {
      "BOOLEAN", "INT32",  "INT64",      "INT96",
      "FLOAT",   "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY"};
  return name_at(names, static_cast<uint8_t>(type));
}

std::string_view encoding_name(PageEncoding encoding) {
  static constexpr std::string_view names[] = {
      "PLAIN",          "GROUP_VAR_INT",       "PLAIN_DICTIONARY",        "RLE",
      "BIT_PACKED",     "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
      "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"};
  return name_at(names, static_cast<uint8_t>(encoding));
}

std::string_view codec_name(Codec codec) {
  static constexpr std::string_view names[] = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO",
                                               "BROTLI",       "LZ4",    "ZSTD", "LZ4_RAW"};
  return name_at(names, static_cast<uint8_t>(codec));
}

std::string_view repetition_name(Repetition repetition) {
  static constexpr std::string_view names[] = {"REQUIRED", "OPTIONAL", "REPEATED"};
  return name_at(names, static_cast<uint8_t>(repetition));
}

std::string_view converted_type_name(ConvertedType type) {
  static constexpr std::string_view names[] = {"UTF8",
                                               "MAP",
                                               "MAP_KEY_VALUE",
                                               "LIST",
                                               "ENUM",
                                               "DECIMAL",
                                               "DATE",
                                               "TIME_MILLIS",
                                               "TIME_MICROS",
                                               "TIMESTAMP_MILLIS",
                                               "TIMESTAMP_MICROS",
                                               "UINT_8",
                                               "UINT_16",
                                               "UINT_32",
                                               "UINT_64",
                                               "INT_8",
                                               "INT_16",
                                               "INT_32",
                                               "INT_64",
                                               "JSON",
                                               "BSON",
                                               "INTERVAL"};
  if (type == ConvertedType::None) return "";
  return name_at(names, static_cast<uint8_t>(type));
}

std::string_view page_kind_name(PageKind kind) {
  static constexpr std::string_view names[] = {"DATA_PAGE", "INDEX_PAGE", "DICTIONARY_PAGE",
                                               "DATA_PAGE_V2"};
  return name_at(names, static_cast<uint8_t>(kind));
}

}  // namespace whittle::parquet
