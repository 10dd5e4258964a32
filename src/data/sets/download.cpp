#include "data/sets/download.h"

#include <curl/curl.h>

#include <array>
#include <exception>
#include <memory>
#include <new>
#include <string_view>
#include <system_error>

#include "data/bytes/byte_reader.h"
#include "data/sets/sha256.h"
#include "mlp/atomic_file.h"
#include "mlp/error.h"

namespace mlp {

namespace {

// Everything libcurl's callbacks see. No exception may pass through its C code.
struct Transfer {
  std::string content;
  std::uint64_t max_bytes;
  const DownloadProgress& progress;
  bool too_long = false;
  bool cancelled = false;
  std::exception_ptr thrown;
};

std::size_t on_data(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (bytes > transfer.max_bytes - transfer.content.size()) {
    transfer.too_long = true;
    return 0;
  }
  try {
    transfer.content.append(data, bytes);
  } catch (const std::bad_alloc&) {
    return 0;
  }
  return bytes;
}

int on_progress(void* user, curl_off_t total, curl_off_t done, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.cancelled =
        !transfer.progress(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total));
  } catch (...) {
    transfer.thrown = std::current_exception();
    transfer.cancelled = true;
  }
  return transfer.cancelled ? 1 : 0;
}

std::string host_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

// Fills transfer.content; returns why it failed, or an empty text.
std::string get(const std::string& url, const DownloadLimits& limits, Transfer& transfer) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  if (global != CURLE_OK || curl == nullptr) return "libcurl cannot be started";
  std::array<char, CURL_ERROR_SIZE> reason{};
  CURL* const handle = curl.get();
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "mlp");
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, limits.connect_seconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1000L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, limits.stalled_seconds);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason.data());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  const CURLcode code = curl_easy_perform(handle);
  if (code == CURLE_OK) return {};
  if (transfer.too_long) return "sends more than the " + std::to_string(limits.max_bytes) + " bytes allowed";
  return reason[0] != '\0' ? reason.data() : curl_easy_strerror(code);
}

// Why `content` is not the file wanted, or an empty text.
std::string check(const std::string& content, const std::string& sha256) {
  try {
    ByteReader reader("the file", content);
    const auto sum = sha256_of(reader);
    return sum == sha256 ? ""
                         : "sends another file (SHA-256 " + sum.substr(0, 12) + "..., expected " +
                               sha256.substr(0, 12) + "...)";
  } catch (const FileError& error) {
    return std::string("sends a damaged file (") + error.what() + ")";
  }
}

void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw FileError(folder.string() + ": cannot be created: " + error.message(),
                    "name a folder that can be written");
}

}  // namespace

bool downloads_built_in() { return true; }

std::string download(const std::vector<std::string>& urls, const std::filesystem::path& path,
                     const std::string& sha256, const DownloadLimits& limits,
                     const DownloadProgress& progress) {
  std::string failures;
  for (const auto& url : urls) {
    Transfer transfer{.content = {}, .max_bytes = limits.max_bytes, .progress = progress};
    std::string failure = get(url, limits, transfer);
    if (transfer.thrown) std::rethrow_exception(transfer.thrown);
    if (transfer.cancelled)
      throw FileError(path.filename().string() + ": the download was cancelled",
                      "nothing was kept; start again to download it");
    if (failure.empty()) failure = check(transfer.content, sha256);
    if (failure.empty()) {
      create_folder(path.parent_path());
      write_file_atomically(path, transfer.content);
      return {};
    }
    const auto host = host_of(url);
    if (failure.find(host) == std::string::npos) failure = host + ": " + failure;
    failures += (failures.empty() ? "" : "; ") + failure;
  }
  return failures;
}

}  // namespace mlp
