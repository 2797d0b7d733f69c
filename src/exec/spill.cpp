#include "exec/spill.hpp"

namespace whittle {

namespace {
constexpr size_t chunk_bytes = 16 * 1024;
}

Error budget_exceeded(QueryContext& context, std::string_view what) {
  return Error(ErrorCode::BudgetExceeded,
               std::string(what) + " does not fit into the memory limit (" +
                   context.budget.to_string() + ")" +
                   (context.temporary_storage ? "" : ", and there is no temporary storage"))
      .with_hint(
          "raise the limit (--memory-limit, SET memory_limit), select fewer columns or filter more "
          "rows");
}

SpillPartitions::SpillPartitions(QueryContext& context, uint32_t partitions)
    : context_(context), parts_(partitions) {}

Status SpillPartitions::add(uint32_t partition, uint32_t kind, std::span<const ColumnView> row_of,
                            uint32_t row) {
  Part& part = parts_[partition];
  if (part.rows > 0 && (part.kind != kind || part.buffer.size() >= chunk_bytes)) TRY(write(part));
  part.kind = kind;
  const size_t before = part.buffer.capacity();
  encode_row(row_of, row, part.buffer);
  ++part.rows;
  if (const size_t grown = part.buffer.capacity() - before; grown > 0) {
    context_.budget.charge(grown);
    buffered_ += grown;
  }
  return {};
}

Status SpillPartitions::write(Part& part) {
  if (!file_) file_ = TRY(context_.temporary_storage->create());
  if (part.buffer.size() > UINT32_MAX) return fail(ErrorCode::OutOfRange, "a row above 4 GB");
  const uint64_t offset = TRY(file_->append(part.buffer));
  part.chunks.push_back({offset, static_cast<uint32_t>(part.buffer.size()), part.rows, part.kind});
  bytes_ += part.buffer.size();
  part.buffer.clear();
  part.rows = 0;
  return {};
}

Status SpillPartitions::flush() {
  for (auto& part : parts_) {
    if (part.rows > 0) TRY(write(part));
    RowBytes().swap(part.buffer);
  }
  context_.budget.release(buffered_);
  buffered_ = 0;
  return {};
}

Result<BufferRef> SpillPartitions::read(const Chunk& chunk) const {
  BufferRef buffer = Buffer::charge(context_.budget, chunk.size);
  TRY(file_->read(chunk.offset, {buffer->data(), chunk.size}));
  return buffer;
}

}  // namespace whittle
