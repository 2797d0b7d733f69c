// BIT from and to numbers and BLOB: the bytes of the value, most significant first. A BIT is one
// byte with the count of padding bits, then the bits, padded with ones in front.
#include <bit>
#include <cstring>

#include "columnar/physical_dispatch.hpp"
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

bool is_plain(const Type& type) {
  return type.is_integer() || type.is_floating() || type.id() == TypeId::Boolean;
}

template <class T>
uint128_t bits_of(T value) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<uint32_t>(value);
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<uint64_t>(value);
  } else {
    return static_cast<uint128_t>(value);
  }
}

template <class T>
T from_bits(uint128_t bits) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits));
  } else if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<double>(static_cast<uint64_t>(bits));
  } else {
    return static_cast<T>(bits);
  }
}

// `bytes_of(row, out)` appends the bytes of a valid row.
template <class F>
Result<Column> to_bytes(const CastInput& input, F&& bytes_of) {
  const ColumnView view(input.column);
  Column result = TRY(Column::reserve_flat(input.budget, input.target, input.column.length()));
  auto heap = make_ref<StringHeap>(input.budget);
  auto* out = result.mutable_values<StringRef>();
  std::string bytes;
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    out[row] = StringRef();
    if (!view.valid(row)) {
      result.set_null(input.budget, row);
      continue;
    }
    bytes.clear();
    TRY(bytes_of(view, row, bytes));
    out[row] = TRY(heap->add(bytes));
  }
  result.set_heap(std::move(heap));
  return result;
}

// The bits without their padding.
void append_plain(std::string_view bits, std::string& out) {
  if (bits.size() < 2) return;
  out += bits.substr(1);
  const size_t first = out.size() - (bits.size() - 1);
  out[first] = static_cast<char>(static_cast<uint8_t>(out[first]) & (0xFF >> bits[0]));
}

Result<Column> bit_to_blob(const CastInput& input) {
  return to_bytes(input, [](const ColumnView& view, uint32_t row, std::string& out) -> Status {
    append_plain(view.get<StringRef>(row).view(), out);
    return {};
  });
}

Result<Column> blob_to_bit(const CastInput& input) {
  return to_bytes(input, [](const ColumnView& view, uint32_t row, std::string& out) -> Status {
    const std::string_view blob = view.get<StringRef>(row).view();
    if (blob.empty()) return fail(ErrorCode::Conversion, "Cannot cast empty BLOB to BIT");
    out += '\0';
    out += blob;
    return {};
  });
}

Result<Column> number_to_bit(const CastInput& input) {
  return dispatch_numeric<Result<Column>>(
      input.column.type().physical(), fail(ErrorCode::Internal, "cast from a non-number"),
      [&]<class T>(TypeTag<T>) {
        return to_bytes(input,
                        [](const ColumnView& view, uint32_t row, std::string& out) -> Status {
                          const uint128_t bits = bits_of(view.get<T>(row));
                          out += '\0';
                          for (size_t i = sizeof(T); i-- > 0;) {
                            out += static_cast<char>(static_cast<uint8_t>(bits >> (8 * i)));
                          }
                          return {};
                        });
      });
}

Result<Column> bit_to_number(const CastInput& input) {
  const auto explain = [&](uint32_t) {
    return Error(ErrorCode::Conversion,
                 "Bitstring doesn't fit inside of " + message_type_name(input.target));
  };
  const bool boolean = input.target.id() == TypeId::Boolean;
  return dispatch_numeric<Result<Column>>(
      input.target.physical(), fail(ErrorCode::Internal, "cast to a non-number"),
      [&]<class T>(TypeTag<T>) {
        std::string bytes;
        return convert<StringRef, T>(
            input,
            [&](const StringRef& text, T* out) {
              bytes.clear();
              append_plain(text.view(), bytes);
              if (bytes.size() > sizeof(T)) return false;
              uint128_t bits = 0;
              for (const char c : bytes) bits = bits << 8 | static_cast<uint8_t>(c);
              *out = boolean ? static_cast<T>(bits != 0) : from_bits<T>(bits);
              return true;
            },
            explain);
      });
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
