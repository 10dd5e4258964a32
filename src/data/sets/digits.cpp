// Digits as a pen would write them, in MNIST's layout: 28 x 28, ink bright on black, drawn into a box of
// about 20 x 20 pixels whose centre of mass lies in the middle (LeCun, Bottou, Bengio, Haffner, 1998, section
// III.A).
//
// A style's pen strokes are shaken point by point, bent by a smooth random field (elastic distortion: Simard,
// Steinkraus, Platt, 2003), put through a random affine map and traced by a round pen.
//
// The same bits everywhere: only + - * / and sqrt, which IEEE 754 rounds in one way, and no multiply-add is
// fused (the build sets -ffp-contract=off).
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/random.h"
#include "data/sets/digit_strokes.h"
#include "mlp/data.h"
#include "mlp/error.h"

namespace mlp {

namespace {

constexpr int kSize = 28;
constexpr int kClasses = 10;

// The random numbers of one image, drawn in turn.
class Dice {
 public:
  explicit Dice(const RandomStream& stream) : stream_(stream) {}

  float uniform(float low, float high) { return low + (high - low) * to_unit(stream_.block(next_++)[0]); }
  // About normal, from four uniforms (Irwin, Hall, 1927), so that no logarithm is needed.
  float normal(float deviation) {
    const auto words = stream_.block(next_++);
    float sum = -2;
    for (const auto word : words) sum += to_unit(word);
    constexpr float kSqrt3 = 1.7320508f;  // four uniforms have variance 4 / 12
    return deviation * kSqrt3 * sum;
  }
  std::size_t below(std::size_t bound) { return stream_.below(bound, next_++); }

 private:
  static float to_unit(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24f; }

  RandomStream stream_;
  std::uint64_t next_ = 0;
};

// A smooth random displacement: random vectors on a coarse grid over [0, 1]^2, quadratic B-splines between.
class ElasticField {
 public:
  ElasticField(Dice& dice, float strength) {
    for (auto& vector : grid_) vector = {dice.normal(strength), dice.normal(strength)};
  }

  Point displace(Point point) const {
    const auto [column, across] = locate(point.x);
    const auto [row, down] = locate(point.y);
    Point moved = point;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        const Point& vector = grid_[(row + i) * kGrid + column + j];
        const float weight = down[i] * across[j];
        moved.x += weight * vector.x;
        moved.y += weight * vector.y;
      }
    }
    return moved;
  }

 private:
  static constexpr std::size_t kCells = 3, kGrid = kCells + 2;

  struct Place {
    std::size_t cell;
    std::array<float, 3> weights;
  };
  static Place locate(float coordinate) {
    const float scaled = std::clamp(coordinate, 0.0f, 0.999f) * kCells;
    const auto cell = static_cast<std::size_t>(scaled);
    const float t = scaled - static_cast<float>(cell);
    return {cell, {0.5f * (1 - t) * (1 - t), 0.5f + t * (1 - t), 0.5f * t * t}};
  }

  std::array<Point, kGrid * kGrid> grid_;
};

// Points along the curve through `stroke` (Catmull, Rom, 1974), which starts anew at corners.
void trace(std::span<const Point> stroke, Stroke& path) {
  constexpr int kSteps = 5;
  const auto same = [](Point a, Point b) { return a.x == b.x && a.y == b.y; };
  for (std::size_t i = 0; i + 1 < stroke.size(); ++i) {
    const Point b = stroke[i], c = stroke[i + 1];
    if (same(b, c)) continue;
    const bool starts = i == 0 || same(stroke[i - 1], b);
    const bool ends = i + 2 == stroke.size() || same(stroke[i + 2], c);
    const Point a = starts ? Point{2 * b.x - c.x, 2 * b.y - c.y} : stroke[i - 1];
    const Point d = ends ? Point{2 * c.x - b.x, 2 * c.y - b.y} : stroke[i + 2];
    const auto curve = [](float p, float q, float r, float s, float t) {
      return 0.5f * (2 * q + t * ((r - p) + t * ((2 * p - 5 * q + 4 * r - s) + t * (3 * (q - r) + s - p))));
    };
    if (path.empty()) path.push_back(b);
    for (int step = 1; step <= kSteps; ++step) {
      const float t = static_cast<float>(step) / kSteps;
      path.push_back({curve(a.x, b.x, c.x, d.x, t), curve(a.y, b.y, c.y, d.y, t)});
    }
  }
}

// One digit as strokes of the pen in the unit box, with this writer's variations.
std::vector<Stroke> write(const DigitStyle& style, Dice& dice) {
  const float tremor = dice.uniform(0.006f, 0.032f);
  const ElasticField field(dice, dice.uniform(0.03f, 0.140f));
  std::vector<Stroke> paths;
  for (const auto& stroke : style) {
    Stroke shaken;
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      const bool corner = i > 0 && stroke[i].x == stroke[i - 1].x && stroke[i].y == stroke[i - 1].y;
      shaken.push_back(corner ? shaken.back()
                              : Point{stroke[i].x + dice.normal(tremor), stroke[i].y + dice.normal(tremor)});
    }
    auto& path = paths.emplace_back();
    trace(shaken, path);
    for (auto& point : path) point = field.displace(point);
  }
  return paths;
}

// Applies proportions, slant and a turn of the paper.
void transform(std::vector<Stroke>& paths, Dice& dice) {
  const float width = dice.uniform(0.48f, 0.96f);
  const float slant = 0.12f + dice.normal(0.23f);
  // With t = tan(angle / 2): sin = 2t / (1 + t^2), cos = (1 - t^2) / (1 + t^2).
  const float t = dice.normal(0.075f);
  const float sine = 2 * t / (1 + t * t), cosine = (1 - t * t) / (1 + t * t);
  for (auto& path : paths) {
    for (auto& point : path) {
      const float y = point.y - 0.5f;
      const float x = (point.x - 0.5f) * width - slant * y;
      point = {cosine * x - sine * y, sine * x + cosine * y};
    }
  }
}

// Scales the digit into MNIST's box and puts the ink's centre of mass into the middle of the image.
void place(std::vector<Stroke>& paths, float radius, Dice& dice) {
  Point low{1e9f, 1e9f}, high{-1e9f, -1e9f};
  Point moment;
  float length = 0;
  for (const auto& path : paths) {
    for (std::size_t i = 0; i < path.size(); ++i) {
      low = {std::min(low.x, path[i].x), std::min(low.y, path[i].y)};
      high = {std::max(high.x, path[i].x), std::max(high.y, path[i].y)};
      if (i == 0) continue;
      const float dx = path[i].x - path[i - 1].x, dy = path[i].y - path[i - 1].y;
      const float piece = std::sqrt(dx * dx + dy * dy);
      moment.x += piece * 0.5f * (path[i].x + path[i - 1].x);
      moment.y += piece * 0.5f * (path[i].y + path[i - 1].y);
      length += piece;
    }
  }
  constexpr float kBox = 20;
  const float extent = std::max(high.x - low.x, high.y - low.y);
  const float scale = (kBox - 2 * radius) * dice.uniform(0.90f, 1.03f) / extent;
  const Point centre{moment.x / length, moment.y / length};
  const Point middle{kSize * 0.5f + dice.normal(0.5f), kSize * 0.5f + dice.normal(0.5f)};
  for (auto& path : paths)
    for (auto& point : path)
      point = {middle.x + scale * (point.x - centre.x), middle.y + scale * (point.y - centre.y)};
}

using Ink = std::array<float, kSize * kSize>;

// A round pen goes from `begin` to `end`; a pixel takes its coverage, at an edge one pixel wide.
void draw_segment(Point begin, Point end, float radius, Ink& ink) {
  const float reach = radius + 0.5f;
  const auto first = [&](float a, float b) {
    return static_cast<int>(std::clamp(std::floor(std::min(a, b) - reach), 0.0f, float{kSize}));
  };
  const auto last = [&](float a, float b) {
    return static_cast<int>(std::clamp(std::ceil(std::max(a, b) + reach), 0.0f, float{kSize}));
  };
  const float dx = end.x - begin.x, dy = end.y - begin.y;
  const float inverse_square = 1 / std::max(dx * dx + dy * dy, 1e-12f);
  const int left = first(begin.x, end.x), right = last(begin.x, end.x);
  const int top = first(begin.y, end.y), bottom = last(begin.y, end.y);
  for (int row = top; row < bottom; ++row) {
    for (int column = left; column < right; ++column) {
      const float x = static_cast<float>(column) + 0.5f - begin.x;
      const float y = static_cast<float>(row) + 0.5f - begin.y;
      const float along = std::clamp((x * dx + y * dy) * inverse_square, 0.0f, 1.0f);
      const float away_x = x - along * dx, away_y = y - along * dy;
      const float coverage = reach - std::sqrt(away_x * away_x + away_y * away_y);
      float& pixel = ink[static_cast<std::size_t>(row * kSize + column)];
      pixel = std::max(pixel, std::min(coverage, 1.0f));
    }
  }
}

void draw_digit(int digit, Dice dice, std::span<std::uint8_t> pixels) {
  const auto styles = digit_styles(digit);
  auto paths = write(styles[dice.below(styles.size())], dice);
  transform(paths, dice);
  const float pen = dice.uniform(0.75f, 1.85f);
  place(paths, pen, dice);

  Ink ink{};
  for (const auto& path : paths) {
    // The pen presses harder at one end of the digit than at the other.
    const float start = pen * (1 + dice.normal(0.12f)), end = pen * (1 + dice.normal(0.12f));
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      const float t = static_cast<float>(i) / static_cast<float>(path.size());
      draw_segment(path[i], path[i + 1], start + t * (end - start), ink);
    }
  }
  // The ink itself is uneven; the paper is clean.
  const float brightness = dice.uniform(0.85f, 1.0f) * 255;
  const float grain = dice.uniform(0.0f, 0.25f);
  for (std::size_t i = 0; i < ink.size(); ++i) {
    const float level = ink[i] > 0 ? ink[i] * brightness * (1 - dice.uniform(0, grain)) : 0;
    pixels[i] = static_cast<std::uint8_t>(level + 0.5f);
  }
}

// What a stream of random numbers is for: its `major`, with the row as its `minor`.
enum Part : std::uint16_t { kTrainImages = 0, kTestImages = 1, kTrainLabels = 2, kTestLabels = 3 };

// Row i depends on (seed, part, i) alone: a smaller set is the beginning of a larger one. Rows 10k to 10k + 9
// are the ten digits in random order.
Dataset draw_digits(std::size_t rows, std::uint64_t seed, Part images, Part labels) {
  Dataset dataset;
  dataset.name = "digits";
  Matrix<std::uint8_t> pixels(rows, kSize * kSize);
  std::vector<std::uint32_t> order;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i % kClasses == 0)
      order = permutation(kClasses, RandomStream(seed, RandomPurpose::kDigits, labels, i / kClasses));
    const auto digit = static_cast<std::int32_t>(order[i % kClasses]);
    dataset.labels.push_back(digit);
    draw_digit(digit, Dice(RandomStream(seed, RandomPurpose::kDigits, images, i)), pixels.row(i));
  }
  dataset.inputs = std::move(pixels);
  for (int digit = 0; digit < kClasses; ++digit) dataset.class_names.push_back(std::to_string(digit));
  dataset.image = {kSize, kSize};
  return dataset;
}

}  // namespace

DataSplit make_digits(std::size_t train_rows, std::size_t test_rows, std::uint64_t seed) {
  return {.train = draw_digits(train_rows, seed, kTrainImages, kTrainLabels),
          .test = draw_digits(test_rows, seed, kTestImages, kTestLabels),
          .notes = {},
          .origin = "generated"};
}

}  // namespace mlp
