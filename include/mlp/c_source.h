// A model as C source: one file that predicts without this library, for microcontrollers, web servers and
// whatever else has a C compiler.
//
//   mlp::write_file_atomically("cars.c", mlp::c_source(model, {.prefix = "cars"}));
//
// docs/c_export.md shows how the file is compiled and called.
#pragma once

#include <string>

#include "mlp/export.h"
#include "mlp/model.h"

namespace MLP_EXPORT mlp {

struct CSourceOptions {
  /// What all names in the file begin with, macros in capitals: a letter, then letters, digits and
  /// underscores. Different ones let several models stand in one program. (This library's own C API,
  /// mlp/c_api.h, has a mlp_predict, too.)
  std::string prefix = "mlp";
};

/// One file of C99, which is C++11, too: the parameters as constants, and with the prefix P
///
///   void P_predict(const float inputs[P_INPUTS], float outputs[P_OUTPUTS]);
///   int P_class(const float outputs[P_OUTPUTS]);             // classification: the place of the largest
///   extern const char* const P_class_names[P_OUTPUTS];       // ... and their names
///
/// which compute what predict() does: input units (the inputs are double where the model has any), scaling,
/// network, target scaling, and an ensemble's mean. A model of images also has P_predict_bytes, for inputs
/// of 8 bits. One of a table takes a `const struct P_row*` instead, with a member for each column, a double
/// (NaN: missing) or a text (NULL: missing), and encodes it as encode() does. Texts are compared byte by byte
/// with the categories that training saw. Where encode() throws, since a number does not fit a float when
/// scaled, the outputs are what IEEE arithmetic makes of an infinite input.
///
/// Outputs differ from predict()'s by rounding: sums are added up in another order, and exp and its relatives
/// are the C library's. On inputs as training scales them that is less than 1e-6 of the outputs' scale in
/// networks of up to five layers (tests/files/c_source_test.cpp allows 2e-6).
///
/// The file needs <math.h>, <stddef.h> and <string.h>, allocates nothing and keeps no state, so that any
/// number of threads may call it at once. Parameters take 4 bytes each, in read-only memory; a call takes
/// stack for two layers' activations (the widest ones, inputs included), 4 bytes each, a table's for its
/// encoded row as well, and an ensemble's for 8 bytes an output.
///
/// Names of columns, classes and the data set may be any text. Throws UsageError for another prefix,
/// DataError for a class or category with a zero byte in it, std::invalid_argument for parameters that are
/// not finite.
std::string c_source(const Model& model, const CSourceOptions& options = {});

}  // namespace mlp
