// BIT from and to numbers and BLOB: the bytes of the value, most significant first. A BIT is one
// byte with the count of padding bits, then the bits, padded with ones in front.
#include <algorithm>
#include <cstring>

#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

bool is_plain(const Type& type) {
  return type.is_integer() || type.is_floating() || type.id() == TypeId::Boolean;
}

// The bits without their padding.
void append_plain(std::string_view bits, std::string& out) {
  if (bits.size() < 2) return;
  out += bits.substr(1);
  const size_t first = out.size() - (bits.size() - 1);
  out[first] = static_cast<char>(static_cast<uint8_t>(out[first]) & (0xFF >> bits[0]));
}

Result<Column> bit_to_blob(const CastInput& input) {
  return to_bytes(input,
                  [](const ColumnView& view, uint32_t row, std::string& out) -> Result<bool> {
                    append_plain(view.get<StringRef>(row).view(), out);
                    return true;
                  });
}

Result<Column> blob_to_bit(const CastInput& input) {
  return to_bytes(input,
                  [](const ColumnView& view, uint32_t row, std::string& out) -> Result<bool> {
                    const std::string_view blob = view.get<StringRef>(row).view();
                    if (blob.empty())
                      return fail(ErrorCode::Conversion, "Cannot cast empty BLOB to BIT");
                    out += '\0';
                    out += blob;
                    return true;
                  });
}

Result<Column> number_to_bit(const CastInput& input) {
  return to_bytes(input,
                  [](const ColumnView& view, uint32_t row, std::string& out) -> Result<bool> {
                    const size_t size = view.stored->type().value_size();
                    const std::byte* value = view.values + size_t{view.at(row)} * size;
                    out += '\0';
                    for (size_t i = size; i-- > 0;) out += static_cast<char>(value[i]);
                    return true;
                  });
}

Result<Column> bit_to_number(const CastInput& input) {
  const ColumnView view(input.column);
  const size_t size = input.target.value_size();
  Column result = TRY(flat_result(input));
  const bool boolean = input.target.id() == TypeId::Boolean;
  std::string bytes;
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    std::byte* out = result.mutable_values<std::byte>() + size_t{row} * size;
    std::memset(out, 0, size);
    if (view.valid(row)) {
      bytes.clear();
      append_plain(view.get<StringRef>(row).view(), bytes);
      if (bytes.size() <= size) {
        std::reverse_copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out));
        if (boolean) *out = std::byte{*out != std::byte{0}};
        continue;
      }
      if (input.strict) {
        return fail(ErrorCode::Conversion,
                    "Bitstring doesn't fit inside of " + message_type_name(input.target));
      }
    }
    result.set_null(input.budget, row);
  }
  return result;
}

}  // namespace

CastResult cast_bit(const CastInput& input) {
  const Type &from = input.column.type(), &to = input.target;
  if (from.id() == TypeId::Bit && to.id() == TypeId::Blob) return bit_to_blob(input);
  if (from.id() == TypeId::Blob && to.id() == TypeId::Bit) return blob_to_bit(input);
  if (from.id() == TypeId::Bit && is_plain(to)) return bit_to_number(input);
  if (to.id() == TypeId::Bit && is_plain(from)) return number_to_bit(input);
  return std::nullopt;
}

}  // namespace whittle::casts
