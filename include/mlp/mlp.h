// Everything mlp offers, in one include.
#pragma once

// IWYU pragma: begin_exports
#include "mlp/activation.h"
#include "mlp/atomic_file.h"
#include "mlp/benchmark.h"
#include "mlp/checkpoint.h"
#include "mlp/csv.h"
#include "mlp/data.h"
#include "mlp/dataset.h"
#include "mlp/error.h"
#include "mlp/initializer.h"
#include "mlp/layer.h"
#include "mlp/loss.h"
#include "mlp/matrix.h"
#include "mlp/model.h"
#include "mlp/multilayer_perceptron.h"
#include "mlp/optimizer.h"
#include "mlp/parameters.h"
#include "mlp/predictor.h"
#include "mlp/reference.h"
#include "mlp/report.h"
#include "mlp/schedule.h"
#include "mlp/suggest.h"
#include "mlp/target.h"
#include "mlp/train.h"
#include "mlp/version.h"
// IWYU pragma: end_exports
