#include "columnar/arrow_c.hpp"

#include <cerrno>
#include <cstring>

namespace whittle {

namespace {

// ---- schema
// -------------------------------------------------------------------------------------

struct SchemaOwner {
  ArrowField field;
  std::string metadata;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
};

void append_int32(std::string& out, size_t value) {
  const auto number = static_cast<int32_t>(value);
  out.append(reinterpret_cast<const char*>(&number), 4);
}

std::string encode_metadata(const ArrowField& field) {
  std::string text;
  if (field.metadata.empty()) return text;
  append_int32(text, field.metadata.size());
  for (const auto& [key, value] : field.metadata) {
    append_int32(text, key.size());
    text += key;
    append_int32(text, value.size());
    text += value;
  }
  return text;
}

// A consumer may have moved children out: those have a null release.
template <class T, class Owner>
void release_exported(T* exported) {
  auto* owner = static_cast<Owner*>(exported->private_data);
  for (auto& child : owner->children) {
    if (child.release) child.release(&child);
  }
  delete owner;
  exported->release = nullptr;
}

void fill_schema(ArrowField field, ArrowSchema* out) {
  auto* owner = new SchemaOwner{std::move(field), {}, {}, {}};
  owner->metadata = encode_metadata(owner->field);
  const size_t count = owner->field.children.size();
  owner->children.resize(count);
  for (size_t i = 0; i < count; ++i) {
    fill_schema(std::move(owner->field.children[i]), &owner->children[i]);
    owner->child_pointers.push_back(&owner->children[i]);
  }
  *out = {};
  out->format = owner->field.format.c_str();
  out->name = owner->field.name.c_str();
  out->metadata = owner->metadata.empty() ? nullptr : owner->metadata.c_str();
  out->flags = owner->field.nullable ? ARROW_FLAG_NULLABLE : 0;
  out->n_children = static_cast<int64_t>(count);
  out->children = owner->child_pointers.data();
  out->release = release_exported<ArrowSchema, SchemaOwner>;
  out->private_data = owner;
}

// ---- arrays
// -------------------------------------------------------------------------------------

struct ArrayOwner {
  ArrowColumn column;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
};

void fill_array(ArrowColumn column, ArrowArray* out) {
  auto* owner = new ArrayOwner{std::move(column), {}, {}, {}};
  for (const auto& buffer : owner->column.buffers) owner->buffers.push_back(buffer.data);
  const size_t count = owner->column.children.size();
  owner->children.resize(count);
  for (size_t i = 0; i < count; ++i) {
    fill_array(std::move(owner->column.children[i]), &owner->children[i]);
    owner->child_pointers.push_back(&owner->children[i]);
  }
  *out = {};
  out->length = owner->column.length;
  out->null_count = owner->column.null_count;
  out->n_buffers = static_cast<int64_t>(owner->buffers.size());
  out->buffers = owner->buffers.data();
  out->n_children = static_cast<int64_t>(count);
  out->children = owner->child_pointers.data();
  out->release = release_exported<ArrowArray, ArrayOwner>;
  out->private_data = owner;
}

}  // namespace

void export_schema(const Schema& schema, const ArrowOptions& options, ArrowSchema* out) {
  ArrowField root;
  root.format = "+s";
  root.nullable = false;
  for (const auto& field : schema) root.children.push_back(arrow_field(field, options));
  fill_schema(std::move(root), out);
}

Status export_batch(const Batch& batch, const ArrowOptions& options, MemoryBudget& budget,
                    ArrowArray* out) {
  ArrowColumn root;
  root.length = batch.row_count();
  root.buffers.emplace_back();  // no struct is NULL
  root.children = TRY(arrow_columns(batch, options, budget));
  fill_array(std::move(root), out);
  return {};
}

// ---- stream
// -------------------------------------------------------------------------------------

namespace {

struct StreamOwner {
  std::unique_ptr<ArrowBatchSource> source;
  ArrowOptions options;
  std::string error;
};

StreamOwner& owner_of(ArrowArrayStream* stream) {
  return *static_cast<StreamOwner*>(stream->private_data);
}

int note_error(StreamOwner& owner, const Error& error) {
  owner.error = error.to_string();
  switch (error.code()) {
    case ErrorCode::BudgetExceeded:
      return ENOMEM;
    case ErrorCode::Cancelled:
      return ECANCELED;
    case ErrorCode::Unsupported:
      return ENOSYS;
    case ErrorCode::Io:
    case ErrorCode::Http:
    case ErrorCode::Timeout:
      return EIO;
    default:
      return EINVAL;
  }
}

int stream_schema(ArrowArrayStream* stream, ArrowSchema* out) {
  const StreamOwner& owner = owner_of(stream);
  export_schema(owner.source->schema(), owner.options, out);
  return 0;
}

int stream_next(ArrowArrayStream* stream, ArrowArray* out) {
  StreamOwner& owner = owner_of(stream);
  Batch batch;
  const Result<bool> more = owner.source->next(batch);
  if (!more) return note_error(owner, more.error());
  if (!*more) {
    *out = {};
    return 0;
  }
  const Status done = export_batch(batch, owner.options, owner.source->budget(), out);
  return done ? 0 : note_error(owner, done.error());
}

const char* stream_error(ArrowArrayStream* stream) {
  const StreamOwner& owner = owner_of(stream);
  return owner.error.empty() ? nullptr : owner.error.c_str();
}

void stream_release(ArrowArrayStream* stream) {
  delete &owner_of(stream);
  stream->release = nullptr;
}

}  // namespace

void export_stream(std::unique_ptr<ArrowBatchSource> source, const ArrowOptions& options,
                   ArrowArrayStream* out) {
  *out = {stream_schema, stream_next, stream_error, stream_release,
          new StreamOwner{std::move(source), options, {}}};
}

}  // namespace whittle
