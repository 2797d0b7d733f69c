#include "io/backends/http/sinks.hpp"

#include <algorithm>
#include <cstring>

namespace whittle::http {

namespace {

// Refused successes end at once: their body may be the whole file. Error pages are short.
HttpSink::Verdict refusal(const HttpHead& head) {
  return head.status < 300 ? HttpSink::Verdict::Abort : HttpSink::Verdict::Discard;
}

Error overlong() {
  return Error(ErrorCode::Http, "the server sent more bytes than its headers promise");
}

}  // namespace

HttpSink::Verdict RangeSink::begin(const HttpHead& head) {
  error.reset();
  judged_ = false;
  auto body = judge_range_reply(head, asked_, &pinned_);
  if (!body) {
    error = std::move(body).error();
    return refusal(head);
  }
  body_ = *body;
  judged_ = true;
  position_ = body_.range.offset;
  return Verdict::Accept;
}

bool RangeSink::data(std::span<const std::byte> bytes) {
  if (bytes.size() > body_.range.end() - position_) {
    error = overlong();
    return false;
  }
  const ByteRange arrived{position_, bytes.size()};
  const uint64_t begin = std::max(arrived.offset, asked_.offset);
  const uint64_t end = std::min(arrived.end(), asked_.end());
  if (begin < end) {
    std::memcpy(into_.data() + (begin - asked_.offset), bytes.data() + (begin - arrived.offset),
                end - begin);
  }
  position_ = arrived.end();
  return true;
}

uint64_t RangeSink::received() const {
  if (!judged_ || error || position_ <= asked_.offset) return 0;
  return std::min(position_, asked_.end()) - asked_.offset;
}

HttpSink::Verdict OpenSink::begin(const HttpHead& head) {
  error.reset();
  buffer = {};
  received = 0;
  auto judged =
      suffix_ ? judge_suffix_reply(head, suffix_) : judge_range_reply(head, range_, nullptr);
  if (!judged) {
    error = std::move(judged).error();
    return refusal(head);
  }
  body = *judged;
  // A whole file of unknown length (chunked) may be small: it is read until it proves large.
  const bool unknown = body.is_whole_file && !body.total;
  auto reserved =
      Buffer::reserve(budget_, unknown ? small_file : body.range.length, "the end of a file");
  if (!reserved) {
    error = std::move(reserved).error();
    return Verdict::Abort;
  }
  buffer = std::move(*reserved);
  return Verdict::Accept;
}

bool OpenSink::data(std::span<const std::byte> bytes) {
  if (bytes.size() > buffer->size() - received) {
    error = body.is_whole_file && !body.total ? range_not_supported() : overlong();
    return false;
  }
  std::memcpy(buffer->data() + received, bytes.data(), bytes.size());
  received += bytes.size();
  return true;
}

}  // namespace whittle::http
