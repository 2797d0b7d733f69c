// Whole files through open, pages, levels and assembly. Seed it with small Parquet files.
#include "unit/parquet/decode_support.hpp"

using namespace whittle;
using namespace whittle::parquet;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  whittle::parquet::testing::OpenFile open(32 << 20);
  if (!open.open({reinterpret_cast<const char*>(data), size})) return 0;
  ColumnReadOptions options;
  options.verify_crc = size % 2 == 0;
  options.memory_share = size % 3 == 0 ? 1 : UINT64_MAX;
  for (uint32_t c = 0; c < open.file->schema.columns.size() && c < 32; ++c) {
    uint64_t rows = 0;
    // Runs of levels make many rows of few bytes: the first ones of each row group show enough.
    for (uint32_t g = 0; g < open.file->metadata.row_groups.size() && g < 4; ++g) {
      auto reader = ColumnReader::make(*open.reader, open.file->metadata, g,
                                       open.file->schema.columns[c], options);
      if (!reader) continue;
      reader->start();
      while (reader->row() < reader->row_count() && rows < 10'000) {
        const auto part =
            static_cast<uint32_t>(std::min<uint64_t>(reader->row_count() - reader->row(), 777));
        if (!open.world.wait(reader->prepare(part))) break;
        const auto values = reader->read(part);
        if (!values) break;
        for (uint32_t i = 0; i < values->length(); i += 7) {
          (void)Value::from_column(*values, i).to_string();
        }
        rows += part;
      }
    }
  }
  return 0;
}
