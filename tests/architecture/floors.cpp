#include "architecture/floors.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace mlp::architecture {

namespace {

namespace fs = std::filesystem;

/// For each folder of src/ the other folders it may include.
const std::map<std::string, std::set<std::string>> kBelow = {
    {"core", {}},
    {"kernels", {"core"}},
    {"network", {"core"}},
    {"engine", {"core", "kernels", "network"}},
    {"training", {"core", "kernels", "network", "engine"}},
    {"data", {"core", "kernels", "network", "engine"}},
    {"files", {"core", "kernels", "network", "engine"}},
    {"report", {"core", "kernels", "network", "engine"}},
    {"c", {"core"}},
};

/// A folder with rooms: for each room, the other rooms it may include.
struct RoomedFolder {
  std::string folder;
  std::map<std::string, std::set<std::string>> rooms;
  bool files_at_top = false;  ///< files outside its rooms are allowed: they may include any room
};
const std::vector<RoomedFolder> kRoomedFolders = {
    {"src/data",
     {{"numbers", {}},
      {"bytes", {"numbers"}},
      {"cells", {"numbers"}},
      {"arrays", {"numbers", "bytes", "cells"}},
      {"table", {"numbers", "bytes", "cells"}},
      {"prepare", {"numbers", "bytes", "cells", "arrays", "table"}},
      {"sets", {"numbers", "bytes", "arrays"}}}},
    {"src/report", {{"charts", {}}, {"page", {"charts"}}}, true},
    {"apps/mlp",
     {{"terminal", {}},
      {"cli", {"terminal"}},
      {"present", {"terminal", "cli"}},
      {"run", {"terminal", "cli", "present"}},
      {"commands", {"terminal", "cli", "present", "run"}}},
     true},
};

/// Libraries whose headers are customarily included in quotes.
const std::set<std::string> kQuotedLibraries = {"hwy"};

std::vector<fs::path> sources_below(const fs::path& folder) {
  static const std::set<std::string> kExtensions = {".h", ".cpp", ".inc", ".hpp", ".cc", ".cu", ".cuh"};
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && kExtensions.contains(entry.path().extension()))
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The text with comments, and with the inside of string literals where asked, blanked; line breaks stay.
std::string without_comments(const std::string& text, bool and_strings) {
  std::string result = text;
  enum { kCode, kLine, kBlock, kString, kCharacter } state = kCode;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    const bool quoted = state == kString || state == kCharacter;
    if (state == kCode && text[i] == '/' && next == '/') state = kLine;
    if (state == kCode && text[i] == '/' && next == '*') state = kBlock;
    const bool blank = state == kLine || state == kBlock || (quoted && and_strings);
    if (blank && text[i] != '\n') result[i] = ' ';
    if (state == kCode && text[i] == '"') {
      state = kString;
    } else if (state == kCode && text[i] == '\'' &&
               (i == 0 || !std::isalnum(static_cast<unsigned char>(text[i - 1])))) {
      state = kCharacter;  // not the digit separator of 1'000
    } else if (quoted && text[i] == '\\' && next != '\n') {
      if (and_strings && i + 1 < text.size()) result[i + 1] = ' ';
      ++i;
    } else if ((state == kString && text[i] == '"') || (state == kCharacter && text[i] == '\'') ||
               (text[i] == '\n' && state != kBlock)) {
      state = kCode;
    } else if (state == kBlock && text[i] == '*' && next == '/') {
      result[++i] = ' ';
      state = kCode;
    }
  }
  return result;
}

struct Include {
  std::string path;
  bool quoted = false;
  std::size_t line = 0;
};

std::vector<Include> includes_of(const fs::path& file) {
  static const std::regex kInclude(R"(^[ \t]*#[ \t]*include[ \t]*(["<])([^">]*)[">])");
  std::vector<Include> includes;
  std::istringstream lines(without_comments(read(file), false));
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) includes.push_back({match[2], match[1] == "\"", number});
  }
  return includes;
}

/// "a" of "a/b/c", empty for "c".
std::string first_folder(const std::string& path) {
  const auto slash = path.find('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool is_clean(const fs::path& path) {
  return !path.is_absolute() &&
         std::ranges::none_of(path, [](const fs::path& part) { return part == ".." || part == "."; });
}

bool is_floor(const std::string& folder) { return kBelow.contains(folder); }

/// Whether a file of src/`folder` may include `include`.
bool allowed_in_source(const std::string& folder, const Include& include) {
  const std::string target = first_folder(include.path);
  if (target == "mlp" || target == folder) return true;
  if (is_floor(target)) return kBelow.at(folder).contains(target);
  return !include.quoted || kQuotedLibraries.contains(target);
}

bool allowed_in_public_header(const Include& include) {
  const std::string target = first_folder(include.path);
  return include.quoted ? target == "mlp" : !is_floor(target);
}

/// Whether a file in `here`, part of the application in `application`, may include `include`.
bool allowed_in_application(const fs::path& application, const fs::path& here, const Include& include) {
  const std::string target = first_folder(include.path);
  if (target == "mlp") return true;
  if (!include.quoted) return !is_floor(target);
  return fs::exists(application / include.path) || fs::exists(here / include.path);
}

std::string expected_in_source(const std::string& folder) {
  std::string expected = "mlp, " + folder;
  for (const auto& below : kBelow.at(folder)) expected += ", " + below;
  return expected;
}

/// The room that an include names: "cli" of "cli/parser.h", or of "data/cells/cell.h" in src/data.
std::string room_of(const RoomedFolder& parent, const std::string& path) {
  const std::string floor = fs::path(parent.folder).filename().string() + "/";
  const bool of_floor = parent.folder.starts_with("src/");
  if (of_floor && !path.starts_with(floor)) return "";
  return first_folder(of_floor ? path.substr(floor.size()) : path);
}

void check_rooms(const fs::path& root, const RoomedFolder& parent, std::vector<std::string>& violations) {
  for (const auto& file : sources_below(root / parent.folder)) {
    const std::string name = fs::relative(file, root).string();
    const std::string room = first_folder(fs::relative(file, root / parent.folder).string());
    if (room.empty() && parent.files_at_top) continue;
    if (!parent.rooms.contains(room)) {
      violations.push_back(name + ": lies in no known room");
      continue;
    }
    const auto& below = parent.rooms.at(room);
    for (const auto& include : includes_of(file)) {
      const std::string target = room_of(parent, include.path);
      if (target == room || below.contains(target) || !parent.rooms.contains(target)) continue;
      violations.push_back(name + ":" + std::to_string(include.line) + ": includes " + include.path +
                           ", which is not below its room");
    }
  }
}

/// The inside of string literals alone; everything else is blanked, but for line breaks.
std::string only_strings(const std::string& text) {
  const std::string with = without_comments(text, false), without = without_comments(text, true);
  std::string result = with;
  for (std::size_t i = 0; i < result.size(); ++i)
    if (with[i] == without[i] && with[i] != '\n') result[i] = ' ';
  return result;
}

/// One line for the first match in each line of the library's files, as `seen` shows them.
std::vector<std::string> library_lines(const fs::path& root, const std::regex& forbidden,
                                       const std::string& rule,
                                       const std::function<std::string(const std::string&)>& seen) {
  std::vector<std::string> violations;
  for (const char* folder : {"src", "include"}) {
    for (const auto& file : sources_below(root / folder)) {
      std::istringstream lines(seen(read(file)));
      std::string line;
      for (std::size_t number = 1; std::getline(lines, line); ++number) {
        std::smatch match;
        if (!std::regex_search(line, match, forbidden)) continue;
        violations.push_back(fs::relative(file, root).string() + ":" + std::to_string(number) + ": " + rule +
                             ": " + match.str());
      }
    }
  }
  return violations;
}

}  // namespace

std::vector<std::string> room_violations(const fs::path& root) {
  std::vector<std::string> violations;
  for (const auto& parent : kRoomedFolders) check_rooms(root, parent, violations);
  return violations;
}

std::vector<std::string> floor_violations(const fs::path& root) {
  std::vector<std::string> violations;
  const auto check = [&](const fs::path& file, const std::string& expected,
                         const std::function<bool(const Include&)>& allowed) {
    for (const auto& include : includes_of(file)) {
      if (is_clean(include.path) && allowed(include)) continue;
      violations.push_back(fs::relative(file, root).string() + ":" + std::to_string(include.line) +
                           ": includes " + include.path + ", may include only: " + expected);
    }
  };

  for (const auto& file : sources_below(root / "src")) {
    const std::string folder = first_folder(fs::relative(file, root / "src").string());
    if (!is_floor(folder)) {
      violations.push_back(fs::relative(file, root).string() + ": lies on no known floor");
      continue;
    }
    check(file, expected_in_source(folder),
          [&](const Include& include) { return allowed_in_source(folder, include); });
  }
  for (const auto& file : sources_below(root / "include")) check(file, "mlp", allowed_in_public_header);
  for (const auto& file : sources_below(root / "apps")) {
    const fs::path application = root / "apps" / *fs::relative(file, root / "apps").begin();
    check(file, "mlp, the application's own files", [&](const Include& include) {
      return allowed_in_application(application, file.parent_path(), include);
    });
  }
  // The Python package's module is an application, too.
  const fs::path module = root / "python/src";
  for (const auto& file : sources_below(module)) {
    check(file, "mlp, the module's own files", [&](const Include& include) {
      return allowed_in_application(module, file.parent_path(), include);
    });
  }
  return violations;
}

std::vector<std::string> reach_violations(const fs::path& root) {
  static const std::set<std::string> kOutOfReach = {"mlp/dataset.h", "mlp/table.h", "mlp/preprocessing.h"};
  std::vector<std::string> violations;
  for (const char* folder : {"src/engine", "src/kernels", "src/network"}) {
    for (const auto& file : sources_below(root / folder)) {
      std::set<std::string> seen;
      const std::function<std::string(const fs::path&)> way = [&](const fs::path& from) -> std::string {
        for (const auto& include : includes_of(from)) {
          if (kOutOfReach.contains(include.path)) return include.path;
          if (!seen.insert(include.path).second) continue;
          const fs::path next =
              (first_folder(include.path) == "mlp" ? root / "include" : root / "src") / include.path;
          if (!fs::exists(next)) continue;
          if (const std::string rest = way(next); !rest.empty()) return include.path + " -> " + rest;
        }
        return "";
      };
      if (const std::string found = way(file); !found.empty())
        violations.push_back(fs::relative(file, root).string() + " -> " + found);
    }
  }
  return violations;
}

std::vector<std::string> silence_violations(const fs::path& root) {
  static const std::regex kLoud(
      R"(\bstd::(cout|cerr|clog)\b|\b(stdout|stderr)\b|)"
      R"(\b(printf|vprintf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort|getenv|secure_getenv|setenv)\s*\()");
  return library_lines(root, kLoud, "the library never prints, exits or reads the environment",
                       [](const std::string& text) { return without_comments(text, true); });
}

std::vector<std::string> option_violations(const fs::path& root) {
  static const std::regex kOption(
      R"(--[a-z][-a-z]*|\bMLP_(?!WITH_)[A-Z_]+|\bmlp (train|evaluate|predict|plot|inspect|bench|data) \w+)");
  // "--line: #ddd", "var(--line)" in style sheets; what rsvg-convert is called with.
  static const std::regex kNoOption(R"(var\(--[-a-z]+|--[-a-z]+:|--(zoom|format)=)");
  return library_lines(
      root, kOption, "the library names settings, which whoever shows them calls otherwise",
      [](const std::string& text) { return std::regex_replace(only_strings(text), kNoOption, ""); });
}

}  // namespace mlp::architecture
