#include "parquet/footer.hpp"

#include <cstring>

#include "io/range_engine.hpp"

namespace whittle::parquet {

namespace {

constexpr uint64_t trailer_size = 8;  // length of the footer, magic
constexpr uint64_t least_file_size = 12;

bool has_magic(const std::byte* at, const char* magic) {
  return std::memcmp(at, magic, 4) == 0;
}

std::unexpected<Error> no_parquet(std::string message, std::string hint = "") {
  Error error(ErrorCode::Corrupt, std::move(message));
  if (!hint.empty()) return fail(std::move(error).with_hint(std::move(hint)));
  return fail(std::move(error));
}

// Looks at the beginning of a file whose end is wrong, to say which mistake it probably is.
Task<Result<bool>> begins_as_parquet(RangeReader& reader) {
  BufferSlice head = CO_TRY(co_await reader.fetch({0, 4}));
  co_return has_magic(head.data, "PAR1");
}

Task<Result<uint32_t>> footer_length(RangeReader& reader, BufferSlice tail, uint64_t size) {
  const std::byte* trailer = tail.data + tail.size - trailer_size;
  if (has_magic(trailer + 4, "PARE")) {
    co_return fail(
        Error(ErrorCode::Encrypted, "the footer of the file is encrypted")
            .with_hint("whittle has no keys: Parquet modular encryption is not supported"));
  }
  if (!has_magic(trailer + 4, "PAR1")) {
    if (CO_TRY(co_await begins_as_parquet(reader))) {
      co_return no_parquet(
          "the file is truncated: it begins as a Parquet file but does not end as one",
          "fetch or write the file again; its footer is missing");
    }
    co_return no_parquet("not a Parquet file: it does not end with \"PAR1\"");
  }
  uint32_t length;
  std::memcpy(&length, trailer, 4);
  if (length == 0 || length > size - least_file_size) {
    co_return no_parquet("the footer's length of " + std::to_string(length) +
                         " bytes does not fit a file of " + std::to_string(size) + " bytes");
  }
  co_return length;
}

Task<Result<BufferSlice>> read_tail(RangeReader& reader, OpenedSource* opened) {
  const uint64_t size = opened->source->size();
  if (opened->tail.size >= trailer_size || opened->tail.size == size) co_return opened->tail;
  const uint64_t wanted = std::min(size, std::max(default_tail_size(size), trailer_size));
  opened->tail = CO_TRY(co_await reader.fetch({size - wanted, wanted}));
  co_return opened->tail;
}

// A copy of the footer alone, from the tail and what has to be read in front of it.
Task<Result<BufferSlice>> read_footer(RangeReader& reader, BufferSlice tail, uint64_t size,
                                      uint32_t length) {
  BufferRef copy =
      CO_TRY(Buffer::reserve(reader.session().budget, length, "the footer of a Parquet file"));
  const uint64_t start = size - trailer_size - length;
  const uint64_t tail_start = size - tail.size;
  uint64_t missing = 0;
  if (start < tail_start) {
    missing = std::min<uint64_t>(tail_start - start, length);
    BufferSlice front = CO_TRY(co_await reader.fetch({start, missing}));
    std::memcpy(copy->data(), front.data, missing);
  }
  if (length > missing) {
    std::memcpy(copy->data() + missing, tail.data + (start + missing - tail_start),
                length - missing);
  }
  const std::byte* data = copy->data();
  co_return BufferSlice{std::move(copy), data, length};
}

Task<Result<ParquetFileRef>> open_file(OpenedSource* opened, IoSessionRef session,
                                       SchemaOptions options) {
  const uint64_t size = opened->source->size();
  if (size == 0) co_return no_parquet("not a Parquet file: it is empty");
  if (size < least_file_size) {
    co_return no_parquet("not a Parquet file: " + std::to_string(size) + " bytes are too few");
  }
  RangeReader reader(opened->source, session);
  BufferSlice tail = CO_TRY(co_await read_tail(reader, opened));
  const uint32_t length = CO_TRY(co_await footer_length(reader, tail, size));
  auto file = std::make_shared<ParquetFile>();
  file->source = opened->source;
  file->footer_size = length;
  BufferSlice footer = CO_TRY(co_await read_footer(reader, tail, size, length));
  file->metadata = CO_TRY(decode_file_metadata(std::move(footer), size, session->budget));
  file->schema = CO_TRY(build_schema(file->metadata, options));
  co_return ParquetFileRef(std::move(file));
}

}  // namespace

std::string ParquetFile::where(size_t row_group, uint32_t leaf) const {
  return "row group " + std::to_string(row_group) + ", column '" + schema.leaves[leaf].path + "'";
}

Task<Result<ParquetFileRef>> open_parquet(OpenedSource* opened, IoSessionRef session,
                                          SchemaOptions options) {
  Result<ParquetFileRef> file = co_await open_file(opened, std::move(session), options);
  if (!file) co_return fail(std::move(file).error().with_source(opened->source->name()));
  co_return file;
}

}  // namespace whittle::parquet
