#include "exec/spill.hpp"

#include <algorithm>

namespace whittle {

namespace {
// What a partition collects before it is written: small beside the limit, since dozens of
// partitions collect at a time and every worker has its own.
constexpr size_t smallest_chunk = 2 * 1024, largest_chunk = 16 * 1024;
}  // namespace

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
    : context_(context),
      chunk_bytes_(
          std::clamp<size_t>(context.budget.limit() / 4096, smallest_chunk, largest_chunk)),
      parts_(partitions) {}

Status SpillPartitions::add(uint32_t partition, uint32_t kind, std::span<const ColumnView> row_of,
                            uint32_t row) {
  Part& part = parts_[partition];
  if (part.rows > 0 && (part.kind != kind || part.buffer.size() >= chunk_bytes_)) TRY(write(part));
  part.kind = kind;
  const size_t before = part.buffer.capacity();
  if (before == 0) part.buffer.reserve(chunk_bytes_ + chunk_bytes_ / 8);
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

uint64_t SpillPartitions::bytes(uint32_t partition) const {
  uint64_t bytes = 0;
  for (const Chunk& chunk : chunks(partition)) bytes += chunk.size;
  return bytes;
}

Result<BufferRef> SpillPartitions::read(const Chunk& chunk) const {
  BufferRef buffer = Buffer::charge(context_.budget, chunk.size);
  TRY(file_->read(chunk.offset, {buffer->data(), chunk.size}));
  return buffer;
}

}  // namespace whittle
