#include "data/arrays/picture_folder.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/counted.h"
#include "data/numbers/numbers.h"
#include "mlp/error.h"
#include "mlp/pictures.h"
#include "mlp/printable.h"

namespace mlp {
namespace {

namespace fs = std::filesystem;
using Picture = Matrix<std::uint8_t>;

bool holds_folders(const std::vector<fs::path>& pictures, const fs::path& folder) {
  return !pictures.empty() && std::ranges::all_of(pictures, [&](const fs::path& picture) {
    return picture.lexically_relative(folder).has_parent_path();
  });
}

/// The first folder on the path from `folder` to `file`.
std::string class_of(const fs::path& file, const fs::path& folder) {
  return file.lexically_relative(folder).begin()->string();
}

/// Numbers come before names and are compared by value.
bool is_before(const std::string& a, const std::string& b) {
  const auto x = parse_double(a), y = parse_double(b);
  if (x && y && *x != *y) return *x < *y;
  if (x.has_value() != y.has_value()) return x.has_value();
  return a < b;
}

using Sizes = std::map<std::pair<std::size_t, std::size_t>, std::size_t>;

/// The size that most images have.
ImageShape common_shape(const Sizes& sizes, std::size_t images, const std::string& folder) {
  const auto most = std::ranges::max_element(sizes, {}, [](const auto& entry) { return entry.second; });
  if (2 * most->second <= images)
    throw DataError(
        folder + ": expected images of one size, found " + std::to_string(sizes.size()) + " sizes",
        "scale them to one: mogrify -resize '28x28!' FILE.png (ImageMagick), in each folder");
  return {most->first.first, most->first.second};
}

}  // namespace

PictureFolders picture_folders(const fs::path& folder) {
  std::error_code error;
  fs::path train, test;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') || !entry.is_directory(error)) continue;
    if (name == "train" || name == "training") {
      train = entry.path();
    } else if (name == "test" || name == "testing") {
      test = entry.path();
    } else {
      return {folder, {}};
    }
  }
  if (train.empty() || test.empty()) return {folder, {}};
  return {train, test};
}

Dataset read_picture_folder(const fs::path& folder, const std::vector<std::string>& class_names,
                            const ImageShape& shape, std::vector<Note>& notes) {
  const auto [pictures, others] = find_pictures(folder);
  if (!others.empty()) notes.emplace_back(FilesLeftOut{others.size(), others.front().filename().string()});
  const std::string name = folder.string();
  if (pictures.empty())
    throw DataError(name + ": no PNG image is in the folder" +
                        (others.empty() ? "" : ", but " + counted(others.size(), "other file")),
                    "images are read from files called .png, one sub-folder for each class");
  if (!holds_folders(pictures, folder))
    throw DataError(name + ": images lie in the folder itself, and say no class",
                    "put them into one sub-folder for each class, under its name");

  std::vector<std::string> names = class_names;
  if (names.empty()) {
    for (const auto& picture : pictures) names.push_back(class_of(picture, folder));
    std::ranges::sort(names, is_before);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    if (names.size() < 2)
      throw DataError(name + ": expected at least two classes, found one sub-folder with images, '" +
                          printable(names.front()) + "'",
                      "put the images of each class into a sub-folder of its own");
    for (const auto& its_class : names)
      if (in_utf8(its_class) != its_class)
        throw DataError(name + ": the sub-folder '" + in_utf8(its_class) +
                            "' is to be the name of a class, and is not UTF-8",
                        "give it another name");
  }
  std::map<std::string, std::int32_t> index_of;
  for (std::size_t i = 0; i < names.size(); ++i) index_of.emplace(names[i], static_cast<std::int32_t>(i));

  std::vector<std::pair<std::int32_t, fs::path>> files;
  for (const auto& picture : pictures) {
    const std::string its_class = class_of(picture, folder);
    const auto known = index_of.find(its_class);
    if (known == index_of.end())
      throw DataError(name + ": the sub-folder '" + printable(its_class) + "' is none of the " +
                          std::to_string(names.size()) + " classes trained on",
                      "sub-folders are to be called as those trained on");
    files.emplace_back(known->second, picture);
  }
  std::ranges::sort(files);

  std::vector<Picture> images;
  Sizes sizes;
  for (const auto& [label, file] : files) {
    images.push_back(read_picture(file));
    ++sizes[{images.back().rows(), images.back().columns()}];
  }
  Dataset dataset;
  dataset.image = shape == ImageShape{} ? common_shape(sizes, images.size(), name) : shape;
  dataset.class_names = names;
  Matrix<std::uint8_t> rows(images.size(), dataset.image.height * dataset.image.width);
  std::size_t scaled = 0;
  for (std::size_t n = 0; n < images.size(); ++n) {
    const FittedPicture fitted = fit_picture(images[n], {.shape = dataset.image});
    std::ranges::copy(fitted.image.values(), rows.row(n).begin());
    scaled += fitted.scaled;
    dataset.labels.push_back(files[n].first);
    images[n] = {};
  }
  if (scaled > 0) notes.emplace_back(ImagesScaled{scaled, dataset.image.height, dataset.image.width});
  dataset.inputs = std::move(rows);
  return dataset;
}

}  // namespace mlp
