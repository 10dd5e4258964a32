// Arrays in and out. Those that come in are read through Python's buffer protocol, which NumPy's arrays have
// whether or not they may be written to, memory maps included; an array of another type or order is
// converted by NumPy first.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "mlp/dataset.h"
#include "mlp/matrix.h"

namespace mlp::python {

namespace nb = nanobind;

/// The memory of an array in C order, which stays as long as this does.
class Buffer {
 public:
  /// Of an array whose numbers are `format` ("f": float32, "B": uint8, ...; see Python's struct module) or,
  /// where that is empty, any; not valid for what is no such array.
  Buffer(nb::handle array, const char* format);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&&) = delete;
  ~Buffer();

  bool valid() const { return view_.obj != nullptr; }
  int dimensions() const { return view_.ndim; }
  std::size_t length(int dimension) const { return static_cast<std::size_t>(view_.shape[dimension]); }
  std::size_t size() const { return static_cast<std::size_t>(view_.len / view_.itemsize); }
  bool holds(const char* format) const;
  template <class T>
  const T* data() const {
    return static_cast<const T*>(view_.buf);
  }

 private:
  Py_buffer view_{};
};

/// Rows of inputs: the array itself where it holds float32 or uint8 in C order, else a converted copy.
class InputArray {
 public:
  /// `array`: [N, I], or [I] for one row. `who` begins messages. Throws ValueError for other shapes, and what
  /// NumPy says of what is no array of numbers.
  InputArray(nb::handle array, const char* who);

  bool is_one_row() const { return buffer_.dimensions() == 1; }
  std::size_t rows() const { return is_one_row() ? 1 : buffer_.length(0); }
  std::size_t columns() const { return buffer_.length(buffer_.dimensions() - 1); }
  bool are_bytes() const { return bytes_; }

  template <class T>
  ConstMatrixView<T> view() const {
    return {buffer_.data<T>(), rows(), columns()};
  }
  /// As a data set holds them: with the array's memory, which is not copied.
  static Inputs share(InputArray array);

 private:
  Buffer buffer_;
  bool bytes_ = false;
};

/// The numbers of an array of one dimension, converted by NumPy to the type called `dtype` where they are of
/// another. Throws ValueError for another shape.
std::vector<std::int32_t> labels_of(nb::handle array, const char* who);
std::vector<float> floats_of(nb::handle array, const char* who);
std::vector<double> doubles_of(nb::handle array, const char* who);
/// Row numbers. Throws ValueError for a negative one.
std::vector<std::uint32_t> rows_of(nb::handle array, const char* who);
/// [N, O]; [N] is one column.
Matrix<float> matrix_of(nb::handle array, const char* who);

/// A new array of uninitialised float32, and where its numbers are.
struct NewArray {
  nb::object array;
  float* data;
};
NewArray new_array(std::size_t length);
NewArray new_array(std::size_t rows, std::size_t columns);

/// New arrays with these numbers.
nb::object array_of(ConstMatrixView<float> matrix);
nb::object array_of(std::span<const float> values);
nb::object array_of(std::span<const std::uint32_t> values);
nb::object array_of(std::span<const std::int32_t> values);
nb::object array_of(ConstMatrixView<double> matrix);
nb::object array_of(const Matrix<std::uint64_t>& matrix);

/// Arrays that may not be written to, in memory that lives as long as `owner`.
nb::object read_only(ConstMatrixView<float> matrix, nb::handle owner);
nb::object read_only(ConstMatrixView<std::uint8_t> matrix, nb::handle owner);
nb::object read_only(std::span<const float> values, nb::handle owner);

/// NumPy, imported when it is first needed.
nb::handle numpy();

}  // namespace mlp::python
