// In place of png_file.cpp where mlp is built without libpng.
#include "data/arrays/png_file.h"
#include "mlp/error.h"

namespace mlp {

Matrix<std::uint8_t> decode_png(std::string_view, const std::string& name) {
  throw FileError(
      name + ": this mlp was built without PNG",
      "build it with -D MLP_WITH_PNG=ON (libpng, Debian's libpng-dev), or make an .npy of the images");
}

}  // namespace mlp
