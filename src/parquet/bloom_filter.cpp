#include "parquet/bloom_filter.hpp"

#include <algorithm>
#include <cstring>

#include "parquet/xxh64.hpp"

namespace whittle::parquet {

namespace {

constexpr uint32_t block_size = 32;
// The header is about 20 bytes; the first read takes this much so that small filters need no other.
constexpr uint64_t first_read = 1024;
constexpr size_t max_candidates = 64;

// The odd constants of the specification: each picks a bit of one word.
constexpr uint32_t salts[8] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                               0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

template <class T>
uint64_t hash_of(T value) {
  return xxh64(std::as_bytes(std::span(&value, 1)));
}

// Types stored as integers whose SQL value is the stored one, bit for bit.
bool is_stored_as_is(const SchemaElement& element, const Type& type) {
  switch (type.id()) {
    case TypeId::Decimal:
    case TypeId::Date:
      return true;
    case TypeId::Time:
    case TypeId::Timestamp:
      return element.logical.unit == TimeUnit::Micros ||
             element.converted == ConvertedType::TimeMicros ||
             element.converted == ConvertedType::TimestampMicros;
    case TypeId::TimestampTz:
      return element.logical.unit == TimeUnit::Micros;
    case TypeId::TimeNs:
    case TypeId::TimestampNs:
      return element.logical.unit == TimeUnit::Nanos;
    default:
      return type.is_integer();
  }
}

std::optional<uint64_t> hash_bytes(const SchemaElement& element, const Type& type,
                                   const Value& value) {
  if (type.id() == TypeId::Uuid) {
    const auto bits = static_cast<uint128_t>(value.as_integer());
    std::byte bytes[16];
    for (int i = 0; i < 16; ++i) bytes[i] = static_cast<std::byte>(bits >> (8 * (15 - i)));
    return xxh64(bytes);
  }
  if (type.id() != TypeId::Varchar && type.id() != TypeId::Blob) return std::nullopt;
  return xxh64(std::as_bytes(std::span(value.as_string())));
}

}  // namespace

std::optional<uint64_t> bloom_hash(const SchemaElement& element, const Type& type,
                                   const Value& value) {
  if (value.is_null() || !(value.type() == type)) return std::nullopt;
  switch (*element.type) {
    case StorageType::Int32:
      if (!is_stored_as_is(element, type)) return std::nullopt;
      return hash_of(static_cast<int32_t>(value.as_integer()));
    case StorageType::Int64:
      if (!is_stored_as_is(element, type)) return std::nullopt;
      return hash_of(static_cast<int64_t>(value.as_integer()));
    case StorageType::Float:
    case StorageType::Double:
      // Zero has two representations and NaN many.
      if (!(value.as_real() < 0) && !(value.as_real() > 0)) return std::nullopt;
      return element.type == StorageType::Float ? hash_of(static_cast<float>(value.as_real()))
                                                : hash_of(value.as_real());
    case StorageType::ByteArray:
    case StorageType::FixedLenByteArray:
      return hash_bytes(element, type, value);
    default:
      return std::nullopt;
  }
}

uint32_t BloomFilter::block_of(uint64_t hash) const {
  return static_cast<uint32_t>((hash >> 32) * (bitset_size_ / block_size) >> 32);
}

void BloomFilter::add_block(uint32_t index, std::span<const std::byte> bytes) {
  Block& block = blocks_.emplace_back();
  block.index = index;
  std::memcpy(block.words, bytes.data(), block_size);
}

bool BloomFilter::may_contain(const Value& value) const {
  const std::optional<uint64_t> hash = bloom_hash(*element_, *type_, value);
  if (!hash) return true;
  const uint32_t index = block_of(*hash);
  const auto block = std::find_if(blocks_.begin(), blocks_.end(),
                                  [&](const Block& candidate) { return candidate.index == index; });
  if (block == blocks_.end()) return true;
  for (int i = 0; i < 8; ++i) {
    const uint32_t bit = static_cast<uint32_t>(*hash) * salts[i] >> 27;
    if (!(block->words[i] >> bit & 1)) return false;
  }
  return true;
}

namespace {

struct OpenFilter {
  ByteRange bitset;
  BufferSlice first;  // what was read so far, from `first_offset` on
  uint64_t first_offset = 0;
  uint32_t bitset_size = 0;
};

Task<Result<std::optional<OpenFilter>>> open_filter(const ParquetFile& file, RangeReader& reader,
                                                    const ColumnChunk& chunk) {
  const uint64_t size = file.metadata.file_size;
  uint64_t wanted = chunk.bloom_filter_length ? chunk.bloom_filter_length : first_read;
  wanted = std::min({wanted, first_read, size - chunk.bloom_filter_offset});
  OpenFilter filter;
  filter.first_offset = chunk.bloom_filter_offset;
  filter.first = CO_TRY(co_await reader.fetch({filter.first_offset, wanted}));
  Result<std::optional<BloomFilterHeader>> header =
      decode_bloom_filter_header(filter.first.bytes());
  // A filter only ever saves work: one that cannot be read is as good as none.
  if (!header || !*header || !(*header)->supported) co_return std::nullopt;
  filter.bitset_size = (*header)->bitset_size;
  filter.bitset = {filter.first_offset + (*header)->header_size, filter.bitset_size};
  if (!filter.bitset.fits(size)) co_return std::nullopt;
  co_return filter;
}

std::vector<uint32_t> blocks_of(const BloomFilter& filter, std::span<const uint64_t> hashes) {
  std::vector<uint32_t> blocks;
  for (uint64_t hash : hashes) blocks.push_back(filter.block_of(hash));
  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  return blocks;
}

// Where the file says how long the filter is, the header's length can be guessed: the bitset is
// made of whole blocks, and a header of the usual fields has 12 to 43 bytes. Header and blocks then
// come in one round trip. Nothing when the guess was wrong.
Task<Result<std::optional<BloomFilter>>> read_guessed(RangeReader& reader, const ColumnChunk& chunk,
                                                      const SchemaElement& element,
                                                      const Type& type,
                                                      std::span<const uint64_t> hashes) {
  constexpr uint32_t smallest_header = 12;
  const uint32_t length = chunk.bloom_filter_length;
  if (length <= first_read) co_return std::nullopt;
  const uint32_t header_size = smallest_header + (length - smallest_header) % block_size;
  const uint32_t bitset_size = length - header_size;
  BloomFilter filter(element, type, bitset_size);
  const std::vector<uint32_t> blocks = blocks_of(filter, hashes);
  std::vector<ByteRange> ranges{{chunk.bloom_filter_offset, header_size}};
  for (uint32_t block : blocks) {
    ranges.push_back(
        {chunk.bloom_filter_offset + header_size + uint64_t{block} * block_size, block_size});
  }
  const std::vector<BufferSlice> slices = CO_TRY(co_await reader.fetch(std::move(ranges)));
  Result<std::optional<BloomFilterHeader>> header = decode_bloom_filter_header(slices[0].bytes());
  if (!header || !*header || !(*header)->supported || (*header)->header_size != header_size ||
      (*header)->bitset_size != bitset_size) {
    co_return std::nullopt;
  }
  for (size_t i = 0; i < blocks.size(); ++i) filter.add_block(blocks[i], slices[i + 1].bytes());
  co_return filter;
}

}  // namespace

Task<Result<std::optional<BloomFilter>>> read_bloom_filter(const ParquetFile& file,
                                                           RangeReader& reader, size_t row_group,
                                                           uint32_t leaf,
                                                           std::vector<Value> values) {
  const ColumnChunk& chunk = file.metadata.row_groups[row_group].columns[leaf];
  const SchemaElement& element = file.element(leaf);
  const Type& type = file.schema.leaves[leaf].type;
  if (chunk.bloom_filter_offset == 0 || values.empty()) co_return std::nullopt;
  std::vector<uint64_t> hashes;
  for (const Value& value : values) {
    if (auto hash = bloom_hash(element, type, value)) hashes.push_back(*hash);
  }
  if (hashes.empty()) co_return std::nullopt;
  const ByteRange whole{chunk.bloom_filter_offset, chunk.bloom_filter_length};
  if (!reader.source().hints().is_local && whole.fits(file.metadata.file_size)) {
    std::optional<BloomFilter> guessed =
        CO_TRY(co_await read_guessed(reader, chunk, element, type, hashes));
    if (guessed) co_return guessed;
  }
  std::optional<OpenFilter> open = CO_TRY(co_await open_filter(file, reader, chunk));
  if (!open) co_return std::nullopt;

  BloomFilter filter(element, type, open->bitset_size);
  const std::vector<uint32_t> blocks = blocks_of(filter, hashes);
  std::vector<ByteRange> ranges;
  std::vector<uint32_t> to_read;
  const ByteRange have{open->first_offset, open->first.size};
  for (uint32_t block : blocks) {
    const ByteRange range{open->bitset.offset + uint64_t{block} * block_size, block_size};
    if (have.contains(range)) {
      filter.add_block(block, open->first.bytes().subspan(range.offset - have.offset, block_size));
    } else {
      ranges.push_back(range);
      to_read.push_back(block);
    }
  }
  if (ranges.empty()) co_return filter;
  // The range engine joins near blocks to one request.
  std::vector<BufferSlice> slices = CO_TRY(co_await reader.fetch(std::move(ranges)));
  for (size_t i = 0; i < slices.size(); ++i) filter.add_block(to_read[i], slices[i].bytes());
  co_return filter;
}

std::vector<Value> bloom_candidates(const Predicate& predicate, uint32_t leaf) {
  std::vector<Value> values;
  if (predicate.column == leaf &&
      (predicate.kind == PredicateKind::Equal || predicate.kind == PredicateKind::In ||
       predicate.kind == PredicateKind::IsNotDistinctFrom)) {
    values = predicate.values;
  }
  for (const Predicate& child : predicate.children) {
    std::vector<Value> below = bloom_candidates(child, leaf);
    values.insert(values.end(), below.begin(), below.end());
  }
  if (values.size() > max_candidates) values.clear();
  return values;
}

}  // namespace whittle::parquet
