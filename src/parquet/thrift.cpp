#include "parquet/thrift.hpp"

#include <bit>
#include <cstring>
#include <string>

namespace whittle::parquet {

Status ThriftReader::status(std::string_view what) const {
  if (!problem_) return {};
  return fail(ErrorCode::Corrupt, std::string(what) + ": " + problem_ + " at byte " +
                                      std::to_string(position_) + " of " +
                                      std::to_string(bytes_.size()));
}

void ThriftReader::fail_with(const char* problem) {
  if (!problem_) problem_ = problem;
}

void ThriftReader::end_of_input() {
  if (problem_) return;
  truncated_ = true;
  problem_ = "the Thrift structure ends too soon";
}

uint8_t ThriftReader::byte() {
  if (failed()) return 0;
  if (position_ >= bytes_.size()) {
    end_of_input();
    return 0;
  }
  return static_cast<uint8_t>(bytes_[position_++]);
}

uint64_t ThriftReader::varint() {
  uint64_t value = 0;
  for (uint32_t shift = 0; shift < 70; shift += 7) {
    const uint8_t next = byte();
    if (shift == 63 && next > 1) break;
    value |= static_cast<uint64_t>(next & 0x7f) << shift;
    if (next < 0x80) return failed() ? 0 : value;
  }
  fail_with("an integer has more than 64 bits");
  return 0;
}

int64_t ThriftReader::zigzag() {
  const uint64_t value = varint();
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

std::string_view ThriftReader::binary() {
  const uint64_t length = varint();
  if (failed()) return std::string_view("", 0);
  if (length > remaining()) {
    end_of_input();
    return std::string_view("", 0);
  }
  std::string_view text(reinterpret_cast<const char*>(bytes_.data()) + position_, length);
  position_ += length;
  return length ? text : std::string_view("", 0);
}

double ThriftReader::real() {
  if (!failed() && remaining() < 8) end_of_input();
  if (failed()) return 0;
  uint64_t bits;
  std::memcpy(&bits, bytes_.data() + position_, 8);
  position_ += 8;
  return std::bit_cast<double>(bits);
}

bool ThriftReader::list_header(ThriftType& element, uint32_t& size) {
  const uint8_t header = byte();
  uint64_t count = header >> 4;
  if (count == 15) count = varint();
  element = static_cast<ThriftType>(header & 0x0f);
  // Every element takes at least one byte.
  if (!failed() && count > remaining()) end_of_input();
  if (failed()) return false;
  size = static_cast<uint32_t>(count <= UINT32_MAX ? count : UINT32_MAX);
  return true;
}

void ThriftReader::skip_struct(uint32_t depth) {
  if (depth > max_depth) return fail_with("structures are nested too deeply");
  while (!failed()) {
    const uint8_t header = byte();
    if (header == 0) return;
    if ((header >> 4) == 0) zigzag();
    skip(static_cast<ThriftType>(header & 0x0f), false, depth);
  }
}

void ThriftReader::skip_elements(ThriftType type, uint64_t count, uint32_t depth) {
  if (depth > max_depth) return fail_with("containers are nested too deeply");
  for (uint64_t i = 0; i < count && !failed(); ++i) skip(type, true, depth);
}

void ThriftReader::skip(ThriftType type, bool in_container, uint32_t depth) {
  switch (type) {
    case ThriftType::True:
    case ThriftType::False:
      if (in_container) byte();
      return;
    case ThriftType::Byte:
      byte();
      return;
    case ThriftType::I16:
    case ThriftType::I32:
    case ThriftType::I64:
      varint();
      return;
    case ThriftType::Double:
      real();
      return;
    case ThriftType::Binary:
      binary();
      return;
    case ThriftType::Uuid:
      real();
      real();
      return;
    case ThriftType::Struct:
      return skip_struct(depth + 1);
    case ThriftType::List:
    case ThriftType::Set: {
      ThriftType element;
      uint32_t size;
      if (list_header(element, size)) skip_elements(element, size, depth + 1);
      return;
    }
    case ThriftType::Map: {
      const uint64_t count = varint();
      if (count == 0) return;
      const uint8_t types = byte();
      if (!failed() && count > remaining() / 2) end_of_input();
      for (uint64_t i = 0; i < count && !failed(); ++i) {
        skip_elements(static_cast<ThriftType>(types >> 4), 1, depth + 1);
        skip_elements(static_cast<ThriftType>(types & 0x0f), 1, depth + 1);
      }
      return;
    }
    case ThriftType::Stop:
      break;
  }
  fail_with("a field has an unknown Thrift type");
}

ThriftStruct::ThriftStruct(ThriftReader& reader) : reader_(reader) {
  if (++reader_.depth_ > ThriftReader::max_depth)
    reader_.fail_with("structures are nested too deeply");
}

bool ThriftStruct::next() {
  if (pending_) reader_.skip(type_, false, reader_.depth_);
  pending_ = false;
  const uint8_t header = reader_.byte();
  if (reader_.failed() || header == 0) return false;
  type_ = static_cast<ThriftType>(header & 0x0f);
  if (header >> 4) {
    id_ += header >> 4;
  } else {
    const int64_t id = reader_.zigzag();
    if (id < 0 || id > INT16_MAX) reader_.fail_with("a field id is out of range");
    id_ = static_cast<int32_t>(id);
  }
  if (id_ > INT16_MAX) reader_.fail_with("a field id is out of range");
  pending_ = true;
  return !reader_.failed();
}

bool ThriftStruct::take(ThriftType expected) {
  if (type_ != expected) reader_.fail_with("a field has another Thrift type than the format says");
  pending_ = false;
  return !reader_.failed();
}

bool ThriftStruct::boolean() {
  if (type_ != ThriftType::False) return take(ThriftType::True);
  take(ThriftType::False);
  return false;
}

int64_t ThriftStruct::integer(int64_t low, int64_t high) {
  int64_t value = 0;
  if (type_ == ThriftType::Byte) {
    value = static_cast<int8_t>(reader_.byte());
  } else if (type_ == ThriftType::I16 || type_ == ThriftType::I32 || type_ == ThriftType::I64) {
    value = reader_.zigzag();
  } else {
    take(ThriftType::I64);
  }
  pending_ = false;
  if (reader_.failed()) return 0;
  if (value < low || value > high) {
    reader_.fail_with(low == 0 ? "a count, length or offset is negative or too large"
                               : "an integer is too large for its field");
    return 0;
  }
  return value;
}

uint8_t ThriftStruct::enumeration() {
  const int64_t value = i64();
  return value >= 0 && value < 255 ? static_cast<uint8_t>(value) : 255;
}

double ThriftStruct::real() {
  return take(ThriftType::Double) ? reader_.real() : 0;
}

std::string_view ThriftStruct::binary() {
  return take(ThriftType::Binary) ? reader_.binary() : std::string_view("", 0);
}

bool ThriftStruct::structure() {
  return take(ThriftType::Struct);
}

ThriftList::ThriftList(ThriftStruct& owner, ThriftType element, uint32_t least_bytes)
    : reader_(owner.reader_) {
  if (owner.type_ == ThriftType::Set) owner.type_ = ThriftType::List;
  if (!owner.take(ThriftType::List)) return;
  uint32_t size = 0;
  if (!reader_.list_header(element_, size) || size == 0) return;
  if (element_ == ThriftType::False) element_ = ThriftType::True;  // either stands for bool
  if (element_ != element) {
    reader_.fail_with("a list has other elements than the format says");
  } else if (size > reader_.remaining() / least_bytes) {
    reader_.end_of_input();
  } else {
    size_ = size;
  }
}

bool ThriftList::boolean() {
  return reader_.byte() == 1;
}
int64_t ThriftList::i64() {
  return reader_.zigzag();
}
int32_t ThriftList::i32() {
  const int64_t value = reader_.zigzag();
  if (value < INT32_MIN || value > INT32_MAX)
    reader_.fail_with("an integer is too large for its field");
  return static_cast<int32_t>(value);
}
uint8_t ThriftList::enumeration() {
  const int64_t value = reader_.zigzag();
  return value >= 0 && value < 255 ? static_cast<uint8_t>(value) : 255;
}
double ThriftList::real() {
  return reader_.real();
}
std::string_view ThriftList::binary() {
  return reader_.binary();
}

}  // namespace whittle::parquet
