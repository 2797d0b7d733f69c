// UUID from and to BLOB: the sixteen bytes, most significant first.
#include "exec/cast/cast.hpp"

namespace whittle::casts {

namespace {

Result<Column> uuid_to_blob(const CastInput& input) {
  return to_bytes(input,
                  [](const ColumnView& view, uint32_t row, std::string& out) -> Result<bool> {
                    const auto value = view.get<uint128_t>(row);
                    for (int shift = 120; shift >= 0; shift -= 8)
                      out += static_cast<char>(value >> shift);
                    return true;
                  });
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
