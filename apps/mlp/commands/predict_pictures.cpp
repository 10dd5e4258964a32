#include "commands/predict_pictures.h"

#include <algorithm>
#include <filesystem>

#include "mlp/csv.h"
#include "mlp/error.h"
#include "mlp/pictures.h"
#include "present/prediction_csv.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::vector<fs::path> files_of(const std::vector<std::string>& paths, std::vector<std::string>& notes) {
  std::vector<fs::path> files;
  for (const auto& path : paths) {
    if (!is_folder(path)) {
      files.emplace_back(path);
      continue;
    }
    const auto [pictures, others] = find_pictures(path);
    if (pictures.empty())
      throw DataError(path + ": no PNG image is in the folder", "images are files called .png");
    files.insert(files.end(), pictures.begin(), pictures.end());
    if (!others.empty())
      notes.push_back(counted(others.size(), "file") + " in " + path + " not called .png left out");
  }
  return files;
}

/// How many images were changed, and how.
struct Changes {
  std::size_t inverted = 0, stretched = 0, centred = 0, scaled = 0, empty = 0;

  void count(const FittedPicture& fitted) {
    inverted += fitted.inverted;
    stretched += fitted.stretched;
    centred += fitted.centred;
    scaled += fitted.scaled;
    const auto [least, most] = std::ranges::minmax(fitted.image.values());
    empty += least == most;
  }
  std::vector<std::string> notes(const PictureStyle& style, const Model& model, std::size_t images) const {
    std::vector<std::string> notes;
    const auto note = [&](std::size_t count, const std::string& what) {
      if (count == 0) return;
      notes.push_back((count == images ? counted(count, "image")
                                       : with_thousands(count) + " of " + counted(images, "image")) +
                      " " + what);
    };
    const std::string size = std::to_string(style.shape.width) + " x " + std::to_string(style.shape.height);
    note(inverted, std::string("inverted: the model was trained on ") +
                       (style.light_paper.value_or(false) ? "black on white" : "white on black"));
    note(stretched, "on grey paper or of faint ink stretched to black and white");
    note(centred, "cut to what is drawn, scaled to " + std::to_string(style.ink_side) +
                      " pixels and centred by mass in " + size + ", as those trained on");
    note(empty, "of one colour, with nothing drawn on it: what is said of it means nothing");
    note(scaled, "of another size scaled to " + size);
    if (model.examples.inputs.rows() == 0)
      notes.emplace_back(
          "the model carries no examples (--examples 0), so images are taken as they are: whether it was "
          "trained on white on black is not known");
    return notes;
  }
};

/// The images as rows of the model's inputs.
Inputs as_inputs(Matrix<std::uint8_t> rows, float white) {
  if (white == 255) return rows;
  Matrix<float> inputs(rows.rows(), rows.columns());
  std::ranges::transform(rows.values(), inputs.values().begin(),
                         [&](std::uint8_t grey) { return white * static_cast<float>(grey) / 255; });
  return inputs;
}

}  // namespace

bool names_pictures(const std::string& path) {
  std::string ending = fs::path(path).extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending == ".png" || is_folder(path) || is_picture(path);
}

PicturePredictions predict_pictures(const Model& model, const std::vector<std::string>& paths,
                                    bool probabilities, const PredictionOptions& options) {
  PicturePredictions result;
  const PictureStyle style = picture_style(model);
  const auto files = files_of(paths, result.notes);
  Matrix<std::uint8_t> rows(files.size(), model.network.fan_in());
  Changes changes;
  for (std::size_t n = 0; n < files.size(); ++n) {
    const FittedPicture fitted = fit_picture(read_picture(files[n]), style);
    std::ranges::copy(fitted.image.values(), rows.row(n).begin());
    changes.count(fitted);
  }
  const Matrix<float> outputs = predict(model, as_inputs(std::move(rows), style.white), options);
  result.csv = "file," + prediction_header(model, probabilities);
  for (std::size_t n = 0; n < files.size(); ++n) {
    const auto row = outputs.view().rows(n, 1);
    require_finite(row, 0, files[n].string());
    result.csv += csv_cell(files[n].string()) + "," + prediction_rows(model, row, probabilities);
  }
  result.rows = files.size();
  const auto done = changes.notes(style, model, files.size());
  result.notes.insert(result.notes.end(), done.begin(), done.end());
  return result;
}

}  // namespace mlp::app
