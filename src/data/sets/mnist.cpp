// MNIST (LeCun, Cortes, Burges, 1998): four IDX files.
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>

#include "data/arrays/idx.h"
#include "data/sets/published.h"
#include "mlp/data.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr ImageShape kImage{28, 28};
constexpr std::int32_t kClasses = 10;
constexpr const char* kHint = "check that the file is MNIST's; without it, it is downloaded again";

Dataset read_part(const std::filesystem::path& images, const std::filesystem::path& labels) {
  auto array = read_idx(images);
  if (array.dims.size() != 3 || array.dims[1] != kImage.height || array.dims[2] != kImage.width ||
      array.values.index() != 0) {
    throw FileError(images.string() + ": expected 8-bit images, N x 28 x 28, found " + shape_text(array.dims),
                    kHint);
  }
  Dataset dataset;
  dataset.name = "mnist";
  dataset.inputs = array_rows(std::move(array), images.string());
  const auto digits = array_labels(read_idx(labels), labels.string());
  if (digits.size() != dataset.rows())
    throw FileError(labels.string() + ": expected a label for each of the " + std::to_string(dataset.rows()) +
                        " images in " + images.string() + ", found " + std::to_string(digits.size()),
                    kHint);
  const auto wrong =
      std::ranges::find_if(digits, [](std::int64_t digit) { return digit < 0 || digit >= kClasses; });
  if (wrong != digits.end())
    throw FileError(labels.string() + ": row " + std::to_string(wrong - digits.begin()) +
                        ": expected a label from 0 to 9, found " + std::to_string(*wrong),
                    kHint);
  dataset.labels.assign(digits.begin(), digits.end());
  for (std::int32_t digit = 0; digit < kClasses; ++digit)
    dataset.class_names.push_back(std::to_string(digit));
  dataset.image = kImage;
  return dataset;
}

}  // namespace

DataSplit load_mnist(const DataSource& source) {
  const auto paths = obtain(mnist_publication(), source);
  DataSplit split;
  split.train = read_part(paths[0], paths[1]);
  split.test = read_part(paths[2], paths[3]);
  split.origin = paths[0].parent_path().string();
  return split;
}

}  // namespace mlp
