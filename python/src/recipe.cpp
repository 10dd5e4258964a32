// Recipe: what a data set is trained with unless chosen by hand, in the texts of the command line.
#include "mlp/recipe.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include <optional>
#include <string>

#include "bindings.h"

namespace mlp::python {

void bind_recipe(nb::module_& module) {
  nb::class_<Recipe>(module, "Recipe",
                     "What a data set is trained with unless chosen by hand; see `recipe_for`.")
      .def_prop_ro("network", [](const Recipe& recipe) { return recipe.network; })
      .def_prop_ro("layers", [](const Recipe& recipe) { return to_string(recipe.network); })
      .def_prop_ro("initializer",
                   [](const Recipe& recipe) -> std::optional<std::string> {
                     const auto& initializer = recipe.network.layer(0).initializer;  // all layers have it
                     return initializer ? std::optional(to_string(*initializer)) : std::nullopt;
                   })
      .def_prop_ro("loss", [](const Recipe& recipe) { return to_string(recipe.loss); })
      .def_prop_ro(
          "optimizer", [](const Recipe& recipe) { return to_string(recipe.optimizer); },
          "Without its learning rate.")
      .def_prop_ro("learning_rate", [](const Recipe& recipe) { return learning_rate(recipe.optimizer); })
      .def_prop_ro("schedule", [](const Recipe& recipe) { return to_string(recipe.schedule); })
      .def_ro("epochs", &Recipe::epochs)
      .def_ro("batch_size", &Recipe::batch_size)
      .def_ro("validation", &Recipe::validation_fraction, "The share of the training rows to validate on.");
  module.def("recipe_for", &recipe_for, nb::arg("dataset"),
             R"(The recipe for a data set: the command line's defaults.

Examples
--------
>>> import mlp
>>> recipe = mlp.recipe_for(mlp.load_dataset("friedman").train)
>>> recipe.layers, recipe.optimizer, recipe.epochs
('64:silu,64:silu,1:linear', 'adamw(weight_decay=0.3)', 100)
)");
}

}  // namespace mlp::python
