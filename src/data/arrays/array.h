// An array of numbers as a file stores it (IDX, .npy), and the rows, labels or targets it can stand for.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "data/bytes/byte_reader.h"
#include "mlp/dataset.h"
#include "mlp/matrix.h"

namespace mlp {

/// Elements where they lie in a mapped file.
template <class T>
struct MappedValues {
  using value_type = T;
  std::shared_ptr<const void> mapping;
  std::span<const T> values;

  std::size_t size() const { return values.size(); }
  bool empty() const { return values.empty(); }
  const T* data() const { return values.data(); }
  const T& operator[](std::size_t index) const { return values[index]; }
  auto begin() const { return values.begin(); }
  auto end() const { return values.end(); }
};

struct Array {
  /// The last index runs fastest. No dims: a single number. No part of their product overflows.
  std::vector<std::uint64_t> dims;
  std::variant<AlignedVector<std::uint8_t>, AlignedVector<std::int8_t>, AlignedVector<std::uint16_t>,
               AlignedVector<std::int16_t>, AlignedVector<std::uint32_t>, AlignedVector<std::int32_t>,
               AlignedVector<std::uint64_t>, AlignedVector<std::int64_t>, AlignedVector<float>,
               AlignedVector<double>, MappedValues<std::uint8_t>, MappedValues<float>>
      values;

  bool holds_integers() const;
};

/// The ending of messages about classes in one-hot form, and how to make labels of them.
inline constexpr const char* kOneHot = "each row is one 1 and zeros, as classes are in one-hot form";
inline constexpr const char* kFromOneHot = "numpy.argmax(labels, axis=1)";

/// "60000 x 28 x 28"
std::string shape_text(std::span<const std::uint64_t> dims);

/// The number of elements, zeros counted as ones for the overflow check so that no part of the shape can
/// overflow later. Throws FileError naming the reader's file.
std::uint64_t element_count(const ByteReader& reader, std::span<const std::uint64_t> dims);

/// Throws FileError: the header of `file` announces elements of so many bytes each, but `found`.
[[noreturn]] void refuse_elements(const std::string& file, std::span<const std::uint64_t> dims,
                                  std::size_t bytes_each, const std::string& found);

/// The elements that fill the rest of the file, whose position is behind its header. Memory grows with the
/// bytes that have really come. Throws FileError where there are fewer bytes, or more.
template <class T>
AlignedVector<T> read_elements(ByteReader& reader, std::span<const std::uint64_t> dims, std::endian order);

/// The first index runs over rows, all others over columns. Without units u8 stays u8 and what is mapped
/// stays mapped (nothing is copied); all else becomes float, in `units`. Throws FileError naming `file` where
/// a value is not finite as a float, and where there are units for another number of columns.
Inputs array_rows(Array array, const std::string& file, const InputUnits& units = {});

/// Units in which floats can tell the numbers of each column apart. identity() where they can in all columns
/// as they stand, and for an array without columns.
InputUnits units_for(const Array& array);

/// The same rows as numbers to be predicted. Throws as array_rows() does, and DataError for a column whose
/// numbers floats could not tell apart: scores of such targets would say nothing.
Matrix<float> array_targets(Array array, const std::string& file);

/// One integer for each row: of rank 1, or N x 1. Throws FileError naming `file` for anything else.
std::vector<std::int64_t> array_labels(const Array& array, const std::string& file);

/// Height and width where the rows are images of one channel: N x H x W or N x H x W x 1; else 0 x 0.
ImageShape image_shape(const Array& array);

}  // namespace mlp
