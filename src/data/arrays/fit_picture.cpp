// Makes a picture like the images a model was trained on: white on black or black on white, of their size,
// and where they are drawn as MNIST's are, scaled to the same box and centred by mass (LeCun, Bottou, Bengio,
// Haffner, 1998, section III.A: "size normalized to fit in a 20 x 20 pixel box", "centering the center of
// mass").
#include <algorithm>
#include <cmath>
#include <vector>

#include "mlp/error.h"
#include "mlp/pictures.h"

namespace mlp {
namespace {

using Grey = std::uint8_t;
using Picture = Matrix<Grey>;

constexpr Grey kInk = 32;  ///< of 255: below it is paper
/// Of an image's size: what is centred has its centre of mass no further from the middle.
constexpr double kCentred = 1.0 / 14;

/// The median of a picture's outermost pixels.
Grey paper_of(ConstMatrixView<Grey> picture) {
  std::vector<Grey> border;
  for (std::size_t y = 0; y < picture.rows(); ++y) {
    const bool whole = y == 0 || y + 1 == picture.rows();
    const std::size_t step = whole || picture.columns() == 1 ? 1 : picture.columns() - 1;
    for (std::size_t x = 0; x < picture.columns(); x += step) border.push_back(picture(y, x));
  }
  const auto middle = border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2);
  std::ranges::nth_element(border, middle);
  return *middle;
}

/// Whether paper is clearly light, or clearly dark.
std::optional<bool> is_light(Grey paper) {
  if (paper >= 160) return true;
  if (paper <= 95) return false;
  return std::nullopt;
}

Picture inverted(ConstMatrixView<Grey> picture) {
  Picture result(picture.rows(), picture.columns());
  for (std::size_t y = 0; y < picture.rows(); ++y)
    std::ranges::transform(picture.row(y), result.row(y).begin(), [](Grey grey) { return 255 - grey; });
  return result;
}

Picture copy_of(ConstMatrixView<Grey> picture) {
  Picture result(picture.rows(), picture.columns());
  for (std::size_t y = 0; y < picture.rows(); ++y) std::ranges::copy(picture.row(y), result.row(y).begin());
  return result;
}

// From here on ink is white on black.

struct Ink {
  std::size_t top = 0, left = 0, height = 0, width = 0;  ///< the box around it; 0 x 0: there is none
  double y = 0, x = 0;  ///< the ink's centre of mass, in pixels from the top left corner

  std::size_t side() const { return std::max(height, width); }
};

Ink ink_of(const Picture& picture) {
  std::size_t top = picture.rows(), bottom = 0, left = picture.columns(), right = 0;
  double mass = 0, y_moment = 0, x_moment = 0;
  for (std::size_t y = 0; y < picture.rows(); ++y) {
    for (std::size_t x = 0; x < picture.columns(); ++x) {
      const Grey grey = picture(y, x);
      if (grey < kInk) continue;
      top = std::min(top, y), bottom = std::max(bottom, y + 1);
      left = std::min(left, x), right = std::max(right, x + 1);
      mass += grey;
      y_moment += grey * (static_cast<double>(y) + 0.5);
      x_moment += grey * (static_cast<double>(x) + 0.5);
    }
  }
  if (mass == 0) return {};
  return {top, left, bottom - top, right - left, y_moment / mass, x_moment / mass};
}

/// How far the centre of mass lies from the middle, as a share of the image's size.
double off_centre(const Ink& ink, const ImageShape& shape) {
  const auto share = [](double place, std::size_t size) {
    return std::abs(place / static_cast<double>(size) - 0.5);
  };
  return std::max(share(ink.y, shape.height), share(ink.x, shape.width));
}

/// Which pixels of `from` a pixel of `to` covers, along one axis, and how much of each.
struct Cover {
  std::size_t first = 0;
  std::vector<double> shares;  ///< they add up to 1
};

std::vector<Cover> covers(std::size_t from, std::size_t to) {
  const double ratio = static_cast<double>(from) / static_cast<double>(to);
  std::vector<Cover> all(to);
  for (std::size_t i = 0; i < to; ++i) {
    const double begin = ratio * static_cast<double>(i);
    const double end = std::min(ratio * static_cast<double>(i + 1), static_cast<double>(from));
    all[i].first = static_cast<std::size_t>(begin);
    for (std::size_t k = all[i].first; static_cast<double>(k) < end; ++k) {
      const auto place = static_cast<double>(k);
      all[i].shares.push_back((std::min(end, place + 1) - std::max(begin, place)) / ratio);
    }
  }
  return all;
}

/// Every pixel is the mean of the area it covers.
Picture resized(ConstMatrixView<Grey> picture, std::size_t height, std::size_t width) {
  const auto across = covers(picture.columns(), width), down = covers(picture.rows(), height);
  Matrix<double> narrow(picture.rows(), width);
  for (std::size_t y = 0; y < picture.rows(); ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t k = 0; k < across[x].shares.size(); ++k)
        narrow(y, x) += across[x].shares[k] * picture(y, across[x].first + k);
    }
  }
  Picture result(height, width);
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      double sum = 0;
      for (std::size_t k = 0; k < down[y].shares.size(); ++k)
        sum += down[y].shares[k] * narrow(down[y].first + k, x);
      result(y, x) = static_cast<Grey>(std::lround(std::clamp(sum, 0.0, 255.0)));
    }
  }
  return result;
}

/// Greys from `black` to `white` spread from 0 to 255; what lies outside is cut off.
void stretch(Picture& picture, double black, double white) {
  for (Grey& grey : picture.values())
    grey = static_cast<Grey>(std::lround(std::clamp(255 * (grey - black) / (white - black), 0.0, 255.0)));
}

Grey brightest(const Picture& picture) { return std::ranges::max(picture.values()); }

/// Where an extent of `size` begins so that its place `centre` comes to the middle of `whole`, all of it
/// inside.
std::size_t place(double centre, std::size_t size, std::size_t whole) {
  const double begin = std::round(static_cast<double>(whole) / 2 - centre);
  return static_cast<std::size_t>(std::clamp(begin, 0.0, static_cast<double>(whole - size)));
}

/// The ink, its longer side `side` long, in the middle of a black image by its centre of mass.
Picture centred(const Picture& picture, const Ink& ink, std::size_t side, const ImageShape& shape) {
  const auto scaled = [&](std::size_t length) {
    const double exact = static_cast<double>(length * side) / static_cast<double>(ink.side());
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(exact)));
  };
  const ConstMatrixView<Grey> box(&picture(ink.top, ink.left), ink.height, ink.width, picture.columns());
  Picture small =
      resized(box, std::min(scaled(ink.height), shape.height), std::min(scaled(ink.width), shape.width));
  stretch(small, 0, std::max(brightest(small), Grey{1}));  // a thin line has become grey
  const Ink moved = ink_of(small);
  Picture image(shape.height, shape.width);
  const std::size_t top = place(moved.y, small.rows(), shape.height);
  const std::size_t left = place(moved.x, small.columns(), shape.width);
  for (std::size_t y = 0; y < small.rows(); ++y)
    std::ranges::copy(small.row(y), image.row(top + y).begin() + static_cast<std::ptrdiff_t>(left));
  return image;
}

/// Scales a picture of another size as a whole, with paper beside it where its proportions differ.
Picture scaled(const Picture& picture, const ImageShape& shape) {
  const double ratio = std::min(static_cast<double>(shape.height) / static_cast<double>(picture.rows()),
                                static_cast<double>(shape.width) / static_cast<double>(picture.columns()));
  const auto length = [&](std::size_t from, std::size_t most) {
    const long exact = std::lround(ratio * static_cast<double>(from));
    return std::clamp<std::size_t>(static_cast<std::size_t>(exact), 1, most);
  };
  const Picture small =
      resized(picture, length(picture.rows(), shape.height), length(picture.columns(), shape.width));
  Picture image(shape.height, shape.width);
  std::ranges::fill(image.values(), paper_of(picture));
  const std::size_t top = (shape.height - small.rows()) / 2, left = (shape.width - small.columns()) / 2;
  for (std::size_t y = 0; y < small.rows(); ++y)
    std::ranges::copy(small.row(y), image.row(top + y).begin() + static_cast<std::ptrdiff_t>(left));
  return image;
}

/// A training image as a picture.
Picture example_picture(std::span<const float> row, const ImageShape& shape, float white) {
  Picture picture(shape.height, shape.width);
  std::ranges::transform(row, picture.values().begin(), [&](float value) {
    return static_cast<Grey>(std::lround(std::clamp(255 * value / white, 0.0f, 255.0f)));
  });
  return picture;
}

/// 8-bit images are divided by their greatest value; others run from 0 to 1, or from 0 to 255 as bytes do.
float white_of(const Model& model) {
  if (model.input_scaling.scale.size() == 1)
    return std::max(1.0f, std::round(1 / model.input_scaling.scale.front()));
  const auto values = model.examples.inputs.values();
  return values.empty() || std::ranges::max(values) > 1 ? 255.0f : 1.0f;
}

}  // namespace

PictureStyle picture_style(const Model& model) {
  if (model.image == ImageShape{} || model.image.height * model.image.width != model.network.fan_in())
    throw DataError(
        "the model was trained on " +
            std::string(model.preprocessing ? "the columns of a table" : "rows of numbers") +
            ", not on images of greys",
        "pictures are for a model of images, such as one trained on mnist or on a folder of them");
  PictureStyle style{.shape = model.image, .white = white_of(model)};
  const auto& examples = model.examples.inputs;
  std::size_t light = 0, dark = 0;
  std::vector<std::size_t> sides;
  for (std::size_t n = 0; n < examples.rows(); ++n) {
    Picture picture = example_picture(examples.row(n), style.shape, style.white);
    const auto is_on_light = is_light(paper_of(picture));
    if (!is_on_light) continue;
    ++(*is_on_light ? light : dark);
    if (*is_on_light) picture = inverted(picture);
    const Ink ink = ink_of(picture);
    const std::size_t room = std::min(style.shape.height, style.shape.width);
    if (ink.side() == 0 || off_centre(ink, style.shape) > kCentred || ink.side() >= room ||
        paper_of(picture) >= kInk)
      continue;
    sides.push_back(ink.side());
    style.off_centre = std::max(style.off_centre, off_centre(ink, style.shape));
  }
  // One example in eight may be an exception.
  const auto nearly_all = [&](std::size_t count) { return count > 0 && 8 * count >= 7 * examples.rows(); };
  if (nearly_all(light)) style.light_paper = true;
  if (nearly_all(dark)) style.light_paper = false;
  if (style.light_paper && nearly_all(sides.size())) {
    const auto middle = sides.begin() + static_cast<std::ptrdiff_t>(sides.size() / 2);
    std::ranges::nth_element(sides, middle);
    style.ink_side = *middle;
    style.least_side = std::ranges::min(sides);
    style.most_side = std::ranges::max(sides);
  }
  return style;
}

namespace {

/// The few examples need not be the extremes: the side may differ by a tenth more, the centre by half a pixel
/// of
/// 28. (Nearly all of MNIST's test images stay as they are; a digit typed in 28 x 28 pixels seldom does.)
bool is_like_the_examples(const Ink& ink, const PictureStyle& style) {
  constexpr double kSlack = 0.5 / 28;
  return ink.side() > 0 && off_centre(ink, style.shape) <= style.off_centre + kSlack &&
         10 * ink.side() >= 9 * style.least_side && 10 * ink.side() <= 11 * style.most_side;
}

}  // namespace

FittedPicture fit_picture(ConstMatrixView<Grey> picture, const PictureStyle& style) {
  require(picture.rows() > 0 && picture.columns() > 0, "fit_picture: the picture has no pixels");
  require(style.shape.height > 0 && style.shape.width > 0, "fit_picture: the style has no size");
  FittedPicture fitted;
  const bool same_size = ImageShape{picture.rows(), picture.columns()} == style.shape;
  const auto light = is_light(paper_of(picture));
  fitted.inverted = light && style.light_paper && *light != *style.light_paper;
  const bool centring = light && style.light_paper && style.ink_side > 0;
  if (!centring) {
    fitted.image = fitted.inverted ? inverted(picture) : copy_of(picture);
    fitted.scaled = !same_size;
    if (fitted.scaled) fitted.image = scaled(fitted.image, style.shape);
    return fitted;
  }
  Picture ink = *light ? inverted(picture) : copy_of(picture);
  const double paper = paper_of(ink), brightest_ink = brightest(ink);
  if (brightest_ink - paper >= kInk && (2 * paper > kInk || brightest_ink < 128)) {
    fitted.stretched = true;
    // A quarter of the way, as paper is never quite even.
    stretch(ink, paper + (brightest_ink - paper) / 4, brightest_ink);
  }
  const Ink found = ink_of(ink);
  const bool fits = same_size && is_like_the_examples(found, style);
  fitted.centred = !fits && found.side() > 0;
  if (fitted.centred) {
    ink = centred(ink, found, style.ink_side, style.shape);
  } else if (!same_size) {
    fitted.scaled = true;
    ink = scaled(ink, style.shape);
  }
  fitted.image = *style.light_paper ? inverted(ink) : std::move(ink);
  return fitted;
}

}  // namespace mlp
