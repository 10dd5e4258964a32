// PNG: what is accepted has the size its header says, and reads the same as an 8-bit grey image. An input is
// the header's numbers, a palette and the scanlines, to which right checksums are added here; or, by the
// first byte, a file as it is.
#include "data/arrays/png_file.h"
#include "fuzz/fuzz.h"
#include "support/png_bytes.h"

namespace {

using namespace mlp;

std::string image_in(fuzz::Input& input) {
  testing_support::PngHeader header;
  header.width = input.byte();
  header.height = input.byte();
  header.depth = input.byte();
  header.colour = input.byte();
  header.interlace = input.byte() % 2;
  const std::string_view rest = input.rest();
  const auto colours = rest.substr(0, rest.find('|'));
  const std::string palette = colours.size() < rest.size() ? testing_support::png_chunk("PLTE", colours) : "";
  return testing_support::png(header, palette.empty() ? rest : rest.substr(colours.size() + 1), palette);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string bytes = input.byte() == 'f' ? std::string(input.rest()) : image_in(input);
  const auto picture = fuzz::accepted([&] { return decode_png(bytes, "png"); });
  if (!picture) return 0;
  fuzz::expect(picture->rows() > 0 && picture->columns() > 0, "an image has a pixel");
  const auto again = fuzz::accepted([&] { return decode_png(testing_support::png(*picture), "again"); });
  fuzz::expect(again == picture, "a grey image is read as it was written");
  return 0;
}
