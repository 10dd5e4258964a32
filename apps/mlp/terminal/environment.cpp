#include "terminal/environment.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace mlp::app {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool names_utf8(std::string locale) {
  std::transform(locale.begin(), locale.end(), locale.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

}  // namespace

Environment read_environment() {
  Environment environment;
  environment.mlp_data_dir = variable("MLP_DATA_DIR");
  environment.mlp_target = variable("MLP_TARGET");
  environment.xdg_cache_home = variable("XDG_CACHE_HOME");
  environment.home = variable("HOME");
  const std::string term = variable("TERM");
  environment.live = !term.empty() && term != "dumb";
  environment.colour = environment.live && variable("NO_COLOR").empty();
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (const std::string locale = variable(name); !locale.empty()) {
      environment.utf8 = names_utf8(locale);
      break;
    }
  }
  return environment;
}

DataSource data_source(const Environment& environment, const std::filesystem::path& data_dir) {
  DataSource source;
  source.directories =
      data_directories(data_dir, environment.mlp_data_dir, environment.xdg_cache_home, environment.home);
  // The last folder of the search order is the cache, or ./data where there is no home to keep a cache in.
  source.download_to = data_dir.empty() ? source.directories.back() : data_dir;
  return source;
}

}  // namespace mlp::app
