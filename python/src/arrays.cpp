#include "arrays.h"

#include <nanobind/ndarray.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mlp::python {

namespace {

/// A Python object made at its first use. C++ would have a second thread wait for a static object, with the
/// GIL that the first one needs. (Never released: the interpreter may be gone before static objects are.)
class Once {
 public:
  template <class Make>
  nb::handle get(const Make& make) {
    if (object_ == nullptr) {
      nb::object made = make();  // another thread may have come first meanwhile
      if (object_ == nullptr) object_ = made.release().ptr();
    }
    return object_;
  }

 private:
  PyObject* object_ = nullptr;
};
Once numpy_module, empty_function, ascontiguousarray_function, float32_type;

/// The array in C order, of the type called `dtype`, or of its own where that is null.
nb::object in_c_order(nb::handle array, const char* dtype) {
  const nb::handle convert =
      ascontiguousarray_function.get([] { return nb::object(numpy().attr("ascontiguousarray")); });
  return dtype == nullptr ? convert(array) : convert(array, dtype);
}

[[noreturn]] void refuse_shape(const char* who, const std::string& expected, const Buffer& found) {
  std::string shape;
  for (int i = 0; i < found.dimensions(); ++i) shape += (i > 0 ? ", " : "") + std::to_string(found.length(i));
  throw nb::value_error(
      (std::string(who) + ": expected an array " + expected + ", found [" + shape + "]").c_str());
}

/// The buffer of an array of `format`, which NumPy calls `dtype`: converted where the array is of another.
Buffer converted(nb::handle array, const char* format, const char* dtype) {
  if (Buffer buffer(array, format); buffer.valid()) return buffer;
  return {in_c_order(array, dtype), format};
}

template <class T>
std::vector<T> vector_of(nb::handle array, const char* format, const char* dtype, const char* who) {
  const Buffer buffer = converted(array, format, dtype);
  if (buffer.dimensions() != 1) refuse_shape(who, "[N]", buffer);
  return {buffer.data<T>(), buffer.data<T>() + buffer.size()};
}

/// Where a new array's numbers are.
void* data_of(const nb::object& array) {
  Py_buffer view;
  if (PyObject_GetBuffer(array.ptr(), &view, PyBUF_ND | PyBUF_WRITABLE) != 0) throw nb::python_error();
  void* const data = view.buf;
  PyBuffer_Release(&view);  // the array stays, and with it its memory
  return data;
}

template <class Shape>
nb::object empty(const Shape& shape, nb::handle dtype) {
  const nb::handle make = empty_function.get([] { return nb::object(numpy().attr("empty")); });
  return make(shape, dtype);
}

nb::handle float32() {
  return float32_type.get([] { return nb::object(numpy().attr("dtype")("float32")); });
}

template <class T>
nb::object copy_of(std::span<const T> values, const char* dtype) {
  const nb::object array = empty(values.size(), nb::str(dtype));
  std::ranges::copy(values, static_cast<T*>(data_of(array)));
  return array;
}

template <class T>
nb::object copy_of(const T* data, std::size_t rows, std::size_t columns, const char* dtype) {
  const nb::object array = empty(nb::make_tuple(rows, columns), nb::str(dtype));
  std::copy_n(data, rows * columns, static_cast<T*>(data_of(array)));
  return array;
}

template <class T>
nb::object read_only_matrix(ConstMatrixView<T> matrix, nb::handle owner) {
  return nb::cast(
      nb::ndarray<nb::numpy, const T, nb::ndim<2>>(matrix.data(), {matrix.rows(), matrix.columns()}, owner));
}

}  // namespace

nb::handle numpy() {
  return numpy_module.get([] { return nb::object(nb::module_::import_("numpy")); });
}

Buffer::Buffer(nb::handle array, const char* format) {
  if (!PyObject_CheckBuffer(array.ptr())) return;
  if (PyObject_GetBuffer(array.ptr(), &view_, PyBUF_ND | PyBUF_FORMAT) != 0) {
    PyErr_Clear();  // not in C order
    view_.obj = nullptr;
    return;
  }
  if (*format != '\0' && !holds(format)) PyBuffer_Release(&view_);
}

Buffer::Buffer(Buffer&& other) noexcept : view_(other.view_) { other.view_.obj = nullptr; }

Buffer::~Buffer() {
  if (!valid()) return;
  const nb::gil_scoped_acquire held;  // whoever shared it may be gone long ago
  PyBuffer_Release(&view_);
}

bool Buffer::holds(const char* format) const {
  return std::strcmp(view_.format == nullptr ? "B" : view_.format, format) == 0;
}

namespace {

Buffer input_buffer(nb::handle array) {
  if (Buffer buffer(array, "f"); buffer.valid()) return buffer;
  if (Buffer buffer(array, "B"); buffer.valid()) return buffer;
  const nb::object ordered = in_c_order(array, nullptr);
  if (Buffer buffer(ordered, "B"); buffer.valid()) return buffer;
  return converted(ordered, "f", "float32");
}

}  // namespace

InputArray::InputArray(nb::handle array, const char* who)
    : buffer_(input_buffer(array)), bytes_(buffer_.holds("B")) {
  if (buffer_.dimensions() != 1 && buffer_.dimensions() != 2) refuse_shape(who, "[N, I] or [I]", buffer_);
}

Inputs InputArray::share(InputArray array) {
  const bool bytes = array.are_bytes();
  const auto held = std::make_shared<const InputArray>(std::move(array));
  if (bytes) return MappedRows<std::uint8_t>(held, held->view<std::uint8_t>());
  return MappedRows<float>(held, held->view<float>());
}

std::vector<std::int32_t> labels_of(nb::handle array, const char* who) {
  return vector_of<std::int32_t>(array, "i", "int32", who);
}
std::vector<float> floats_of(nb::handle array, const char* who) {
  return vector_of<float>(array, "f", "float32", who);
}
std::vector<double> doubles_of(nb::handle array, const char* who) {
  return vector_of<double>(array, "d", "float64", who);
}

std::vector<std::uint32_t> rows_of(nb::handle array, const char* who) {
  if (const Buffer buffer(array, "I"); buffer.valid())
    return vector_of<std::uint32_t>(array, "I", "uint32", who);
  const auto numbers = vector_of<std::int64_t>(array, "l", "int64", who);
  std::vector<std::uint32_t> rows;
  rows.reserve(numbers.size());
  for (const std::int64_t number : numbers) {
    if (number < 0 || number > 0xffffffff)
      throw nb::value_error((std::string(who) + ": " + std::to_string(number) + " is no row number").c_str());
    rows.push_back(static_cast<std::uint32_t>(number));
  }
  return rows;
}

Matrix<float> matrix_of(nb::handle array, const char* who) {
  const Buffer buffer = converted(array, "f", "float32");
  if (buffer.dimensions() != 1 && buffer.dimensions() != 2) refuse_shape(who, "[N, O] or [N]", buffer);
  Matrix<float> matrix(buffer.length(0), buffer.dimensions() == 1 ? 1 : buffer.length(1));
  std::copy_n(buffer.data<float>(), buffer.size(), matrix.data());
  return matrix;
}

NewArray new_array(std::size_t length) {
  nb::object array = empty(length, float32());
  float* const data = static_cast<float*>(data_of(array));
  return {std::move(array), data};
}

NewArray new_array(std::size_t rows, std::size_t columns) {
  nb::object array = empty(nb::make_tuple(rows, columns), float32());
  float* const data = static_cast<float*>(data_of(array));
  return {std::move(array), data};
}

nb::object array_of(ConstMatrixView<float> matrix) {
  const auto [array, data] = new_array(matrix.rows(), matrix.columns());
  for (std::size_t n = 0; n < matrix.rows(); ++n)
    std::ranges::copy(matrix.row(n), data + n * matrix.columns());
  return array;
}
nb::object array_of(std::span<const float> values) { return copy_of(values, "float32"); }
nb::object array_of(std::span<const std::uint32_t> values) { return copy_of(values, "uint32"); }
nb::object array_of(std::span<const std::int32_t> values) { return copy_of(values, "int32"); }
nb::object array_of(ConstMatrixView<double> matrix) {
  return copy_of(matrix.data(), matrix.rows(), matrix.columns(), "float64");
}
nb::object array_of(const Matrix<std::uint64_t>& matrix) {
  return copy_of(matrix.data(), matrix.rows(), matrix.columns(), "uint64");
}

nb::object read_only(ConstMatrixView<float> matrix, nb::handle owner) {
  return read_only_matrix(matrix, owner);
}
nb::object read_only(ConstMatrixView<std::uint8_t> matrix, nb::handle owner) {
  return read_only_matrix(matrix, owner);
}
nb::object read_only(std::span<const float> values, nb::handle owner) {
  return nb::cast(nb::ndarray<nb::numpy, const float, nb::ndim<1>>(values.data(), {values.size()}, owner));
}

}  // namespace mlp::python
