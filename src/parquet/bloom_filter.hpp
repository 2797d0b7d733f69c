// Split-block bloom filters of column chunks (parquet-format's BloomFilter.md; Putze, Sanders and
// Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", JEA 2009).
//
// A value is looked up in one block of 32 bytes, so a large filter can be asked with two tiny reads
// instead of being fetched. Values hash as the plain encoding of their storage type. Not
// thread-safe while filling.
#pragma once

#include <optional>
#include <vector>

#include "columnar/value.hpp"
#include "io/range_engine.hpp"
#include "parquet/footer.hpp"
#include "parquet/predicate.hpp"

namespace whittle::parquet {

/// The hash of a SQL value in the storage form of the leaf; nothing when the form is not one to one
/// (then the filter says nothing about the value).
std::optional<uint64_t> bloom_hash(const SchemaElement& element, const Type& type,
                                   const Value& value);

/// The blocks of one chunk's filter that were needed.
class BloomFilter {
 public:
  /// `element` and `type` must outlive the filter (they are the file's).
  BloomFilter(const SchemaElement& element, const Type& type, uint32_t bitset_size)
      : element_(&element), type_(&type), bitset_size_(bitset_size) {}

  uint32_t block_of(uint64_t hash) const;
  void add_block(uint32_t index, std::span<const std::byte> bytes);
  /// True also for values and blocks that nothing is known about.
  bool may_contain(const Value& value) const;

 private:
  struct Block {
    uint32_t index;
    uint32_t words[8];
  };
  const SchemaElement* element_;
  const Type* type_;
  uint32_t bitset_size_;
  std::vector<Block> blocks_;  // a few
};

/// Reads what the filter of a chunk says about `values`: the header, then either the whole bitset,
/// when that costs no more than the blocks, or the blocks. Nothing when the chunk has no filter
/// that can be used.
Task<Result<std::optional<BloomFilter>>> read_bloom_filter(const ParquetFile& file,
                                                           RangeReader& reader, size_t row_group,
                                                           uint32_t leaf,
                                                           std::vector<Value> values);

/// Constants that `leaf` is tested to be equal to (Equal, In), where a bloom filter can help; empty
/// when none or too many.
std::vector<Value> bloom_candidates(const Predicate& predicate, uint32_t leaf);

}  // namespace whittle::parquet
