// A folder of PNG images as a data set: one sub-folder for each class, under its name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mlp/dataset.h"

namespace mlp {

/// Where the images to train on and those to test on lie.
struct PictureFolders {
  std::filesystem::path train;
  std::filesystem::path test;  ///< empty: there is no folder of test images
};

/// FOLDER/train and FOLDER/test (or training, testing), where these are its only sub-folders; else FOLDER
/// alone.
PictureFolders picture_folders(const std::filesystem::path& folder);

/// Images in the order of their classes' names (numbers by value), then of their paths. `class_names`: the
/// classes that may occur; empty: those that do. `shape`: the images' size; 0 x 0: the size that most of them
/// have, to which the few others are scaled. Adds to `notes` what a user should know. Throws FileError, or
/// DataError where there are not two classes, or no size that most images have.
Dataset read_picture_folder(const std::filesystem::path& folder, const std::vector<std::string>& class_names,
                            const ImageShape& shape, std::vector<Note>& notes);

}  // namespace mlp
