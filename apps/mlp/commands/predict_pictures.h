// Predictions for PNG images: files, or folders of them.
#pragma once

#include <string>
#include <vector>

#include "mlp/model.h"
#include "mlp/train.h"

namespace mlp::app {

/// Whether the path is of images: a folder, or a file that is a PNG by its first bytes or its name.
bool names_pictures(const std::string& path);

struct PicturePredictions {
  std::string csv;  ///< with header: the image's path, then the columns of prediction_csv.h
  std::size_t rows = 0;
  std::vector<std::string> notes;  ///< how the images were changed
};

/// Each image is made like those the model was trained on (mlp/pictures.h). Throws as read_picture does, and
/// DataError where a folder holds no PNG image or the model takes none.
PicturePredictions predict_pictures(const Model& model, const std::vector<std::string>& paths,
                                    bool probabilities, const PredictionOptions& options);

}  // namespace mlp::app
