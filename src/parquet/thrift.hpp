// Thrift compact protocol, reading only: what Parquet's footer, page headers, page index and bloom
// filter headers are written in (thrift-compact-protocol.md of Apache Thrift).
//
// Failure is sticky: the first contradiction is remembered, every later read answers zero or empty
// and every loop ends, so decoders read fields without checking each one and ask `status()` once.
// Nothing is copied: strings are views into the input, which the caller keeps alive. Nothing is
// allocated, so a hostile length can cost nothing here; containers announce their size only after
// it was checked against the bytes that are left. Nesting is limited.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace whittle::parquet {

enum class ThriftType : uint8_t {
  Stop = 0,
  True = 1,  // in structs the value is in the type; in lists True is "bool"
  False = 2,
  Byte = 3,
  I16 = 4,
  I32 = 5,
  I64 = 6,
  Double = 7,
  Binary = 8,
  List = 9,
  Set = 10,
  Map = 11,
  Struct = 12,
  Uuid = 13,
};

class ThriftReader {
 public:
  static constexpr uint32_t max_depth = 32;

  explicit ThriftReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool failed() const { return problem_ != nullptr; }
  /// True when the failure is that the input ended too soon (a longer window may succeed).
  bool truncated() const { return truncated_; }
  /// Corrupt, with `what` ("footer") and the byte offset of the failure.
  Status status(std::string_view what) const;
  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  /// Remembers a contradiction found by a decoder; `problem` is a literal. The first one counts.
  void fail_with(const char* problem);

 private:
  friend class ThriftStruct;
  friend class ThriftList;
  uint8_t byte();
  uint64_t varint();
  int64_t zigzag();
  std::string_view binary();
  double real();
  void skip(ThriftType type, bool in_container, uint32_t depth);
  void skip_struct(uint32_t depth);
  void skip_elements(ThriftType type, uint64_t count, uint32_t depth);
  bool list_header(ThriftType& element, uint32_t& size);
  void end_of_input();

  std::span<const std::byte> bytes_;
  size_t position_ = 0;
  uint32_t depth_ = 0;
  bool truncated_ = false;
  const char* problem_ = nullptr;
};

/// The fields of one struct, read in a loop; a field whose value was not read is skipped by `next`.
///   for (ThriftStruct s(reader); s.next();) switch (s.id()) { case 1: x = s.i32(); break; }
/// A value asked for with another type than the wire's is a failure.
class ThriftStruct {
 public:
  explicit ThriftStruct(ThriftReader& reader);
  ThriftStruct(const ThriftStruct&) = delete;
  ~ThriftStruct() { --reader_.depth_; }

  bool next();
  int32_t id() const { return id_; }
  ThriftType type() const { return type_; }

  bool boolean();
  /// Any integer type on the wire, checked against the range of the one asked for.
  int8_t i8() { return static_cast<int8_t>(integer(INT8_MIN, INT8_MAX)); }
  int16_t i16() { return static_cast<int16_t>(integer(INT16_MIN, INT16_MAX)); }
  int32_t i32() { return static_cast<int32_t>(integer(INT32_MIN, INT32_MAX)); }
  int64_t i64() { return integer(INT64_MIN, INT64_MAX); }
  /// i32 that must not be negative.
  uint32_t count32() { return static_cast<uint32_t>(integer(0, INT32_MAX)); }
  /// i64 that must not be negative.
  uint64_t count64() { return static_cast<uint64_t>(integer(0, INT64_MAX)); }
  /// An enum stored in a byte here: values above 254 become 255, which no list of names contains.
  uint8_t enumeration();
  double real();
  /// Never a null pointer, so absent and empty differ.
  std::string_view binary();
  /// To be followed by a ThriftStruct on the same reader; false (and failed) when it is none.
  bool structure();

 private:
  friend class ThriftList;
  bool take(ThriftType expected);
  int64_t integer(int64_t low, int64_t high);

  ThriftReader& reader_;
  int32_t id_ = 0;
  ThriftType type_ = ThriftType::Stop;
  bool pending_ = false;  // the value was not read yet
};

/// The elements of a list field of `owner`. `size()` is at most remaining bytes / `least_bytes`, so
/// it may be reserved; read exactly that many elements (a failed reader makes size() 0).
class ThriftList {
 public:
  /// `least_bytes`: the fewest bytes a valid element takes on the wire.
  ThriftList(ThriftStruct& owner, ThriftType element, uint32_t least_bytes = 1);

  uint32_t size() const { return size_; }
  bool boolean();
  int64_t i64();
  int32_t i32();
  uint8_t enumeration();
  double real();
  std::string_view binary();

 private:
  ThriftReader& reader_;
  ThriftType element_ = ThriftType::Stop;
  uint32_t size_ = 0;
};

}  // namespace whittle::parquet
