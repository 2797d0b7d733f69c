// Decoding of the footer, struct by struct as in parquet.thrift; field numbers are the format's.
#include "parquet/metadata.hpp"

#include <optional>
#include <string>

#include "parquet/metadata_fields.hpp"
#include "parquet/thrift.hpp"

namespace whittle::parquet {

void EncodingList::add(PageEncoding encoding) {
  if (static_cast<uint8_t>(encoding) > 15) {
    unknown_ = true;
    return;
  }
  if (contains(encoding) || count_ == 16) return;
  packed_ |= static_cast<uint64_t>(encoding) << (4 * count_++);
}

bool EncodingList::contains(PageEncoding encoding) const {
  for (uint32_t i = 0; i < count_; ++i) {
    if ((*this)[i] == encoding) return true;
  }
  return false;
}

void read_statistics(ThriftReader& reader, Statistics& out) {
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1:
        out.max = s.binary();
        break;
      case 2:
        out.min = s.binary();
        break;
      case 3:
        out.null_count = s.i64();
        break;
      case 4:
        out.distinct_count = s.i64();
        break;
      case 5:
        out.max_value = s.binary();
        break;
      case 6:
        out.min_value = s.binary();
        break;
      case 7:
        out.max_is_exact = s.boolean();
        break;
      case 8:
        out.min_is_exact = s.boolean();
        break;
    }
  }
}

namespace {

void read_time_unit(ThriftReader& reader, LogicalType& out) {
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() >= 1 && s.id() <= 3) out.unit = static_cast<TimeUnit>(s.id());
  }
}

void read_time(ThriftReader& reader, LogicalType& out) {
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) {
      out.adjusted_to_utc = s.boolean();
    } else if (s.id() == 2 && s.structure()) {
      read_time_unit(reader, out);
    }
  }
  if (out.unit == TimeUnit::None) out.kind = LogicalKind::Unrecognised;
}

// DECIMAL, INTEGER, GEOMETRY and GEOGRAPHY: a flat struct whose fields depend on the kind.
void read_logical_parameters(ThriftReader& reader, LogicalType& out) {
  for (ThriftStruct s(reader); s.next();) {
    const bool first = s.id() == 1;
    if (s.id() > 2) continue;
    switch (out.kind) {
      case LogicalKind::Decimal:
        (first ? out.scale : out.precision) = s.i32();
        break;
      case LogicalKind::Integer:
        if (first) {
          out.bit_width = static_cast<uint8_t>(s.i8());
        } else {
          out.is_signed = s.boolean();
        }
        break;
      case LogicalKind::Geometry:
      case LogicalKind::Geography:
        if (first) {
          out.crs = s.binary();
        } else {
          out.algorithm = s.enumeration();
        }
        break;
      default:
        break;
    }
  }
}

void read_logical_type(ThriftReader& reader, LogicalType& out) {
  for (ThriftStruct s(reader); s.next();) {
    const bool known = s.id() >= 1 && s.id() <= 18 && s.id() != 9;
    out.kind = known ? static_cast<LogicalKind>(s.id()) : LogicalKind::Unrecognised;
    if (!known || !s.structure()) continue;
    if (out.kind == LogicalKind::Time || out.kind == LogicalKind::Timestamp) {
      read_time(reader, out);
    } else {
      read_logical_parameters(reader, out);
    }
  }
}

void read_schema_element(ThriftReader& reader, SchemaElement& out) {
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1:
        out.type = static_cast<StorageType>(s.enumeration());
        break;
      case 2:
        out.type_length = s.i32();
        break;
      case 3:
        out.repetition = static_cast<Repetition>(s.enumeration());
        out.has_repetition = true;
        break;
      case 4:
        out.name = s.binary();
        break;
      case 5:
        out.child_count = s.i32();
        break;
      case 6:
        out.converted = static_cast<ConvertedType>(s.enumeration());
        break;
      case 7:
        out.scale = s.i32();
        break;
      case 8:
        out.precision = s.i32();
        break;
      case 9:
        out.field_id = s.i32();
        break;
      case 10:
        if (s.structure()) read_logical_type(reader, out.logical);
        break;
    }
  }
  if (!out.name.data()) reader.fail_with("a schema element has no name");
}

KeyValue read_key_value(ThriftReader& reader) {
  KeyValue out;
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) out.key = s.binary();
    if (s.id() == 2) out.value = s.binary();
  }
  return out;
}

std::vector<int64_t> read_counts(ThriftStruct& owner) {
  ThriftList list(owner, ThriftType::I64);
  std::vector<int64_t> out(list.size());
  for (int64_t& value : out) value = list.i64();
  return out;
}

SizeStatistics read_size_statistics(ThriftReader& reader) {
  SizeStatistics out;
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) out.unencoded_bytes = s.i64();
    if (s.id() == 2) out.repetition_histogram = read_counts(s);
    if (s.id() == 3) out.definition_histogram = read_counts(s);
  }
  return out;
}

BoundingBox read_bounding_box(ThriftReader& reader) {
  BoundingBox out;
  for (ThriftStruct s(reader); s.next();) {
    switch (s.id()) {
      case 1:
        out.x_min = s.real();
        break;
      case 2:
        out.x_max = s.real();
        break;
      case 3:
        out.y_min = s.real();
        break;
      case 4:
        out.y_max = s.real();
        break;
      case 5:
        out.z_min = s.real();
        break;
      case 6:
        out.z_max = s.real();
        break;
      case 7:
        out.m_min = s.real();
        break;
      case 8:
        out.m_max = s.real();
        break;
    }
  }
  return out;
}

GeospatialStatistics read_geospatial_statistics(ThriftReader& reader) {
  GeospatialStatistics out;
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1 && s.structure()) out.box = read_bounding_box(reader);
    if (s.id() == 2) {
      ThriftList list(s, ThriftType::I32);
      out.types.resize(list.size());
      for (int32_t& type : out.types) type = list.i32();
    }
  }
  return out;
}

SortingColumn read_sorting_column(ThriftReader& reader) {
  SortingColumn out;
  for (ThriftStruct s(reader); s.next();) {
    if (s.id() == 1) out.column = s.count32();
    if (s.id() == 2) out.descending = s.boolean();
    if (s.id() == 3) out.nulls_first = s.boolean();
  }
  return out;
}

ColumnOrder read_column_order(ThriftReader& reader) {
  ColumnOrder out = ColumnOrder::Undefined;
  for (ThriftStruct s(reader); s.next();) {
    out = s.id() == 1   ? ColumnOrder::TypeDefined
          : s.id() == 2 ? ColumnOrder::Ieee754Total
                        : ColumnOrder::Unrecognised;
  }
  return out;
}

// The list of (page type, encoding, count) triples, reduced to what decisions need.
void read_encoding_statistics(ThriftStruct& owner, ThriftReader& reader, ColumnChunk& out) {
  ThriftList list(owner, ThriftType::Struct, 4);
  bool all_dictionary = true;
  uint64_t pages = 0;
  for (uint32_t i = 0; i < list.size() && !reader.failed(); ++i) {
    uint8_t kind = 255, encoding = 255;
    uint32_t count = 0;
    for (ThriftStruct s(reader); s.next();) {
      if (s.id() == 1) kind = s.enumeration();
      if (s.id() == 2) encoding = s.enumeration();
      if (s.id() == 3) count = s.count32();
    }
    const bool data =
        kind == uint8_t(PageKind::Data) || kind == uint8_t(PageKind::DataV2) || kind == 255;
    if (!data || count == 0) continue;
    pages += count;
    all_dictionary &= encoding == uint8_t(PageEncoding::PlainDictionary) ||
                      encoding == uint8_t(PageEncoding::RleDictionary);
  }
  if (pages == 0) return;
  out.data_page_count = static_cast<uint32_t>(pages < UINT32_MAX ? pages : UINT32_MAX);
  out.dictionary_use = all_dictionary ? DictionaryUse::AllPages : DictionaryUse::NotAllPages;
}

class FooterDecoder {
 public:
  FooterDecoder(ThriftReader& reader, FileMetadata& out, MemoryBudget& budget)
      : reader_(reader), out_(out) {
    out_.memory = Reservation(budget, "the metadata of a Parquet file");
  }

  void file_metadata();
  std::optional<Error> refused;

 private:
  // Draws memory for `count` elements and reserves them; false when the budget refuses.
  template <class T>
  bool reserve(std::vector<T>& into, uint64_t count) {
    return charge(count * sizeof(T)) && (into.reserve(count), true);
  }
  bool charge(uint64_t bytes) {
    if (reader_.failed()) return false;
    Status status = out_.memory.grow(bytes);
    if (status) return true;
    refused = std::move(status).error();
    reader_.fail_with("the memory limit is reached");
    return false;
  }
  template <class T, class F>
  void structures(ThriftStruct& owner, std::vector<T>& into, uint32_t least_bytes, F read) {
    ThriftList list(owner, ThriftType::Struct, least_bytes);
    if (!reserve(into, list.size())) return;
    for (uint32_t i = 0; i < list.size() && !reader_.failed(); ++i) into.push_back(read());
  }
  RowGroup row_group();
  ColumnChunk column_chunk();
  void column_metadata(ColumnChunk& chunk);
  bool column_extra(ThriftStruct& s, std::unique_ptr<ColumnExtras>& extras);

  ThriftReader& reader_;
  FileMetadata& out_;
};

void FooterDecoder::file_metadata() {
  for (ThriftStruct s(reader_); s.next();) {
    switch (s.id()) {
      case 1:
        out_.version = s.i32();
        break;
      case 2:
        structures(s, out_.schema, 3, [&] {
          SchemaElement element;
          read_schema_element(reader_, element);
          return element;
        });
        break;
      case 3:
        out_.declared_row_count = s.count64();
        break;
      case 4:
        structures(s, out_.row_groups, 6, [&] { return row_group(); });
        break;
      case 5:
        structures(s, out_.key_values, 1, [&] { return read_key_value(reader_); });
        break;
      case 6:
        out_.created_by = s.binary();
        break;
      case 7:
        structures(s, out_.column_orders, 1, [&] { return read_column_order(reader_); });
        break;
      case 8:
        out_.has_encryption_algorithm = true;
        break;
      case 9:
        out_.has_footer_signing_key = true;
        break;
    }
  }
}

RowGroup FooterDecoder::row_group() {
  RowGroup out;
  for (ThriftStruct s(reader_); s.next();) {
    switch (s.id()) {
      case 1:
        structures(s, out.columns, 15, [&] { return column_chunk(); });
        break;
      case 2:
        out.total_byte_size = static_cast<uint64_t>(s.i64());
        break;
      case 3:
        out.row_count = s.count64();
        break;
      case 4:
        structures(s, out.sorting, 1, [&] { return read_sorting_column(reader_); });
        break;
      case 5:
        out.file_offset = static_cast<uint64_t>(s.i64());
        break;
      case 6:
        out.total_compressed_size = static_cast<uint64_t>(s.i64());
        break;
      case 7:
        out.ordinal = s.i16();
        break;
    }
  }
  return out;
}

ColumnChunk FooterDecoder::column_chunk() {
  ColumnChunk out;
  bool has_metadata = false, encrypted = false;
  for (ThriftStruct s(reader_); s.next();) {
    switch (s.id()) {
      case 1:
        if (!s.binary().empty() && !refused) {
          refused =
              Error(ErrorCode::Unsupported, "the footer refers to column chunks in other files")
                  .with_hint("read the data files themselves, not the summary file");
        }
        break;
      case 2:
        out.file_offset = static_cast<uint64_t>(s.i64());
        break;
      case 3:
        if (s.structure()) column_metadata(out);
        has_metadata = true;
        break;
      // A broken reference to an index is no reason to refuse the data: validate() drops it.
      case 4:
        out.offset_index_offset = static_cast<uint64_t>(s.i64());
        break;
      case 5:
        out.offset_index_length = static_cast<uint32_t>(s.i32());
        break;
      case 6:
        out.column_index_offset = static_cast<uint64_t>(s.i64());
        break;
      case 7:
        out.column_index_length = static_cast<uint32_t>(s.i32());
        break;
      case 8:
      case 9:
        encrypted = true;
        break;
    }
  }
  if (encrypted && !refused) {
    refused = Error(ErrorCode::Encrypted, "columns of the file are encrypted")
                  .with_hint("whittle has no keys: Parquet modular encryption is not supported");
  } else if (!has_metadata) {
    reader_.fail_with("a column chunk has no metadata");
  }
  return out;
}

// Fields 8, 16 and 17: rarely there.
bool FooterDecoder::column_extra(ThriftStruct& s, std::unique_ptr<ColumnExtras>& extras) {
  if (s.id() != 8 && s.id() != 16 && s.id() != 17) return false;
  const size_t before = reader_.position();
  if (!extras) extras = std::make_unique<ColumnExtras>();
  if (s.id() == 8) {
    structures(s, extras->key_values, 1, [&] { return read_key_value(reader_); });
  } else if (s.structure()) {
    if (s.id() == 16) extras->sizes = read_size_statistics(reader_);
    if (s.id() == 17) extras->geospatial = read_geospatial_statistics(reader_);
  }
  // A histogram's counts take at least a byte each on the wire and eight here.
  charge(sizeof(ColumnExtras) + 8 * (reader_.position() - before));
  return true;
}

void FooterDecoder::column_metadata(ColumnChunk& out) {
  std::unique_ptr<ColumnExtras> extras;
  bool has_offset = false;
  for (ThriftStruct s(reader_); s.next();) {
    switch (s.id()) {
      case 1:
        out.type = static_cast<StorageType>(s.enumeration());
        break;
      case 2: {
        ThriftList list(s, ThriftType::I32);
        for (uint32_t i = 0; i < list.size(); ++i)
          out.encodings.add(static_cast<PageEncoding>(list.enumeration()));
        break;
      }
      case 4:
        out.codec = static_cast<Codec>(s.enumeration());
        break;
      case 5:
        out.value_count = s.count64();
        break;
      case 6:
        out.total_uncompressed_size = s.count64();
        break;
      case 7:
        out.total_compressed_size = s.count64();
        break;
      case 9:
        out.data_page_offset = s.count64();
        has_offset = true;
        break;
      case 10:
        out.index_page_offset = static_cast<uint64_t>(s.i64());
        break;
      case 11:
        out.dictionary_page_offset = static_cast<uint64_t>(s.i64());
        break;
      case 12:
        if (s.structure()) read_statistics(reader_, out.statistics);
        break;
      case 13:
        read_encoding_statistics(s, reader_, out);
        break;
      // Drafts of the format used these numbers for other things.
      case 14:
        if (s.type() == ThriftType::I64) out.bloom_filter_offset = static_cast<uint64_t>(s.i64());
        break;
      case 15:
        if (s.type() == ThriftType::I32) out.bloom_filter_length = static_cast<uint32_t>(s.i32());
        break;
      default:
        column_extra(s, extras);
        break;
    }
  }
  if (!has_offset) reader_.fail_with("a column chunk has no data page offset");
  out.extras = std::move(extras);
}

}  // namespace

Result<FileMetadata> decode_file_metadata(BufferSlice footer, uint64_t file_size,
                                          MemoryBudget& budget) {
  FileMetadata out;
  out.footer = footer;
  out.file_size = file_size;
  ThriftReader reader(footer.bytes());
  FooterDecoder decoder(reader, out, budget);
  decoder.file_metadata();
  if (decoder.refused) return fail(*std::move(decoder.refused));
  TRY(reader.status("the footer"));
  TRY(validate(out));
  return out;
}

}  // namespace whittle::parquet
