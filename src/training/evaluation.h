// Loss and metrics of some rows of a data set under parameters that are already in an engine.
#pragma once

#include <span>

#include "engine/step.h"
#include "mlp/train.h"
#include "training/metrics.h"

namespace mlp {

Evaluation evaluate_rows(const engine::Plan& plan, engine::Workspace& workspace, ThreadTeam& team,
                         const Dataset& dataset, std::span<const std::uint32_t> rows);

}  // namespace mlp
