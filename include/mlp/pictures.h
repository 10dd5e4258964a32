// The user's own pictures, in PNG files: read as greys, and made to look like the images a model was trained
// on.
//
//   const auto style = mlp::picture_style(model);
//   const auto fitted = mlp::fit_picture(mlp::read_picture("seven.png"), style);   // fitted.image: 28 x 28
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "mlp/export.h"
#include "mlp/matrix.h"
#include "mlp/model.h"

namespace MLP_EXPORT mlp {

/// Whether the file begins as PNG does. False where it cannot be read, or is a pipe; no byte of a pipe is
/// taken.
bool is_picture(const std::filesystem::path& path);

/// A PNG file of any bit depth and colour type as greys [height, width]: 0 black, 255 white. A colour counts
/// by its luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). What is transparent is white, or black where
/// nothing would be seen on white. Throws FileError: no PNG (and what it is instead), damaged or cut short,
/// more than 2^24 pixels, or mlp was built without libpng.
Matrix<std::uint8_t> read_picture(const std::filesystem::path& path);

struct PictureFiles {
  std::vector<std::filesystem::path> pictures;  ///< called .png, in any case
  std::vector<std::filesystem::path> others;    ///< all other files, except hidden ones
};

/// The files in a folder and the folders in it, sorted by path; hidden folders and links to folders are left
/// out. Throws FileError.
PictureFiles find_pictures(const std::filesystem::path& folder);

/// What the images that a model was trained on have in common, as far as its examples show it.
struct PictureStyle {
  ImageShape shape;
  float white = 255;                ///< what a white pixel is among the model's inputs
  std::optional<bool> light_paper;  ///< black on white, or white on black; nothing: neither, or not known
  /// The longer side, in pixels, of the drawing, whose centre of mass lies in the middle of the image: 20 for
  /// MNIST's 28 x 28 images. 0: the images are not drawn like that, or it is not known.
  std::size_t ink_side = 0;
  /// The examples' own shortest and longest such side, and how far from the middle their centres of mass lie
  /// at most, as a share of the image's size: what an image that is like them already has.
  std::size_t least_side = 0, most_side = 0;
  double off_centre = 0;
};

/// Throws DataError where the model was not trained on images of one channel. A model without examples tells
/// only their size.
PictureStyle picture_style(const Model& model);

struct FittedPicture {
  Matrix<std::uint8_t> image;  ///< [style.shape.height, style.shape.width]
  bool inverted = false;       ///< light and dark have changed places
  bool stretched = false;      ///< the paper was not clean, or the ink faint
  bool centred = false;  ///< cut to its ink, scaled to the training images' and put in the middle by mass
  bool scaled = false;   ///< not centred, but of another size and scaled as a whole
};

/// Makes a picture look like the training images, and changes nothing where it does already: it is centred
/// only where it differs clearly in size or place (LeCun, Bottou, Bengio, Haffner, 1998, section III.A).
FittedPicture fit_picture(ConstMatrixView<std::uint8_t> picture, const PictureStyle& style);

}  // namespace mlp
