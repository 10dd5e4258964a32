#include "errors.h"

#include <nanobind/stl/string.h>

#include <exception>
#include <utility>

#include "bindings.h"
#include "mlp/error.h"

namespace mlp::python {

namespace {

/// The argument's name, and how its value is written.
enum class Form { kNumber, kText, kTexts, kWords };
std::pair<std::string, Form> argument(Setting setting) {
  switch (setting) {
    case Setting::kMissingMarks:
      return {"missing", Form::kTexts};
    case Setting::kNotMissing:
      return {"not_missing", Form::kTexts};
    case Setting::kDecimal:
      return {"decimal", Form::kText};
    case Setting::kDelimiter:
      return {"delimiter", Form::kText};
    case Setting::kNoHeader:
      return {"header=False", Form::kWords};
    case Setting::kIgnore:
      return {"ignore", Form::kTexts};
    case Setting::kCategorical:
      return {"categorical", Form::kTexts};
    case Setting::kTargets:
      return {"targets", Form::kTexts};
    case Setting::kTask:
      return {"task", Form::kText};
    case Setting::kValidation:
      return {"validation_fraction", Form::kNumber};
    case Setting::kSeed:
      return {"seed", Form::kNumber};
    case Setting::kLabels:
      return {"labels", Form::kText};
    case Setting::kTestImages:
      return {"test_images", Form::kText};
    case Setting::kTestLabels:
      return {"test_labels", Form::kText};
    case Setting::kDataDirectory:
      return {"data_dir", Form::kText};
    case Setting::kDataset:
      return {"the data set", Form::kWords};
    case Setting::kThreads:
      return {"threads", Form::kNumber};
  }
  return {};
}

std::string repr(const std::string& text) { return nb::cast<std::string>(nb::repr(nb::cast(text))); }

/// The exception's class with this name, which lives as long as the module.
nb::handle make_exception(nb::module_& module, const char* name, const char* doc, nb::handle base,
                          nb::handle also) {
  const std::string full_name = std::string("mlp.") + name;
  const nb::tuple bases = also.is_valid() ? nb::make_tuple(base, also) : nb::make_tuple(base);
  const nb::object made = nb::steal(PyErr_NewExceptionWithDoc(full_name.c_str(), doc, bases.ptr(), nullptr));
  if (!made.is_valid()) throw nb::python_error();
  module.attr(name) = made;
  return made;  // the module keeps it
}

/// Makes it the current exception: the facts, then on a line of its own what to do about it.
void raise(nb::handle type, const Error& error) {
  const std::string hint = in_words(error.advice(), python_words);
  const std::string text = in_words(error.message(), python_words) + (hint.empty() ? "" : "\n" + hint);
  const nb::object exception = type(text);
  exception.attr("hint") = hint;
  PyErr_SetObject(type.ptr(), exception.ptr());
}

struct Exceptions {
  nb::handle error, usage, data, file, divergence;
};
Exceptions exceptions;

void translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const UsageError& error) {
    raise(exceptions.usage, error);
  } catch (const DataError& error) {
    raise(exceptions.data, error);
  } catch (const FileError& error) {
    raise(exceptions.file, error);
  } catch (const DivergenceError& error) {
    raise(exceptions.divergence, error);
  } catch (const Error& error) {
    raise(exceptions.error, error);
  }
}

}  // namespace

std::string python_words(const Remedy& remedy) {
  const auto [name, form] = argument(remedy.setting);
  if (remedy.values.empty()) return name;
  std::string values;
  for (const auto& value : remedy.values)
    values += (values.empty() ? "" : ", ") + (form == Form::kNumber ? value : repr(value));
  if (form == Form::kWords) return name + " " + values;
  return name + "=" + (form == Form::kTexts ? "[" + values + "]" : values);
}

void bind_errors(nb::module_& module) {
  exceptions.error = make_exception(
      module, "Error", "What went wrong, and where. `hint` says what to do about it, or is empty.",
      PyExc_Exception, {});
  exceptions.error.attr("hint") = "";
  exceptions.usage =
      make_exception(module, "UsageError", "A name or a value that is not one of the known ones.",
                     exceptions.error, PyExc_ValueError);
  exceptions.data =
      make_exception(module, "DataError", "Data that cannot be used: a value, a column, a row count.",
                     exceptions.error, PyExc_ValueError);
  exceptions.file =
      make_exception(module, "FileError", "A file that cannot be found, read, written or understood.",
                     exceptions.error, PyExc_OSError);
  exceptions.divergence = make_exception(module, "DivergenceError", "Training met a NaN or an infinity.",
                                         exceptions.error, PyExc_ArithmeticError);
  nb::register_exception_translator(translate);
}

}  // namespace mlp::python
