// A model as one file of C, see mlp/c_source.h: what it says at its head, declarations, definitions, a
// program.
#include "mlp/c_source.h"

#include <string_view>
#include <vector>

#include "files/c_network.h"
#include "files/c_row.h"
#include "files/c_text.h"
#include "mlp/digest.h"
#include "mlp/number_text.h"
#include "mlp/version.h"

namespace mlp {

namespace {

/// What the functions of a file take.
enum class Takes {
  kFloats,
  kImages,   ///< floats, or bytes
  kDoubles,  ///< which input units make floats of
  kRows      ///< of a table
};

Takes takes(const Model& model) {
  if (model.preprocessing) return Takes::kRows;
  if (!model.input_units.identity()) return Takes::kDoubles;
  return model.image.height > 0 ? Takes::kImages : Takes::kFloats;
}

bool is_classification(const Model& model) { return model.task() == Task::kClassification; }

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMost; ++i)
    text += (i == 0 ? "" : ",\n                ") + c_comment(names[i]);
  if (names.size() > kMost)
    text += ",\n                and " + with_thousands(names.size() - kMost) + " more";
  return text;
}

std::string network_text(const MultilayerPerceptron& network) {
  std::string text = std::to_string(network.fan_in());
  for (const Layer& layer : network.layers())
    text += " -> " + std::to_string(layer.fan_out) + " " + to_string(layer.activation);
  return text + ", " + with_thousands(network.parameter_count()) + " parameters";
}

std::string inputs_text(const Model& model, const CPrefix& prefix) {
  switch (takes(model)) {
    case Takes::kRows:
      return prefix.in("a struct @_row, with a member for each column of the table");
    case Takes::kImages:
      return "an image of " + std::to_string(model.image.height) + " x " + std::to_string(model.image.width) +
             ", row by row, as trained on (most often 0 to 255)";
    case Takes::kDoubles:
    case Takes::kFloats:
      break;
  }
  const std::string count = std::to_string(model.network.fan_in()) + " numbers as trained on, not scaled";
  return model.feature_names.empty() ? count : count + ":\n                " + joined(model.feature_names);
}

std::string outputs_text(const Model& model) {
  const std::string count = std::to_string(model.network.fan_out());
  if (is_classification(model))
    return count + ", one for each class:\n                " + joined(model.class_names);
  return count + (model.target_names.empty() ? "" : ": " + joined(model.target_names)) +
         (model.unit.empty() ? "" : " in " + c_comment(model.unit));
}

/// How predict is called.
std::string_view example(Takes what) {
  return what == Takes::kRows ? "     struct @_row row;\n     row.MEMBER = ...;  (each of them)\n"
                                "     float outputs[$_OUTPUTS];\n"
                                "     @_predict(&row, outputs);\n"
                              : "     float outputs[$_OUTPUTS];\n"
                                "     @_predict(inputs, outputs);\n";
}

std::string head(const Model& model, const CPrefix& prefix) {
  const TrainingRecord& record = model.record;
  std::string text = "/* A multilayer perceptron that predicts: C99, which is C++11, too.\n\n";
  text += "   trained on   " + c_comment(record.dataset) + ", " + with_thousands(record.training_rows) +
          " rows, " + with_thousands(record.epochs) + " epochs\n";
  text += "   network      " + network_text(model.network);
  if (model.member_count() > 1)
    text +=
        ";\n                " + std::to_string(model.member_count()) + " of them, whose outputs are averaged";
  text += "\n   digest       " + digest(model) + ", of network and parameters\n";
  text += "   written by   mlp " + std::string(version()) + "\n\n";
  text += "   inputs       " + inputs_text(model, prefix) + "\n";
  text += "   outputs      " + outputs_text(model) + "\n\n";
  text += prefix.in(
      "   To predict, in any number of threads at once (nothing is allocated, no variable keeps its "
      "value):\n\n");
  text += prefix.in(example(takes(model)));
  if (is_classification(model)) text += prefix.in("     puts(@_class_names[@_class(outputs)]);\n");
  text += prefix.in(
      "\n   Other files get the declarations alone by including this one after #define $_DECLARATIONS.\n"
      "   Compiled with $_MAIN defined it is a program that reads rows and writes outputs; see its end. "
      "*/\n");
  return text;
}

/// The argument of @_predict.
std::string input_parameter(Takes what) {
  switch (what) {
    case Takes::kRows:
      return "const struct @_row* row";
    case Takes::kDoubles:
      return "const double inputs[$_INPUTS]";
    case Takes::kFloats:
    case Takes::kImages:
      break;
  }
  return "const float inputs[$_INPUTS]";
}
constexpr const char* kBytesParameter = "const unsigned char inputs[$_INPUTS]";

std::string signature(const std::string& name, const std::string& parameter) {
  return "void " + name + "(" + parameter + ", float outputs[$_OUTPUTS])";
}

std::string declarations(const Model& model, const CPrefix& prefix) {
  const Takes what = takes(model);
  std::string code = prefix.in(
                         "\n#ifndef $_DECLARED\n#define $_DECLARED\n\n"
                         "#define $_INPUTS ") +
                     std::to_string(model.network.fan_in()) +
                     (what == Takes::kRows ? " /* of the network */" : "") +
                     prefix.in("\n#define $_OUTPUTS ") + std::to_string(model.network.fan_out()) +
                     "\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  if (what == Takes::kRows) code += c_row_struct(*model.preprocessing, prefix) + "\n";
  code += prefix.in(signature("@_predict", input_parameter(what)) + ";\n");
  if (what == Takes::kImages)
    code += prefix.in("/* The same of bytes. */\n" + signature("@_predict_bytes", kBytesParameter) + ";\n");
  if (is_classification(model)) {
    code += prefix.in(
        "/* The place of the largest output, from 0, and the names of the classes. */\n"
        "int @_class(const float outputs[$_OUTPUTS]);\n"
        "extern const char* const @_class_names[$_OUTPUTS];\n");
  }
  return code + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}

/// The statements of a function that predicts; `input` is input i as a float, once `begin` has been done.
std::string prediction(const Model& model, const CScaling& scaling, const std::string& input,
                       const std::string& begin = "") {
  const bool ensemble = model.member_count() > 1;
  const std::string members = std::to_string(model.member_count());
  const std::string value =
      scaling.constants.empty() ? input : "(" + input + " - " + scaling.shift + ") * " + scaling.scale;
  const std::string indent = ensemble ? "    " : "  ";
  std::string code = "  float a[" + std::to_string(c_buffer_size(model.network)) + "];\n";
  if (ensemble) code += "  double sums[$_OUTPUTS] = {0.0};\n";
  code += begin;
  if (ensemble) {
    code += "  for (size_t member = 0; member < " + members + "; ++member) {\n";
  }
  code += indent + "for (size_t i = 0; i < $_INPUTS; ++i) a[i] = " + value + ";\n";
  code += indent + "@_network(" + (ensemble ? "member, " : "") + "a, outputs);\n";
  if (ensemble) {
    code +=
        "    for (size_t i = 0; i < $_OUTPUTS; ++i) sums[i] += (double)outputs[i];\n"
        "  }\n"
        "  for (size_t i = 0; i < $_OUTPUTS; ++i) outputs[i] = (float)(sums[i] / " +
        members + ".0);\n";
  }
  return code;
}

std::string units_constants(const InputUnits& units) {
  const std::string count = "[" + std::to_string(units.unit.size()) + "] = ";
  return "\n/* x' = (x - origin) / unit */\nstatic const double @_origin" + count + c_list(units.origin) +
         ";\nstatic const double @_unit" + count + c_list(units.unit) + ";\n";
}

std::string definitions(const Model& model, const CPrefix& prefix) {
  const Takes what = takes(model);
  const CScaling scaling = c_input_scaling(model, prefix);
  const auto function = [&](const std::string& name, const std::string& parameter, const std::string& body) {
    return prefix.in("\n" + signature(name, parameter) + " {\n" + body + "}\n");
  };
  std::string code =
      "#include <math.h>\n#include <stddef.h>\n#include <string.h>\n" + c_network(model, prefix);
  if (!scaling.constants.empty()) code += "\n/* x' = (x - shift) scale */\n" + scaling.constants;
  switch (what) {
    case Takes::kRows:
      code += c_row_encoding(*model.preprocessing, prefix);
      code += function("@_predict", input_parameter(what),
                       "  float inputs[$_INPUTS];\n" +
                           prediction(model, scaling, "inputs[i]", "  @_encode(row, inputs);\n"));
      break;
    case Takes::kDoubles:
      code += prefix.in(units_constants(model.input_units));
      code +=
          function("@_predict", input_parameter(what),
                   prediction(model, scaling, "(float)(inputs[i] / @_unit[i] - @_origin[i] / @_unit[i])"));
      break;
    case Takes::kImages:
      code += function("@_predict_bytes", kBytesParameter, prediction(model, scaling, "(float)inputs[i]"));
      [[fallthrough]];
    case Takes::kFloats:
      code += function("@_predict", input_parameter(what), prediction(model, scaling, "inputs[i]"));
      break;
  }
  if (is_classification(model)) {
    std::vector<std::string> names;
    for (const auto& name : model.class_names) names.push_back(c_string(name));
    code += prefix.in(
        "\nint @_class(const float outputs[$_OUTPUTS]) {\n"
        "  int largest = 0;\n"
        "  for (int i = 1; i < $_OUTPUTS; ++i) {\n"
        "    if (outputs[i] > outputs[largest]) largest = i;\n"
        "  }\n"
        "  return largest;\n"
        "}\n"
        "\nconst char* const @_class_names[$_OUTPUTS] = ");
    code += c_list(names) + ";\n";
  }
  return code;
}

constexpr const char* kReadCell =
    "/* The next cell of a line, which ends at a comma; NULL where there is nothing. */\n"
    "static const char* @_cell(char** rest) {\n"
    "  char* const cell = *rest;\n"
    "  char* const end = cell + strcspn(cell, \",\\r\\n\");\n"
    "  *rest = *end == ',' ? end + 1 : end;\n"
    "  if (*end != ',') **rest = '\\0';\n"
    "  *end = '\\0';\n"
    "  return cell == end ? NULL : cell;\n"
    "}\n";
constexpr const char* kReadNumber =
    "static double @_number(const char* cell) { return cell == NULL ? (double)NAN : strtod(cell, NULL); }\n";

std::string print_outputs(const Model& model, const std::string& indent) {
  std::string code;
  if (is_classification(model)) code += indent + "printf(\"%s,\", @_class_names[@_class(outputs)]);\n";
  return code + indent +
         "for (int i = 0; i < $_OUTPUTS; ++i) printf(i == 0 ? \"%.9g\" : \",%.9g\", (double)outputs[i]);\n" +
         indent + "printf(\"\\n\");\n";
}

/// The example program.
std::string program(const Model& model, const CPrefix& prefix) {
  const std::string answers = is_classification(model) ? "the class and the outputs" : "the outputs";
  if (takes(model) == Takes::kRows) {
    std::string code =
        "/* Reads a row a line from standard input, cells between commas, in the struct's order and without "
        "quotes,\n"
        "   an empty one where it is missing; writes " +
        answers + ". */\n" + std::string(kReadCell);
    std::string cells;
    bool numbers = false;
    const auto names = c_columns(*model.preprocessing, prefix);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const bool number = model.preprocessing->inputs[i].type.kind == ColumnKind::kNumeric;
      numbers = numbers || number;
      cells += "    row." + names[i] + " = " + (number ? "@_number(@_cell(&rest))" : "@_cell(&rest)") + ";\n";
    }
    if (numbers) code += kReadNumber;
    return prefix.in(code +
                     "\nint main(void) {\n"
                     "  char line[65536];\n"
                     "  while (fgets(line, sizeof line, stdin) != NULL) {\n"
                     "    char* rest = line;\n"
                     "    struct @_row row;\n"
                     "    float outputs[$_OUTPUTS];\n" +
                     cells + "    @_predict(&row, outputs);\n" + print_outputs(model, "    ") +
                     "  }\n"
                     "  return 0;\n"
                     "}\n");
  }
  const bool doubles = takes(model) == Takes::kDoubles;
  return prefix.in(
      "/* Reads rows of $_INPUTS numbers from standard input, between blanks, commas or line breaks; writes\n"
      "   " +
      answers +
      " of each. */\n"
      "int main(void) {\n" +
      std::string(doubles ? "  double inputs[$_INPUTS];\n" : "  float inputs[$_INPUTS];\n") +
      "  float outputs[$_OUTPUTS];\n"
      "  double number;\n"
      "  size_t count = 0;\n"
      "  while (scanf(\"%lf%*[ ,;\\t\\r]\", &number) == 1) {\n"
      "    inputs[count++] = " +
      (doubles ? "number" : "(float)number") +
      ";\n"
      "    if (count < $_INPUTS) continue;\n"
      "    count = 0;\n"
      "    @_predict(inputs, outputs);\n" +
      print_outputs(model, "    ") +
      "  }\n"
      "  return count == 0 && feof(stdin) ? 0 : 1;\n"
      "}\n");
}

}  // namespace

std::string c_source(const Model& model, const CSourceOptions& options) {
  const CPrefix prefix(options.prefix);
  return head(model, prefix) + declarations(model, prefix) + prefix.in("\n#ifndef $_DECLARATIONS\n\n") +
         definitions(model, prefix) +
         prefix.in("\n#ifdef $_MAIN\n\n#include <stdio.h>\n#include <stdlib.h>\n\n") +
         program(model, prefix) + prefix.in("\n#endif /* $_MAIN */\n\n#endif /* $_DECLARATIONS */\n");
}

}  // namespace mlp
