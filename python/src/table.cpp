// Table: typed columns, of a CSV file or of a DataFrame's columns; from there to data sets.
#include "mlp/table.h"

#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "dataset.h"
#include "keywords.h"
#include "mlp/error.h"
#include "mlp/make_table.h"
#include "mlp/table_data.h"

namespace mlp::python {

namespace {

using Texts = std::vector<std::string>;

std::optional<char> one_character(const char* name, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  if (text->size() != 1)
    throw UsageError(std::string(name) + ": expected one character, found '" + *text + "'");
  return text->front();
}

TableOptions reading_options(Keywords& keywords) {
  const auto texts = [&](const char* name) { return keywords.take<Texts>(name, "texts").value_or(Texts()); };
  TableOptions options{.delimiter = one_character("delimiter", keywords.text("delimiter")),
                       .decimal = one_character("decimal", keywords.text("decimal")),
                       .header = keywords.take<bool>("header", "True or False").value_or(true),
                       .missing = texts("missing"),
                       .not_missing = texts("not_missing"),
                       .ignore = texts("ignore"),
                       .categorical = texts("categorical"),
                       .targets = texts("targets")};
  keywords.number("max_categories", options.max_categories);
  return options;
}

Table read_csv(const std::filesystem::path& path, nb::kwargs arguments) {
  Keywords keywords("Table.read_csv", std::move(arguments));
  const auto types = keywords.take<std::vector<ColumnType>>("types", "ColumnTypes");
  const TableOptions options = reading_options(keywords);
  keywords.end();
  const nb::gil_scoped_release released;
  return types ? read_table(path, *types, options) : read_table(path, options);
}

/// A column as NumPy has it: numbers, or a pair of codes and the texts they stand for.
CellColumn cells_of(std::string name, nb::handle column) {
  const std::string who = "Table.from_columns: column '" + name + "'";
  if (nb::isinstance<nb::tuple>(column)) {
    if (nb::len(column) != 2)
      throw nb::value_error((who + ": expected a pair, codes and categories").c_str());
    return {std::move(name), CodedCells{labels_of(column[0], who.c_str()), nb::cast<Texts>(column[1])}};
  }
  if (nb::cast<std::string>(nb::str(nb::object(numpy().attr("asarray")(column).attr("dtype")))) == "bool")
    return {std::move(name), CodedCells{labels_of(column, who.c_str()), {"False", "True"}}};
  return {std::move(name), doubles_of(column, who.c_str())};
}

Table from_columns(const Texts& names, nb::handle columns,
                   const std::optional<std::vector<ColumnType>>& types, Texts targets, Texts categorical,
                   Texts ignore, Texts not_missing, std::string name) {
  std::vector<CellColumn> cells;
  for (const nb::handle column : columns) {
    if (cells.size() == names.size()) break;
    cells.push_back(cells_of(names[cells.size()], column));
  }
  if (cells.size() != names.size() || nb::len(columns) != names.size())
    throw nb::value_error(("Table.from_columns: " + std::to_string(names.size()) + " names for " +
                           std::to_string(nb::len(columns)) + " columns")
                              .c_str());
  const nb::gil_scoped_release released;
  if (types) return make_table(std::move(name), cells, *types, {.not_missing = std::move(not_missing)});
  return make_table(std::move(name), cells,
                    {.not_missing = std::move(not_missing),
                     .ignore = std::move(ignore),
                     .categorical = std::move(categorical),
                     .targets = std::move(targets)});
}

InputScaling scaling_of(const std::string& text) {
  if (text == "auto") return InputScaling::kAuto;
  if (text == "standard") return InputScaling::kStandard;
  if (text == "robust") return InputScaling::kRobust;
  throw UsageError("scaling: expected 'auto', 'standard' or 'robust', found '" + text + "'");
}

ClassWeights class_weights_of(const std::string& text) {
  if (text == "equal") return ClassWeights::kEqual;
  if (text == "balanced") return ClassWeights::kBalanced;
  throw UsageError("class_weights: expected 'equal' or 'balanced', found '" + text + "'");
}

DataSplit split(const Table& table, Texts targets, const std::optional<std::string>& task,
                std::optional<std::string> sample_weight, const std::string& class_weights,
                const std::string& scaling, double test_fraction, double validation_fraction,
                std::uint64_t seed) {
  const TableDataOptions options{.targets = std::move(targets),
                                 .task = task ? std::optional(task_of(*task)) : std::nullopt,
                                 .sample_weight = std::move(sample_weight),
                                 .class_weights = class_weights_of(class_weights),
                                 .scaling = scaling_of(scaling),
                                 .test_fraction = test_fraction,
                                 .validation_fraction = validation_fraction,
                                 .seed = seed};
  const nb::gil_scoped_release released;
  return split_table(table, options);
}

}  // namespace

void bind_table(nb::module_& module) {
  nb::class_<ColumnType>(module, "ColumnType", "What a column of a table is, without its cells.")
      .def_ro("name", &ColumnType::name)
      .def_prop_ro(
          "kind", [](const ColumnType& type) { return std::string(to_text(type.kind)); },
          "'numeric', 'boolean', 'categorical' or 'text'.")
      .def_ro("categories", &ColumnType::categories,
              "The different texts, sorted; of booleans false, then true.")
      .def("__repr__", [](const ColumnType& type) {
        return "<mlp.ColumnType '" + type.name + "': " + std::string(to_text(type.kind)) + ">";
      });

  nb::class_<Table>(
      module, "Table",
      R"(A table whose columns are typed by what they hold: numbers, booleans, categories or text.

Examples
--------
>>> import mlp, numpy as np
>>> table = mlp.Table.from_columns(
...     ["weight", "origin"], [np.array([1.5, np.nan, 2.5]), (np.array([0, 1, -1]), ["Japan", "USA"])])
>>> [(column.name, column.kind) for column in table.columns]
[('weight', 'numeric'), ('origin', 'categorical')]
)")
      .def_static(
          "from_columns", &from_columns, nb::arg("names"), nb::arg("columns"), nb::kw_only(),
          nb::arg("types") = nb::none(), nb::arg("targets") = Texts(), nb::arg("categorical") = Texts(),
          nb::arg("ignore") = Texts(), nb::arg("not_missing") = Texts(), nb::arg("name") = "table",
          nb::sig(
              "def from_columns(names: collections.abc.Sequence[str], columns: "
              "collections.abc.Sequence[object], *, "
              "types: collections.abc.Sequence[ColumnType] | None = None, "
              "targets: collections.abc.Sequence[str] = (), categorical: collections.abc.Sequence[str] = (), "
              "ignore: collections.abc.Sequence[str] = (), not_missing: collections.abc.Sequence[str] = (), "
              "name: str = 'table') -> Table"),
          R"(A table of columns in memory, such as those of a DataFrame.

Parameters
----------
names : sequence of str
columns : sequence
    For each name an array of numbers [N] (NaN where missing) or booleans; or, for texts and categories, a pair of codes
    [N] (-1 where missing) and the texts that they stand for.
types : sequence of ColumnType, optional
    Reads the columns as these types say, as a model that predicts needs it; columns that no type names are left out. By
    default they are typed by what they hold, exactly as those of a CSV file with the same cells.
targets : sequence of str
    Columns to be predicted: never taken for text or an identifier.
categorical : sequence of str
    Columns whose cells are categories, numbers or not.
ignore : sequence of str
    Columns left out.
not_missing : sequence of str
    Texts that are none, though usually they stand for a missing cell: "NA", "?", ...
)")
      .def_static(
          "read_csv", &read_csv, nb::arg("path"), nb::arg("options"),
          nb::sig(
              "def read_csv(path: str | os.PathLike, *, targets: collections.abc.Sequence[str] = (), "
              "categorical: collections.abc.Sequence[str] = (), ignore: collections.abc.Sequence[str] = (), "
              "missing: collections.abc.Sequence[str] = (), not_missing: collections.abc.Sequence[str] = (), "
              "delimiter: str | None = None, decimal: str | None = None, header: bool = True, "
              "max_categories: int = 1000, types: collections.abc.Sequence[ColumnType] | None = None) -> "
              "Table"),
          R"(The table in a CSV or TSV file, plain or gzip.

Parameters
----------
path : path
targets, categorical, ignore, types
    As in `from_columns`.
missing, not_missing : sequence of str
    Further marks of a missing cell; usual ones ("NA", "?", ...) that do not mean one here.
delimiter : str, optional
    By default the most frequent of comma, semicolon, tab and bar.
decimal : {'.', ','}, optional
    Numbers have this decimal mark, and perhaps one between thousands.
header : bool
    Whether the first line has the columns' names.

Examples
--------
>>> import mlp
>>> with open("cars.csv", "w") as file:
...     _ = file.write("weight,origin\n1.5,Japan\n2.5,USA\n2.0,USA\n")
>>> mlp.Table.read_csv("cars.csv").names
['weight', 'origin']
)")
      .def_ro("name", &Table::name)
      .def_ro("rows", &Table::rows)
      .def_prop_ro("names",
                   [](const Table& table) {
                     Texts names;
                     for (const auto& column : table.columns) names.push_back(column.type.name);
                     return names;
                   })
      .def_prop_ro(
          "columns",
          [](const Table& table) {
            std::vector<ColumnType> types;
            for (const auto& column : table.columns) types.push_back(column.type);
            return types;
          },
          "A `ColumnType` for each.")
      .def("__len__", [](const Table& table) { return table.rows; })
      .def("__repr__", [](const Table& table) {
        return "<mlp.Table '" + table.name + "': " + std::to_string(table.rows) + " rows, " +
               std::to_string(table.columns.size()) + " columns>";
      });

  module.def("split_table", &split, nb::arg("table"), nb::kw_only(), nb::arg("targets"),
             nb::arg("task") = nb::none(), nb::arg("sample_weight") = nb::none(),
             nb::arg("class_weights") = "equal", nb::arg("scaling") = "auto", nb::arg("test_fraction") = 0.2,
             nb::arg("validation_fraction") = 0.0, nb::arg("seed") = 1,
             R"(Training and test data of a table, with a preprocessing learned from the training rows alone.

Parameters
----------
table : Table
    Read with the same `targets`.
targets : sequence of str
task : {'classification', 'regression'}, optional
    By default by what the target holds.
sample_weight : str, optional
    The column that says how much a row counts.
class_weights : {'equal', 'balanced'}
    'balanced': each class counts as much as the others.
scaling : {'auto', 'standard', 'robust'}
test_fraction, validation_fraction : float
    The share of the rows to test on, and of the rest to validate on.
seed : int
    Of the test rows and the validation rows.

Returns
-------
Split

Examples
--------
>>> import mlp, numpy as np
>>> x = np.arange(50.0) % 7
>>> table = mlp.Table.from_columns(["x", "y"], [x, 2 * x + 1], targets=["y"])
>>> split = mlp.split_table(table, targets=["y"])
>>> split.train.rows, split.test.rows
(40, 10)
)");
}

}  // namespace mlp::python
