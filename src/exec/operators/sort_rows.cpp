#include "exec/operators/sort_rows.hpp"

namespace whittle {

Status SortRowEncoder::begin(const Batch& batch) {
  key_columns_.clear();
  for (const SortKey& key : keys_) {
    key_columns_.push_back(TRY(evaluator_.evaluate(*key.expression, batch)));
  }
  key_views_ = make_views(key_columns_);
  views_ = make_views(batch.columns);
  morsel_ = batch.morsel;
  sequence_ = batch.sequence;
  return {};
}

SortRow SortRowEncoder::encode_key(uint32_t row) {
  row_ = row;
  bytes_.resize(8);
  for (size_t i = 0; i < keys_.size(); ++i) {
    encode_sort_key(key_views_[i], row, {keys_[i].descending, keys_[i].nulls_first}, bytes_);
  }
  const uint64_t position[2] = {__builtin_bswap64(morsel_),
                                __builtin_bswap64(uint64_t{sequence_} << 32 | row)};
  const size_t end = bytes_.size();
  bytes_.resize(end + sizeof(position));
  std::memcpy(bytes_.data() + end, position, sizeof(position));
  const auto key_size = static_cast<uint32_t>(bytes_.size() - 8);
  std::memcpy(bytes_.data() + 4, &key_size, 4);
  return SortRow::at(bytes_.data());
}

Result<std::span<const std::byte>> SortRowEncoder::finish_row() {
  encode_row(views_, row_, bytes_);
  if (bytes_.size() > UINT32_MAX) return fail(ErrorCode::OutOfRange, "a row above 4 GB");
  const auto size = static_cast<uint32_t>(bytes_.size());
  std::memcpy(bytes_.data(), &size, 4);
  return std::span<const std::byte>(bytes_);
}

Result<bool> SortedOutput::add(const SortRow& row) {
  if (skip_ > 0) {
    --skip_;
    return false;
  }
  if (left_ == 0) return false;
  --left_;
  TRY(decoder_.append(row.columns()));
  return decoder_.rows() == batch_rows;
}

Result<Batch> SortedOutput::take() {
  Batch batch;
  batch.length = decoder_.rows();
  batch.columns = TRY(decoder_.finish());
  batch.selection = Selection::all(batch.length);
  batch.sequence = sequence_++;
  if (statistics_) whittle::add(statistics_->rows_out, batch.length);
  return batch;
}

}  // namespace whittle
