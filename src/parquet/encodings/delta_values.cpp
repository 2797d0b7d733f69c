// The three delta encodings as value decoders: integers, lengths + bytes, shared prefixes +
// suffixes (Parquet format, Encodings.md).
#include <algorithm>
#include <cstring>

#include "parquet/encodings/delta.hpp"
#include "parquet/encodings/rle.hpp"
#include "parquet/encodings/value_decoder.hpp"

namespace whittle::parquet::detail {

namespace {

template <class T>
class DeltaIntegers final : public ValueDecoder {
 public:
  explicit DeltaIntegers(const DeltaDecoder& values) : values_(values) {}
  Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap*) override {
    TRY(values_.decode(reinterpret_cast<T*>(scratch), count));
    return scratch;
  }
  Status skip(uint32_t count) override { return values_.skip(count); }

 private:
  DeltaDecoder values_;
};

Status bad_length() {
  return fail(ErrorCode::Corrupt, "a string's length points beyond its page");
}

// All lengths first, then all bytes back to back.
class DeltaLengths {
 public:
  static Result<DeltaLengths> open(std::span<const std::byte> bytes) {
    DeltaLengths strings;
    strings.lengths_ = TRY(DeltaDecoder::open(bytes));
    strings.at_ = TRY(strings.lengths_.find_end());
    strings.end_ = bytes.data() + bytes.size();
    return strings;
  }
  Status decode(uint32_t count, StringRef* out) {
    while (count > 0) {
      const uint32_t part = std::min(count, chunk);
      int32_t lengths[chunk];
      TRY(lengths_.decode(lengths, part));
      for (uint32_t i = 0; i < part; ++i) {
        if (lengths[i] < 0 || lengths[i] > end_ - at_) return bad_length();
        new (out + i)
            StringRef(reinterpret_cast<const char*>(at_), static_cast<uint32_t>(lengths[i]));
        at_ += lengths[i];
      }
      out += part;
      count -= part;
    }
    return {};
  }

 private:
  static constexpr uint32_t chunk = 256;
  DeltaDecoder lengths_;
  const std::byte* at_ = nullptr;
  const std::byte* end_ = nullptr;
};

class DeltaLengthStrings final : public ValueDecoder {
 public:
  explicit DeltaLengthStrings(const DeltaLengths& strings) : strings_(strings) {}
  Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap*) override {
    TRY(strings_.decode(count, reinterpret_cast<StringRef*>(scratch)));
    return scratch;
  }
  Status skip(uint32_t count) override {
    StringRef ignored[256];
    while (count > 0) {
      const uint32_t part = std::min<uint32_t>(count, 256);
      TRY(strings_.decode(part, ignored));
      count -= part;
    }
    return {};
  }

 private:
  DeltaLengths strings_;
};

// Each value shares a prefix with the one before it. `last_` holds the value before, so that
// skipping needs no heap; `fixed_` is the length of FIXED_LEN_BYTE_ARRAY values, written without
// StringRefs.
class DeltaPrefixes final : public ValueDecoder {
 public:
  DeltaPrefixes(const DeltaDecoder& prefixes, const DeltaLengths& suffixes, size_t page_size,
                uint32_t fixed, bool is_fixed)
      : prefixes_(prefixes),
        suffixes_(suffixes),
        page_size_(page_size),
        fixed_(fixed),
        is_fixed_(is_fixed) {}

  Result<const std::byte*> decode(uint32_t count, std::byte* scratch, StringHeap* heap) override {
    TRY(walk(count, [&](uint32_t i) -> Status {
      if (is_fixed_) {
        if (last_.size() != fixed_) return bad_length();
        std::memcpy(scratch + size_t{i} * fixed_, last_.data(), fixed_);
        return {};
      }
      new (reinterpret_cast<StringRef*>(scratch) + i) StringRef(TRY(heap->add(last_)));
      return {};
    }));
    return scratch;
  }
  Status skip(uint32_t count) override {
    return walk(count, [](uint32_t) -> Status { return {}; });
  }

 private:
  template <class F>
  Status walk(uint32_t count, F&& take) {
    constexpr uint32_t chunk = 256;
    int32_t prefixes[chunk];
    StringRef suffixes[chunk];
    for (uint32_t done = 0; done < count;) {
      const uint32_t part = std::min(count - done, chunk);
      TRY(prefixes_.decode(prefixes, part));
      TRY(suffixes_.decode(part, suffixes));
      for (uint32_t i = 0; i < part; ++i) {
        if (prefixes[i] < 0 || static_cast<size_t>(prefixes[i]) > last_.size()) return bad_length();
        last_.resize(static_cast<size_t>(prefixes[i]));
        // A value is made of suffixes of this page, so it cannot be longer than the page.
        if (suffixes[i].size() > page_size_ - last_.size()) return bad_length();
        last_.append(suffixes[i].view());
        TRY(take(done + i));
      }
      done += part;
    }
    return {};
  }

  DeltaDecoder prefixes_;
  DeltaLengths suffixes_;
  size_t page_size_;
  uint32_t fixed_;
  bool is_fixed_;
  std::string last_;
};

}  // namespace

Result<std::unique_ptr<ValueDecoder>> open_delta_integers(RawLayout layout,
                                                          std::span<const std::byte> bytes) {
  const DeltaDecoder values = TRY(DeltaDecoder::open(bytes));
  if (layout.width == 8) return std::make_unique<DeltaIntegers<int64_t>>(values);
  return std::make_unique<DeltaIntegers<int32_t>>(values);
}

Result<std::unique_ptr<ValueDecoder>> open_delta_lengths(std::span<const std::byte> bytes) {
  return std::make_unique<DeltaLengthStrings>(TRY(DeltaLengths::open(bytes)));
}

Result<std::unique_ptr<ValueDecoder>> open_delta_strings(RawLayout layout,
                                                         std::span<const std::byte> bytes) {
  const DeltaDecoder prefixes = TRY(DeltaDecoder::open(bytes));
  const std::byte* end = TRY(prefixes.find_end());
  const DeltaLengths suffixes =
      TRY(DeltaLengths::open(bytes.subspan(static_cast<size_t>(end - bytes.data()))));
  return std::make_unique<DeltaPrefixes>(prefixes, suffixes, bytes.size(), layout.width,
                                         layout.kind == RawKind::Fixed);
}

}  // namespace whittle::parquet::detail
