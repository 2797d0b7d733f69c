#include "columnar/hash.hpp"

#include <cstring>

#include "columnar/interval.hpp"
#include "columnar/physical_dispatch.hpp"

namespace whittle {

namespace {

constexpr uint64_t multiplier = 0x9fb21c651e98df25ull;

uint64_t load_word(const char* data) {
  uint64_t word;
  std::memcpy(&word, data, 8);
  return word;
}

uint64_t mix(uint64_t state, uint64_t word) {
  state = (state ^ word) * multiplier;
  return state ^ (state >> 32);
}

}  // namespace

// Two independent lanes of 8 bytes, then the last 16 bytes (which may overlap those before).
uint64_t hash_bytes(const char* data, size_t size) {
  uint64_t left = size * 0xff51afd7ed558ccdull, right = left ^ 0xc4ceb9fe1a85ec53ull;
  if (size < 16) {
    char padded[16] = {};
    if (size > 0) std::memcpy(padded, data, size);
    left = mix(left, load_word(padded));
    right = mix(right, load_word(padded + 8));
    return hash_word(left ^ std::rotl(right, 29));
  }
  for (size_t i = 0; i + 16 < size; i += 16) {
    left = mix(left, load_word(data + i));
    right = mix(right, load_word(data + i + 8));
  }
  left = mix(left, load_word(data + size - 16));
  right = mix(right, load_word(data + size - 8));
  return hash_word(left ^ std::rotl(right, 29));
}

uint64_t hash_value(const IntervalValue& value) {
  const NormalizedInterval interval = normalize(value);
  const uint64_t days =
      hash_word(static_cast<uint64_t>(interval.months) * 64 + static_cast<uint64_t>(interval.days));
  return hash_word(days ^ static_cast<uint64_t>(interval.microseconds));
}

namespace {

uint64_t hash_nested(const Column& stored, uint32_t position) {
  if (stored.type().physical() == PhysicalType::Struct) {
    uint64_t hash = hash_word(stored.children().size());
    for (const auto& child : stored.children()) {
      hash = combine_hashes(hash, hash_row(child, position));
    }
    return hash;
  }
  const ListEntry entry = stored.values<ListEntry>()[position];
  uint64_t hash = hash_word(uint64_t{entry.length} + 0x51);
  for (uint32_t i = 0; i < entry.length; ++i) {
    hash = combine_hashes(hash, hash_row(stored.children()[0], entry.offset + i));
  }
  return hash;
}

uint64_t hash_position(const ColumnView& view, uint32_t row) {
  if (!view.valid(row)) return null_hash;
  const PhysicalType physical = view.stored->type().physical();
  switch (physical) {
    case PhysicalType::String:
      return hash_value(view.get<StringRef>(row));
    case PhysicalType::Interval:
      return hash_value(view.get<IntervalValue>(row));
    case PhysicalType::List:
    case PhysicalType::Struct:
      return hash_nested(*view.stored, view.at(row));
    default:
      return dispatch_numeric<uint64_t>(physical, null_hash, [&](auto tag) {
        return hash_value(view.get<typename decltype(tag)::type>(row));
      });
  }
}

template <bool Combine, class F>
void store_hashes(const Selection& selection, uint64_t* hashes, F&& hash) {
  const auto put = [&](uint32_t row) {
    hashes[row] = Combine ? combine_hashes(hashes[row], hash(row)) : hash(row);
  };
  if (selection.is_dense()) {
    for (uint32_t row = 0; row < selection.count; ++row) put(row);
  } else {
    for (uint32_t i = 0; i < selection.count; ++i) put(selection.rows[i]);
  }
}

template <bool Combine, class T>
void hash_flat(const Column& column, const Selection& selection, uint64_t* hashes) {
  const T* values = column.values<T>();
  const uint64_t* validity = column.validity();
  if (!validity) {
    store_hashes<Combine>(selection, hashes, [=](uint32_t row) { return hash_value(values[row]); });
  } else {
    store_hashes<Combine>(selection, hashes, [=](uint32_t row) {
      return bit_is_set(validity, row) ? hash_value(values[row]) : null_hash;
    });
  }
}

template <bool Combine>
void hash_any(const Column& column, const Selection& selection, uint64_t* hashes,
              DictionaryHashCache* cache) {
  if (column.encoding() == Encoding::Constant) {
    const uint64_t hash = hash_row(column, 0);
    return store_hashes<Combine>(selection, hashes, [=](uint32_t) { return hash; });
  }
  if (column.encoding() == Encoding::Dictionary) {
    const uint64_t* entries = cache ? cache->hashes(column.dictionary()) : nullptr;
    const uint32_t* codes = column.codes();
    if (entries) {
      return store_hashes<Combine>(selection, hashes,
                                   [=](uint32_t row) { return entries[codes[row]]; });
    }
  }
  if (column.encoding() == Encoding::Flat) {
    switch (column.type().physical()) {
      case PhysicalType::String:
        return hash_flat<Combine, StringRef>(column, selection, hashes);
      case PhysicalType::Int16:
        return hash_flat<Combine, int16_t>(column, selection, hashes);
      case PhysicalType::Int32:
        return hash_flat<Combine, int32_t>(column, selection, hashes);
      case PhysicalType::Int64:
        return hash_flat<Combine, int64_t>(column, selection, hashes);
      case PhysicalType::Double:
        return hash_flat<Combine, double>(column, selection, hashes);
      default:
        break;
    }
  }
  const ColumnView view(column);
  store_hashes<Combine>(selection, hashes, [&](uint32_t row) { return hash_position(view, row); });
}

}  // namespace

const uint64_t* DictionaryHashCache::hashes(const Ref<Dictionary>& dictionary) {
  if (dictionary_ == dictionary && hashes_) return hashes_->as<uint64_t>();
  const uint32_t length = dictionary->values.length();
  auto buffer = Buffer::reserve(*budget_, size_t{length} * 8, "dictionary hashes");
  if (!buffer) return nullptr;
  hashes_ = std::move(*buffer);
  dictionary_ = dictionary;
  hash_column(dictionary->values, Selection::all(length), hashes_->as<uint64_t>(), false);
  return hashes_->as<uint64_t>();
}

void hash_column(const Column& column, const Selection& selection, uint64_t* hashes, bool combine,
                 DictionaryHashCache* cache) {
  if (combine) {
    hash_any<true>(column, selection, hashes, cache);
  } else {
    hash_any<false>(column, selection, hashes, cache);
  }
}

uint64_t hash_row(const Column& column, uint32_t row) {
  return hash_position(ColumnView(column), row);
}

}  // namespace whittle
