// What holds for every closed set: activations, initializers, losses, optimizers, schedules.
#include "network/closed_set.h"

#include <gtest/gtest.h>

#include <set>

#include "core/overloaded.h"
#include "mlp/activation.h"
#include "mlp/initializer.h"
#include "mlp/loss.h"
#include "mlp/optimizer.h"
#include "mlp/schedule.h"
#include "network/activation_math.h"
#include "network/validate.h"
#include "support/usage_error.h"

namespace mlp {
namespace {

using testing_support::usage_error;

struct Activations {
  using Variant = Activation;
  static constexpr const char* kKind = "activation";
  static Variant parse(std::string_view text) { return parse_activation(text); }
  static const auto& all() { return all_activations(); }
  /// Each parameter elsewhere, and each flag: "leaky_relu(0)", "elu(0.30000000000000004)", "gelu(tanh)".
  static std::vector<std::string> exotic(const Variant& value) {
    return std::visit(
        []<class F>(const F& f) {
          const auto entry = facts(f).text;
          const std::string name(entry.name);
          const bool keyed = entry.parameters.size() > 1;
          std::vector<std::string> texts;
          for (const auto& parameter : entry.parameters) {
            for (const double number : {0.0, 0.2, 0.30000000000000004}) {
              if (!parameter.range.contains(number) || number == F{}.*parameter.member) continue;
              const std::string key = keyed ? std::string(parameter.name) + "=" : "";
              texts.push_back(name + "(" + key + format_number(number) + ")");
            }
          }
          for (const auto& flag : entry.flags) texts.push_back(name + "(" + std::string(flag.word) + ")");
          EXPECT_EQ(texts.empty(), std::is_empty_v<F>) << name << ": a parameter that is not tested here";
          return texts;
        },
        value);
  }
};

struct Initializers {
  using Variant = Initializer;
  static constexpr const char* kKind = "initializer";
  static Variant parse(std::string_view text) { return parse_initializer(text); }
  static const auto& all() { return all_initializers(); }
  static std::vector<std::string> names() {
    return {"glorot_uniform", "glorot_normal", "he_uniform", "he_normal",
            "lecun_uniform",  "lecun_normal",  "pytorch"};
  }
  static std::vector<std::string> exotic(const Variant& value) {
    return std::visit(
        []<class T>(const T&) {
          static_assert(std::is_empty_v<T>, "a parameter not tested here");
          return std::vector<std::string>{};
        },
        value);
  }
};

struct Losses {
  using Variant = Loss;
  static constexpr const char* kKind = "loss";
  static Variant parse(std::string_view text) { return parse_loss(text); }
  static const auto& all() { return all_losses(); }
  static std::vector<std::string> names() {
    return {"squared_error", "mean_squared_error", "mean_absolute_error",
            "huber",         "cross_entropy",      "binary_cross_entropy"};
  }
  static std::vector<std::string> exotic(const Variant& value) {
    using Texts = std::vector<std::string>;
    return std::visit(Overloaded{
                          [](const Huber&) { return Texts{"huber(0.5)"}; },
                          [](const CrossEntropy&) { return Texts{"cross_entropy(0.02)"}; },
                          [](const BinaryCrossEntropy&) { return Texts{"binary_cross_entropy(0.1)"}; },
                          []<class T>(const T&) {
                            static_assert(std::is_empty_v<T>, "a parameter not tested here");
                            return Texts{};
                          },
                      },
                      value);
  }
};

struct Optimizers {
  using Variant = Optimizer;
  static constexpr const char* kKind = "optimizer";
  static Variant parse(std::string_view text) { return parse_optimizer(text); }
  static const auto& all() { return all_optimizers(); }
  static std::vector<std::string> names() {
    return {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"};
  }
  static std::vector<std::string> exotic(const Variant& value) {
    using Texts = std::vector<std::string>;
    return std::visit(Overloaded{
                          [](const SGD&) { return Texts{}; },
                          [](const Momentum&) { return Texts{"momentum(momentum=0.5)"}; },
                          [](const Nesterov&) { return Texts{"nesterov(momentum=0)"}; },
                          [](const RMSProp&) { return Texts{"rmsprop(rho=0.9,epsilon=1e-06)"}; },
                          [](const Adam&) {
                            return Texts{"adam(beta2=0.99)", "adam(beta1=0.8,beta2=0.99,epsilon=1e-07)"};
                          },
                          [](const AdamW&) {
                            return Texts{"adamw(beta2=0.99,weight_decay=0.5)",
                                         "adamw(beta1=0.85,beta2=0.95,epsilon=0.001,weight_decay=0)"};
                          },
                      },
                      value);
  }
};

struct Schedules {
  using Variant = Schedule;
  static constexpr const char* kKind = "schedule";
  static Variant parse(std::string_view text) { return parse_schedule(text); }
  static const auto& all() { return all_schedules(); }
  static std::vector<std::string> names() {
    return {"constant", "step", "exponential", "warm_up", "cosine", "one_cycle"};
  }
  static std::vector<std::string> exotic(const Variant& value) {
    using Texts = std::vector<std::string>;
    return std::visit(
        Overloaded{
            [](const Constant&) { return Texts{}; },
            [](const StepDecay&) {
              return Texts{"step(factor=0.1,every=20)", "step(every=0.5)"};
            },
            [](const ExponentialDecay&) { return Texts{"exponential(0.9)"}; },
            [](const WarmUp&) { return Texts{"warm_up(1)"}; },
            [](const Cosine&) { return Texts{"cosine(warm_up=0.1,floor=0.01)"}; },
            [](const OneCycle&) { return Texts{"one_cycle(warm_up=0.2,initial=10,final=1000)"}; },
        },
        value);
  }
};

template <class Set>
class EverySet : public testing::Test {};
using Sets = testing::Types<Activations, Initializers, Losses, Optimizers, Schedules>;

struct SetName {
  template <class Set>
  static std::string GetName(int) {
    return Set::kKind;
  }
};
TYPED_TEST_SUITE(EverySet, Sets, SetName);

std::string upper_with_hyphens(std::string text) {
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(std::toupper(c));
  return text;
}

TYPED_TEST(EverySet, AllHoldsEveryAlternative) {
  std::set<std::size_t> seen;
  for (const auto& value : TypeParam::all()) seen.insert(value.index());
  for (std::size_t i = 0; i < std::variant_size_v<typename TypeParam::Variant>; ++i) {
    EXPECT_TRUE(seen.contains(i)) << TypeParam::kKind << " alternative " << i;
  }
}

TYPED_TEST(EverySet, NamesAreTheDocumentedOnes) {
  if constexpr (requires { TypeParam::names(); }) {  // those of activations: facts_test.cpp
    std::vector<std::string> names;
    for (const auto& value : TypeParam::all()) names.push_back(to_string(value));
    EXPECT_EQ(names, TypeParam::names());
  }
}

TYPED_TEST(EverySet, DefaultsReadBack) {
  for (const auto& value : TypeParam::all()) {
    const std::string text = to_string(value);
    EXPECT_EQ(TypeParam::parse(text), value) << text;
    EXPECT_EQ(TypeParam::parse(upper_with_hyphens(text)), value) << text;
    EXPECT_EQ(TypeParam::parse(" " + text + "\t"), value) << text;
  }
}

TYPED_TEST(EverySet, OtherParametersReadBack) {
  for (const auto& value : TypeParam::all()) {
    for (const auto& text : TypeParam::exotic(value)) {
      const auto read = TypeParam::parse(text);
      EXPECT_EQ(read.index(), value.index()) << text;
      EXPECT_EQ(to_string(read), text);
      EXPECT_EQ(TypeParam::parse(to_string(read)), read);
    }
  }
}

TYPED_TEST(EverySet, OneWrongLetterIsSuggestedRight) {
  for (const auto& value : TypeParam::all()) {
    std::string name = to_string(value);
    name = name.substr(0, name.find('('));
    const std::string wrong = name + "x";
    const auto complaint = usage_error([&] { TypeParam::parse(wrong); });
    EXPECT_EQ(complaint.what, "unknown " + std::string(TypeParam::kKind) + " '" + wrong + "'");
    EXPECT_EQ(complaint.hint.rfind("did you mean '" + name + "'? known: ", 0), 0u) << complaint.hint;
  }
}

TYPED_TEST(EverySet, NonsenseIsRefusedAndNothingSuggested) {
  for (const std::string& text :
       {std::string("quetzalcoatlus"), std::string(1 << 20, 'q'), std::string("42")}) {
    const auto complaint = usage_error([&] { TypeParam::parse(text); });
    EXPECT_EQ(complaint.what.rfind("unknown ", 0), 0u);
    EXPECT_EQ(complaint.hint.rfind("known: ", 0), 0u) << complaint.hint;
    EXPECT_LT(complaint.what.size(), 100u);
  }
  EXPECT_NE(usage_error([&] { TypeParam::parse(""); }).what, "");
  EXPECT_NE(usage_error([&] { TypeParam::parse(std::string(1 << 20, '(')); }).what, "");
}

TYPED_TEST(EverySet, MistypedParametersAreRefused) {
  for (const auto& value : TypeParam::all()) {
    std::string name = to_string(value);
    name = name.substr(0, name.find('('));
    for (const std::string arguments : {"(quux=1)", "(quux)", "(", "(1", "(=1)", "(,)"}) {
      EXPECT_NE(usage_error([&] { TypeParam::parse(name + arguments); }).what, "") << name + arguments;
    }
  }
}

TEST(ClosedSet, AliasesAreUnderstood) {
  EXPECT_EQ(parse_loss("mse"), Loss(MeanSquaredError{}));
  EXPECT_EQ(parse_loss("MAE"), Loss(MeanAbsoluteError{}));
  EXPECT_EQ(parse_loss("ce"), Loss(CrossEntropy{}));
  EXPECT_EQ(parse_loss("bce"), Loss(BinaryCrossEntropy{}));
  EXPECT_EQ(parse_loss("ce(0.1)"), Loss(CrossEntropy{.label_smoothing = 0.1}));
  EXPECT_EQ(parse_activation("leakyrelu"), Activation(LeakyReLU{}));
  EXPECT_EQ(parse_schedule("OneCycle"), Schedule(OneCycle{}));
}

TEST(ClosedSet, ParametersLandInTheirMembers) {
  EXPECT_EQ(parse_activation("leaky_relu(0.2)"), Activation(LeakyReLU{.slope = 0.2}));
  EXPECT_EQ(parse_activation("leaky_relu(slope=0.2)"), Activation(LeakyReLU{.slope = 0.2}));
  EXPECT_EQ(parse_activation("elu(2)"), Activation(ELU{.alpha = 2}));
  EXPECT_EQ(parse_activation("gelu(tanh)"), Activation(GELU{.tanh_form = true}));
  EXPECT_EQ(parse_loss("huber(3)"), Loss(Huber{.delta = 3}));
  EXPECT_EQ(parse_loss("cross_entropy(label_smoothing=0.02)"), Loss(CrossEntropy{.label_smoothing = 0.02}));
  EXPECT_EQ(parse_loss("bce(0.3)"), Loss(BinaryCrossEntropy{.label_smoothing = 0.3}));
  EXPECT_EQ(parse_optimizer("sgd(learning_rate=2)"), Optimizer(SGD{.learning_rate = 2}));
  EXPECT_EQ(parse_optimizer("momentum(momentum=0.1)"), Optimizer(Momentum{.momentum = 0.1}));
  EXPECT_EQ(parse_optimizer("nesterov(momentum=0.1)"), Optimizer(Nesterov{.momentum = 0.1}));
  EXPECT_EQ(parse_optimizer("rmsprop(epsilon=2,rho=0.5)"), Optimizer(RMSProp{.rho = 0.5, .epsilon = 2}));
  EXPECT_EQ(parse_optimizer("adam(epsilon=3,beta2=0.2,beta1=0.1,learning_rate=4)"),
            Optimizer(Adam{.learning_rate = 4, .beta1 = 0.1, .beta2 = 0.2, .epsilon = 3}));
  EXPECT_EQ(parse_optimizer("adamw(beta1=0.1,beta2=0.2,epsilon=3,weight-decay=5)"),
            Optimizer(AdamW{.beta1 = 0.1, .beta2 = 0.2, .epsilon = 3, .weight_decay = 5}));
  EXPECT_EQ(parse_schedule("step(factor=0.1,every=3)"), Schedule(StepDecay{.factor = 0.1, .every = 3}));
  EXPECT_EQ(parse_schedule("exponential(factor=0.1)"), Schedule(ExponentialDecay{.factor = 0.1}));
  EXPECT_EQ(parse_schedule("warm-up(fraction=0.1)"), Schedule(WarmUp{.fraction = 0.1}));
  EXPECT_EQ(parse_schedule("cosine(floor=0.2,warm-up=0.1)"), Schedule(Cosine{.warm_up = 0.1, .floor = 0.2}));
  EXPECT_EQ(parse_schedule("one-cycle(final=3,initial=2,warm_up=0.1)"),
            Schedule(OneCycle{.warm_up = 0.1, .initial = 2, .final = 3}));
}

TEST(ClosedSet, MessagesSayWhatIsWrong) {
  const auto optimizer = [](std::string_view text) { return usage_error([&] { parse_optimizer(text); }); };
  EXPECT_EQ(optimizer("adam(beta3=1)").what, "adam: unknown parameter 'beta3'");
  EXPECT_EQ(optimizer("adam(betta2=1)").hint,
            "did you mean 'beta2'? known: learning_rate, beta1, beta2, epsilon");
  EXPECT_EQ(optimizer("adam(beta1=x)").what, "adam: beta1 expects a finite number, found 'x'");
  EXPECT_EQ(optimizer("adam(beta1=0.5,BETA1=0.6)").what, "adam: beta1 is given twice");
  EXPECT_EQ(optimizer("adam(0.5)").what, "adam: unknown parameter '0.5'");
  const auto activation = [](std::string_view text) {
    return usage_error([&] { parse_activation(text); }).what;
  };
  EXPECT_EQ(activation("relu(0.1)"), "relu takes no parameters, found '0.1'");
  EXPECT_EQ(activation("leaky_relu(0.1,0.2)"), "leaky_relu: slope is given twice");
  EXPECT_EQ(activation("gelu(tan)"), "gelu: unknown parameter 'tan'");
}

/// The message for a value outside the range, the same from text and from code.
template <class Parse>
void expect_out_of_range(Parse parse, const std::string& text, const std::string& message) {
  EXPECT_EQ(usage_error([&] { parse(text); }).what, message) << text;
}

TEST(ClosedSet, EachParameterHasItsRange) {
  const auto expect = [](const auto parse) {
    return [parse](const std::string& text, const std::string& message) {
      expect_out_of_range(parse, text, message);
    };
  };
  const auto activation = expect(parse_activation);
  activation("leaky_relu(1)", "leaky_relu: slope = 1 is out of range, expected [0, 1)");
  activation("leaky_relu(-0.1)", "leaky_relu: slope = -0.1 is out of range, expected [0, 1)");
  activation("elu(0)", "elu: alpha = 0 is out of range, expected [1.2e-38, 3.4e+38]");
  activation("elu(inf)", "elu: alpha expects a finite number, found 'inf'");
  const auto loss = expect(parse_loss);
  loss("huber(0)", "huber: delta = 0 is out of range, expected [1.2e-38, 3.4e+38]");
  loss("ce(1)", "cross_entropy: label_smoothing = 1 is out of range, expected [0, 1)");
  loss("bce(-0.5)", "binary_cross_entropy: label_smoothing = -0.5 is out of range, expected [0, 1)");
  const auto optimizer = expect(parse_optimizer);
  for (const std::string name : {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}) {
    optimizer(name + "(learning_rate=0)",
              name + ": learning_rate = 0 is out of range, expected [1.2e-38, 3.4e+38]");
    optimizer(name + "(learning_rate=nan)", name + ": learning_rate expects a finite number, found 'nan'");
  }
  optimizer("momentum(momentum=1)", "momentum: momentum = 1 is out of range, expected [0, 1)");
  optimizer("nesterov(momentum=-1)", "nesterov: momentum = -1 is out of range, expected [0, 1)");
  optimizer("rmsprop(rho=1)", "rmsprop: rho = 1 is out of range, expected [0, 1)");
  optimizer("rmsprop(epsilon=0)", "rmsprop: epsilon = 0 is out of range, expected [1.2e-38, 3.4e+38]");
  for (const std::string name : {"adam", "adamw"}) {
    optimizer(name + "(beta1=1)", name + ": beta1 = 1 is out of range, expected [0, 1)");
    optimizer(name + "(beta2=1)", name + ": beta2 = 1 is out of range, expected [0, 1)");
    optimizer(name + "(epsilon=0)", name + ": epsilon = 0 is out of range, expected [1.2e-38, 3.4e+38]");
  }
  // No denormal float32, which a step would treat as zero, and nothing that becomes infinite.
  EXPECT_EQ(parse_optimizer("adam(epsilon=1.2e-38)"), Optimizer(Adam{.epsilon = 1.2e-38}));
  optimizer("adam(epsilon=1.1e-38)", "adam: epsilon = 1.1e-38 is out of range, expected [1.2e-38, 3.4e+38]");
  optimizer("rmsprop(epsilon=1e39)", "rmsprop: epsilon = 1e+39 is out of range, expected [1.2e-38, 3.4e+38]");
  optimizer("sgd(learning_rate=1e-45)",
            "sgd: learning_rate = 1e-45 is out of range, expected [1.2e-38, 3.4e+38]");
  optimizer("adamw(weight_decay=-1)", "adamw: weight_decay = -1 is out of range, expected >= 0");
  const auto schedule = expect(parse_schedule);
  schedule("step(factor=0)", "step: factor = 0 is out of range, expected (0, 1]");
  schedule("step(every=0)", "step: every = 0 is out of range, expected > 0");
  schedule("exponential(1.5)", "exponential: factor = 1.5 is out of range, expected (0, 1]");
  schedule("warm_up(1.5)", "warm_up: fraction = 1.5 is out of range, expected [0, 1]");
  schedule("cosine(warm_up=1)", "cosine: warm_up = 1 is out of range, expected [0, 1)");
  schedule("cosine(floor=2)", "cosine: floor = 2 is out of range, expected [0, 1]");
  schedule("one_cycle(warm_up=1)", "one_cycle: warm_up = 1 is out of range, expected [0, 1)");
  schedule("one_cycle(initial=0.5)", "one_cycle: initial = 0.5 is out of range, expected >= 1");
  schedule("one_cycle(final=0)", "one_cycle: final = 0 is out of range, expected >= 1");
}

TEST(ClosedSet, ValuesBuiltInCodeAreCheckedAlike) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(range_problem(Activation(LeakyReLU{.slope = 2})),
            "leaky_relu: slope = 2 is out of range, expected [0, 1)");
  EXPECT_EQ(range_problem(Loss(Huber{.delta = nan})),
            "huber: delta = nan is out of range, expected [1.2e-38, 3.4e+38]");
  EXPECT_EQ(range_problem(Optimizer(AdamW{.weight_decay = -1})),
            "adamw: weight_decay = -1 is out of range, expected >= 0");
  EXPECT_EQ(range_problem(Schedule(OneCycle{.final = 0})),
            "one_cycle: final = 0 is out of range, expected >= 1");
  for (const auto& value : all_activations()) EXPECT_EQ(range_problem(value), "");
  for (const auto& value : all_losses()) EXPECT_EQ(range_problem(value), "");
  for (const auto& value : all_optimizers()) EXPECT_EQ(range_problem(value), "");
  for (const auto& value : all_schedules()) EXPECT_EQ(range_problem(value), "");
}

}  // namespace
}  // namespace mlp
