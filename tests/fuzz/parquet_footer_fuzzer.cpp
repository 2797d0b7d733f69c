// Any bytes as a footer, a page header, a page index and a bloom filter header: errors or
// consistent metadata, never a crash, never more memory than the budget.
#include <cstdint>
#include <cstring>
#include <string>

#include "parquet/metadata.hpp"
#include "parquet/schema.hpp"

namespace {

using namespace whittle;

BufferSlice slice_of(const uint8_t* data, size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  return {Buffer::wrap(bytes, size), bytes, size};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryBudget budget(uint64_t{64} << 20);
  const BufferSlice slice = slice_of(data, size);
  Result<parquet::FileMetadata> metadata =
      parquet::decode_file_metadata(slice, uint64_t{1} << 30, budget);
  if (metadata) {
    Result<parquet::ParquetSchema> schema = parquet::build_schema(*metadata);
    if (schema && schema->leaves.size() != metadata->leaf_count) __builtin_trap();
  }
  (void)parquet::decode_page_header(slice.bytes());
  (void)parquet::decode_column_index(slice);
  (void)parquet::decode_offset_index(slice.bytes(), 1000, uint64_t{1} << 30);
  (void)parquet::decode_bloom_filter_header(slice.bytes());
  return 0;
}
