// The notes at the head of report.html: short, those about columns joined, files by name only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mlp/html_report.h"
#include "mlp/train.h"
#include "present/run_summary.h"

namespace mlp::app {

/// `text` with each of the `paths` in it replaced by the file's name.
std::string with_names(std::string text, const std::vector<std::filesystem::path>& paths);

/// What the reader of a run's report should know.
std::vector<ReportNote> report_notes(const RunSummary& run, const Trained& trained);

}  // namespace mlp::app
