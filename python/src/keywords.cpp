#include "keywords.h"

#include <nanobind/stl/string.h>

#include <algorithm>

#include "mlp/suggest.h"

namespace mlp::python {

nb::object Keywords::object(const char* name) {
  known_.emplace_back(name);
  return arguments_.contains(name) ? nb::object(arguments_[name]) : nb::none();
}

void Keywords::end() const {
  for (const auto& [key, value] : arguments_) {
    const auto name = nb::cast<std::string>(key);
    if (std::ranges::find(known_, name) == known_.end())
      throw nb::type_error(
          (who_ + ": there is no argument '" + name + "'\n" + suggest(name, known_)).c_str());
  }
}

void Keywords::refuse(const char* name, const char* expected, nb::handle value) const {
  throw nb::type_error(
      (who_ + ": " + name + ": expected " + expected + ", found " + nb::cast<std::string>(nb::repr(value)))
          .c_str());
}

}  // namespace mlp::python
