// The notes at the head of report.html: short, those about columns together, files by their names.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mlp/html_report.h"
#include "mlp/train.h"
#include "present/run_summary.h"

namespace mlp::app {

/// `text` with files' names in place of those of `paths` that it holds.
std::string with_names(std::string text, const std::vector<std::filesystem::path>& paths);

/// What is known of a run that its reader should know.
std::vector<ReportNote> report_notes(const RunSummary& run, const Trained& trained);

}  // namespace mlp::app
