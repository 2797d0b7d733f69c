// UUID from and to BLOB: the sixteen bytes, most significant first.
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

Result<Column> uuid_to_blob(const CastInput& input) {
  const ColumnView view(input.column);
  const uint32_t length = input.column.length();
  Column result = TRY(Column::reserve_flat(input.budget, input.target, length));
  auto heap = make_ref<StringHeap>(input.budget);
  auto* out = result.mutable_values<StringRef>();
  for (uint32_t i = 0; i < input.rows.count; ++i) {
    const uint32_t row = input.rows[i];
    out[row] = StringRef();
    if (!view.valid(row)) {
      result.set_null(input.budget, row);
      continue;
    }
    uint128_t value = view.get<uint128_t>(row);
    char bytes[16];
    for (int b = 15; b >= 0; --b, value >>= 8) bytes[b] = static_cast<char>(value & 0xff);
    out[row] = TRY(heap->add({bytes, 16}));
  }
  result.set_heap(std::move(heap));
  return result;
}

bool blob_to_uuid(const StringRef& blob, uint128_t* out) {
  if (blob.size() != 16) return false;
  *out = 0;
  for (char byte : blob.view()) *out = *out << 8 | static_cast<unsigned char>(byte);
  return true;
}

}  // namespace

CastResult cast_uuid(const CastInput& input) {
  const TypeId from = input.column.type().id(), to = input.target.id();
  if (from == TypeId::Uuid && to == TypeId::Blob) return uuid_to_blob(input);
  if (from != TypeId::Blob || to != TypeId::Uuid) return std::nullopt;
  return convert<StringRef, uint128_t>(input, blob_to_uuid, [&](uint32_t) {
    return Error(ErrorCode::Conversion, "a BLOB becomes a UUID only when it has 16 bytes");
  });
}

}  // namespace whittle::casts
