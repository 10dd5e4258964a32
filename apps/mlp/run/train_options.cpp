#include "run/train_options.h"

#include "cli/help.h"
#include "mlp/error.h"
#include "mlp/suggest.h"
#include "run/config_file.h"
#include "run/recipes.h"
#include "terminal/format.h"

namespace mlp::app {
namespace {

/// What each data set's recipe does, as the options that would say the same.
std::string recipes_help() {
  const auto argument = [](const std::string& text) {
    return text.find('(') == std::string::npos ? text : "'" + text + "'";
  };
  std::string text = "Defaults, by data set:\n";
  for (const auto& recipe : recipes()) {
    std::vector<std::string> options = {"--layers " + recipe.layers,
                                        "--loss " + argument(recipe.loss),
                                        "--optimizer " + argument(recipe.optimizer),
                                        "--learning-rate " + shortest(recipe.learning_rate),
                                        "--schedule " + argument(recipe.schedule),
                                        "--epochs " + std::to_string(recipe.epochs),
                                        "--batch-size " + std::to_string(recipe.batch_size),
                                        "--validation " + shortest(recipe.validation)};
    if (!recipe.initializer.empty()) options.push_back("--initializer " + recipe.initializer);
    std::string label = recipe.dataset;
    if (recipe.name != kDefaultRecipe) {
      text += "  " + label + " --recipe " + recipe.name + "\n";
      label.clear();
    }
    for (const auto& line : flow(options, " ", 68)) {
      text += "  " + label + std::string(10 - label.size(), ' ') + line + "\n";
      label.clear();
    }
  }
  text +=
      "  a table   --layers 64:relu:0.1,64:relu:0.1,N:linear (N:softmax for N classes)\n"
      "            --loss mean_squared_error (cross_entropy for classes)\n"
      "            --optimizer 'adamw(weight_decay=0.3)' --learning-rate 0.005\n"
      "            --schedule one_cycle --epochs 100 --batch-size 32 --validation 0.1;\n"
      "            fewer epochs and larger batches from 10,000 rows on\n"
      "  arrays    as mnist for classes, with --batch-size 32 below 10,000 rows and 128\n"
      "            below 50,000; as friedman for numbers to predict, with a table's\n"
      "            batches and epochs\n";
  return text;
}

constexpr const char* kExamples =
    "Examples:\n"
    "  mlp train mnist\n"
    "  mlp train mnist --recipe report\n"
    "  mlp train cars.csv --target mpg\n"
    "  mlp train cars.csv --target origin --ignore mpg --folds 10\n"
    "  mlp train mpg --layers 64:relu,64:relu,1:linear --optimizer adam\n"
    "  mlp train digits --dropout 0.2 --epochs 30 --output runs/dropout\n"
    "  mlp train friedman --schedule 'cosine(warm_up=0.1)' --early-stopping 20\n"
    "  mlp train fashion.npz\n"
    "  mlp train --images shapes/\n"
    "  mlp train --images faces/images.npy --labels faces/labels.npy\n"
    "  mlp train --config runs/mnist/config.toml --seed 2 --output runs/second\n"
    "  mlp train --resume runs/mnist";

}  // namespace

Parser add_train_options(Parser& parent, TrainArguments& arguments) {
  Parser parser =
      parent.add_command("train", "Train a network; leaves a model, a report, figures and a checkpoint");
  std::string group;
  const auto add = [&](const std::string& name, std::optional<std::string>& value, const std::string& type,
                       const std::string& help) {
    return parser.add_option(name, value, help).type(type).group(group);
  };
  add("dataset", arguments.data.dataset, "DATASET",
      "mnist, mpg, digits or friedman ('mlp data list' says what they are), or a file of yours: a table "
      "(.csv, "
      ".tsv, plain or gzip; with --target) or a .npz; or a folder of PNG images, a sub-folder for each "
      "class")
      .choices(known_names());

  group = "Data from a table (CSV or TSV)";
  const auto add_list = [&](const std::string& name, std::vector<std::string>& values,
                            const std::string& help) {
    parser.add_option(name, values, help).type("COLUMN").group(group).one_at_a_time();
  };
  auto& table = arguments.data.table;
  add_list("--target", table.targets, "the column to predict; with several, give it once for each");
  add_list("--ignore", table.ignore,
           "a column to leave out; may be given again, as may --categorical and --na");
  add_list("--categorical", table.categorical,
           "a column whose numbers are kinds, not amounts, such as a postcode");
  add("--sample-weight", table.sample_weight, "COLUMN", "a column that says how much each row counts");
  add("--class-weight", table.class_weight, "HOW",
      "equal (default), or balanced: rows of rare classes count more")
      .choices({"equal", "balanced"});
  add("--scaling", table.scaling, "HOW",
      "how numbers become inputs: standard (by mean and standard deviation), robust (by median and "
      "quartiles, large ones softly clipped) or auto (default: robust where a column has extreme numbers, "
      "else standard)")
      .choices({"auto", "standard", "robust"});
  add("--test", table.test, "FILE", "a table to test on (default: some rows, drawn by seed)");
  add("--test-fraction", table.test_fraction, "FRACTION", "of the rows, held out to test on (default: 0.2)");
  add_reading_options(parser, table.reading, group);

  group = "Data from arrays (IDX, .npy or .npz)";
  add("--images", arguments.data.images, "FILE",
      "images, or other rows of numbers, to train on; or a folder of PNG images");
  add("--labels", arguments.data.labels, "FILE",
      "their classes or, where these are no whole numbers, numbers to predict; a .npz may hold both");
  add("--test-images", arguments.data.test_images, "FILE",
      "images to test on (default: a fifth, drawn by seed)");
  add("--test-labels", arguments.data.test_labels, "FILE", "their labels");
  group = "Data from either";
  add("--task", arguments.data.task, "TASK",
      "classification or regression (default: by what labels or target hold)")
      .choices({"classification", "regression"});

  group = "Network";
  add("--recipe", arguments.recipe, "NAME",
      "what options are where they are not given: default, or report (mnist and mpg: as in the report mlp "
      "grew out of; the result says what each difference brings)")
      .choices({kDefaultRecipe, "report"});
  add("--layers", arguments.layers, "SPEC",
      "width:activation[:dropout] for each layer, the last one as wide as there are classes or targets. "
      "Activations: " +
          listed(all_activations()));
  add("--initializer", arguments.initializer, "NAME",
      "how weights start, in every layer: " + listed(all_initializers()) + " (default: by activation)")
      .choices(texts_of(all_initializers()));
  add("--init", arguments.init, "MODEL",
      "start from the parameters of a model (fine-tuning), and so with its layers; the output layer starts "
      "anew "
      "where the data have other classes or targets");
  add("--init-preprocessing", arguments.init_preprocessing, "HOW",
      "with --init: keep (default), inputs and targets are scaled and columns encoded as the model does it; "
      "or "
      "learn, from the new data")
      .choices({"keep", "learn"});
  add("--dropout", arguments.dropout, "P", "dropout after every hidden layer, from 0 to below 1");

  group = "Training";
  add("--loss", arguments.loss, "NAME", listed(all_losses()) + "; cross_entropy(0.02) smooths labels by 0.02")
      .choices(texts_of(all_losses()));
  add("--optimizer", arguments.optimizer, "NAME",
      listed(all_optimizers()) + "; hyper-parameters in parentheses, as in 'adam(beta2=0.99)'")
      .choices(texts_of(all_optimizers()));
  add("--learning-rate", arguments.learning_rate, "X", "its learning rate, before the schedule");
  add("--schedule", arguments.schedule, "NAME",
      "how the learning rate moves: " + listed(all_schedules()) +
          "; parameters as in 'step(factor=0.1,every=20)'")
      .choices(texts_of(all_schedules()));
  add("--epochs", arguments.epochs, "N", "passes through the training rows");
  add("--batch-size", arguments.batch_size, "N", "rows in a step");
  add("--weight-decay", arguments.weight_decay, "X",
      "AdamW's weight decay; with other optimizers the same as --l2");
  add("--l2", arguments.l2, "X", "adds X/2 times the squared weights to the loss (default: 0)");
  add("--clip-norm", arguments.clip_norm, "X", "shortens gradients longer than X (default: 0, never)");
  add("--validation", arguments.validation, "FRACTION", "of the training rows, held out to validate on");
  add("--early-stopping", arguments.early_stopping, "N",
      "stop after N epochs without a better validation loss, keep the best parameters (default: 0, never)");
  add("--folds", arguments.folds, "K",
      "cross-validation before the training: the rows are cut into K parts, and K trainings each leave out "
      "one "
      "and are tested on it");
  add("--ensemble", arguments.ensemble, "K",
      "train K networks, 2 to 64, from the seeds N to N+K-1 of --seed N; the model predicts the mean of what "
      "they do");
  add("--seed", arguments.seed, "N", "decides every random choice (default: 1)");
  add("--precision", arguments.precision, "NAME",
      "of the products in wide layers: float32 (default), or bf16 on CPUs with AMX or AVX-512 BF16")
      .choices({"float32", "bf16"});

  group = "Run";
  add("--output", arguments.output, "DIR",
      "where the run is written (default: runs/ and the name of the data)");
  parser.add_option("--resume", arguments.resume, "continue the run in DIR from its checkpoint")
      .type("DIR")
      .group(group)
      .only_on_command_line();
  parser.add_option("--config", arguments.config, "take options from a file; those given here come first")
      .type("FILE")
      .group(group)
      .only_on_command_line();
  add("--checkpoint-every", arguments.checkpoint_every, "N|TIME",
      "save the run after every N epochs, or each time 30s, 10m or 2h have passed (default: after an epoch, "
      "at most "
      "once a second)");
  add("--examples", arguments.examples, "N",
      "training rows that the model carries, for 'mlp inspect --verify' to check it by (default: 8; 0 where "
      "rows are "
      "private)");
  add("--data-dir", arguments.data_dir, "DIR", "look for data here first, and download to it");
  add("--threads", arguments.threads, "N",
      "threads to use, or auto (default), which takes fewer beside busy programs, where a fixed number "
      "can be many times slower; the result is the same for any number")
      .choices({"auto"});
  add("--sparse-inputs", arguments.sparse_inputs, "WHEN",
      "skip zeros in the inputs: on, off, or auto (default), where it saves time; the result is the same")
      .choices({"auto", "on", "off"});
  add("--cpu-target", arguments.cpu_target, "NAME",
      "instructions to compute with: avx512, avx2, neon or baseline (default: MLP_TARGET, else the best "
      "there are); baseline gives other last bits than the others; or reference, the formulas in plain loops")
      .choices({"avx512", "avx2", "neon", "baseline", "reference"});
  parser.add_flag("--json", arguments.json, "print the result as one JSON object").group(group);
  parser.add_flag("--quiet", arguments.quiet, "no progress on standard error").group(group);
  parser.footer(recipes_help() + "\n" + kExamples);
  return parser;
}

void apply_config(const Parser& train, const std::filesystem::path& path, ConfigUse use) {
  const auto given = [&](const char* name) { return train.option(name)->given(); };
  // As the command line has it, before the file's own recipe is taken over.
  const bool names_data = given("dataset") || given("--images"), names_recipe = given("--recipe");
  const auto replaced = [&](const std::string& key) {
    const bool with_data = use == ConfigUse::kAnyRun ? is_data_key(key) : names_files(key);
    return (names_data && with_data) || (names_recipe && is_recipe_key(key)) ||
           (key == "test" && given("--test-fraction")) || (key == "test-fraction" && given("--test"));
  };
  for (const auto& [key, values, is_array, line] : read_config(path)) {
    const std::string place = path.string() + ":" + std::to_string(line) + ": ";
    auto option = train.option("--" + key);
    if (!option) option = train.option(key);
    if (!option || !option->is_key()) {
      std::vector<std::string> known;
      for (const auto& other : train.options()) {
        if (other.is_key()) known.push_back(other.key());
      }
      throw UsageError(place + "unknown key '" + key + "'", suggest(key, known));
    }
    if (is_array && !option->is_list()) throw UsageError(place + key + " takes one value, no array");
    if (option->given() || replaced(key)) continue;
    if (!option->set(values)) {
      throw UsageError(place + "'" + (values.empty() ? "" : values.front()) + "' is no value for " + key,
                       "'mlp train --help' says what it takes");
    }
  }
}

}  // namespace mlp::app
