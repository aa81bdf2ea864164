#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "evidence/cvss_equations.h"

// CVSS v4.0 specification, section 8: a vector belongs to a macro-vector, whose score is known, and
// lies some way towards the macro-vectors below it.
namespace assay {

namespace {

using Value = std::string_view;

// The equivalence sets' levels, 0 being the most severe (tables 24 to 30). EQ3 and EQ6 depend on
// each other: the five pairs of them that exist are counted as one, in the order 00 01 10 11 21.
struct MacroVector {
  int eq1, eq2, eq3_and_6, eq4, eq5;
};

// Scores of the macro-vectors in tenths, a row for each EQ1, EQ2 and pair of EQ3 and EQ6; in a row
// EQ4 and EQ5 (000 001 002 010 …). It is the specification's table, made by experts' votes.
constexpr std::array<std::array<std::uint8_t, 9>, 30> macro_vector_scores{{
    {100, 98, 95, 100, 93, 91, 93, 89, 81},  // 00 00
    {99, 95, 92, 96, 87, 81, 90, 80, 68},  // 00 01
    {98, 95, 90, 93, 89, 81, 88, 78, 69},  // 00 10
    {95, 92, 84, 92, 81, 65, 80, 70, 48},  // 00 11
    {92, 82, 72, 79, 69, 50, 69, 55, 27},  // 00 21
    {99, 95, 92, 95, 90, 84, 92, 82, 72},  // 01 00
    {97, 92, 85, 91, 83, 71, 81, 71, 53},  // 01 01
    {95, 92, 85, 92, 80, 70, 84, 71, 50},  // 01 10
    {93, 85, 73, 82, 72, 59, 70, 52, 30},  // 01 11
    {86, 75, 52, 71, 52, 29, 63, 29, 17},  // 01 21
    {98, 94, 91, 94, 86, 77, 87, 74, 63},  // 10 00
    {95, 87, 81, 89, 74, 64, 75, 63, 49},  // 10 01
    {94, 88, 76, 86, 74, 59, 72, 57, 52},  // 10 10
    {89, 77, 67, 76, 58, 50, 57, 52, 25},  // 10 11
    {83, 70, 54, 65, 58, 26, 53, 21, 13},  // 10 21
    {95, 88, 76, 90, 75, 61, 77, 68, 52},  // 11 00
    {90, 76, 70, 77, 62, 53, 66, 59, 30},  // 11 01
    {89, 76, 62, 74, 57, 47, 61, 57, 24},  // 11 10
    {78, 67, 58, 59, 57, 23, 52, 29, 16},  // 11 11
    {71, 59, 30, 58, 26, 15, 23, 13, 6},  // 11 21
    {93, 86, 75, 86, 74, 56, 70, 52, 40},  // 20 00
    {87, 72, 58, 74, 61, 34, 54, 40, 22},  // 20 01
    {85, 74, 62, 72, 55, 46, 53, 34, 19},  // 20 10
    {75, 55, 51, 57, 41, 19, 36, 19, 8},  // 20 11
    {64, 51, 20, 47, 21, 11, 24, 9, 4},  // 20 21
    {88, 73, 60, 73, 59, 41, 54, 45, 20},  // 21 00
    {75, 53, 50, 55, 40, 20, 43, 22, 11},  // 21 01
    {75, 58, 40, 61, 48, 20, 46, 17, 8},  // 21 10
    {55, 45, 21, 51, 18, 9, 18, 7, 2},  // 21 11
    {53, 24, 14, 24, 12, 5, 10, 3, 1},  // 21 21
}};

int score_of(const MacroVector& macro) {
  return macro_vector_scores[(macro.eq1 * 2 + macro.eq2) * 5 + macro.eq3_and_6]
                            [macro.eq4 * 3 + macro.eq5];
}

// A metric as the environment modifies it; what is not defined counts as the worst (section 8.1).
Value effective(const CvssVector& vector, Value name) {
  const auto modified = vector.value("M" + std::string(name));
  if (!modified.empty()) return modified;
  const auto own = vector.value(name);
  if (!own.empty()) return own;
  return name == "E" ? "A" : "H";  // CR, IR, AR
}

class Metrics {
 public:
  explicit Metrics(const CvssVector& vector) : vector_(vector) {}

  bool is(Value name, Value value) const { return effective(vector_, name) == value; }

  // How many steps all these are below the most severe values together. `steps` lists values from the
  // most severe on, a letter each.
  struct Scale {
    Value metric;
    Value steps;
  };
  int steps_below(std::span<const Scale> scales) const {
    std::size_t steps = 0;
    for (const Scale& scale : scales) steps += scale.steps.find(effective(vector_, scale.metric));
    return static_cast<int>(steps);
  }

 private:
  const CvssVector& vector_;
};

using Scale = Metrics::Scale;

constexpr Scale eq1_scales[] = {{"AV", "NALP"}, {"PR", "NLH"}, {"UI", "NPA"}};
constexpr Scale eq2_scales[] = {{"AC", "LH"}, {"AT", "NP"}};
constexpr Scale eq3_and_6_scales[] = {{"VC", "HLN"}, {"VI", "HLN"}, {"VA", "HLN"},
                                      {"CR", "HML"}, {"IR", "HML"}, {"AR", "HML"}};
constexpr Scale eq4_scales[] = {{"SC", "SHLN"}, {"SI", "SHLN"}, {"SA", "SHLN"}};

int eq1_of(const Metrics& m) {
  const bool network = m.is("AV", "N");
  const bool no_privileges = m.is("PR", "N");
  const bool no_interaction = m.is("UI", "N");
  if (network && no_privileges && no_interaction) return 0;
  return (network || no_privileges || no_interaction) && !m.is("AV", "P") ? 1 : 2;
}

int eq3_and_6_of(const Metrics& m) {
  const bool confidentiality = m.is("VC", "H");
  const bool integrity = m.is("VI", "H");
  const bool availability = m.is("VA", "H");
  const bool needed = (confidentiality && m.is("CR", "H")) || (integrity && m.is("IR", "H")) ||
                      (availability && m.is("AR", "H"));
  if (!confidentiality && !integrity && !availability) return 4;
  return (confidentiality && integrity ? 0 : 2) + (needed ? 0 : 1);
}

int eq4_of(const Metrics& m) {
  if (m.is("SI", "S") || m.is("SA", "S")) return 0;
  return m.is("SC", "H") || m.is("SI", "H") || m.is("SA", "H") ? 1 : 2;
}

MacroVector macro_vector_of(const Metrics& m) {
  return {.eq1 = eq1_of(m),
          .eq2 = m.is("AC", "L") && m.is("AT", "N") ? 0 : 1,
          .eq3_and_6 = eq3_and_6_of(m),
          .eq4 = eq4_of(m),
          .eq5 = m.is("E", "A") ? 0 : m.is("E", "P") ? 1 : 2};
}

// The next less severe macro-vector's score in one equivalence set, -1 where there is none. Below 00
// of EQ3 and EQ6 lie 01 and 10, of which the higher counts.
int below_eq3_and_6(MacroVector macro) {
  constexpr std::array<int, 5> next{1, 3, 3, 4, -1};
  if (next[macro.eq3_and_6] < 0) return -1;
  const bool two_below = macro.eq3_and_6 == 0;
  macro.eq3_and_6 = next[macro.eq3_and_6];
  const int score = score_of(macro);
  if (!two_below) return score;
  macro.eq3_and_6 = 2;
  return std::max(score, score_of(macro));
}

int below(MacroVector macro, int MacroVector::* set, int last) {
  if (macro.*set == last) return -1;
  ++(macro.*set);
  return score_of(macro);
}

// One set's part in the distance from the macro-vector's score: `steps` of the `depth` that the
// macro-vector has there, towards the score `lower`.
struct Distance {
  int lower;  // -1 where nothing is below
  int steps;
  int depth;
};

// The vectors of highest severity in a set's level (tables 24 to 30) all lie equally many steps below
// the top of all, `highest`; so the distance from any of them is the difference. `depth` is the
// number of steps from there to the next level (section 8.2, "severity distance").
std::array<Distance, 5> distances_of(const Metrics& m, const MacroVector& macro) {
  struct Level {
    int highest, depth;
  };
  constexpr std::array<Level, 3> eq1{{{0, 1}, {1, 4}, {3, 5}}};
  constexpr std::array<Level, 2> eq2{{{0, 1}, {1, 2}}};
  constexpr std::array<Level, 5> eq3_and_6{{{0, 7}, {3, 6}, {1, 8}, {3, 8}, {3, 10}}};
  constexpr std::array<Level, 3> eq4{{{1, 6}, {3, 5}, {6, 4}}};
  const auto distance = [&](int lower, std::span<const Scale> scales, const Level& level) {
    return Distance{lower, m.steps_below(scales) - level.highest, level.depth};
  };
  return {distance(below(macro, &MacroVector::eq1, 2), eq1_scales, eq1[macro.eq1]),
          distance(below(macro, &MacroVector::eq2, 1), eq2_scales, eq2[macro.eq2]),
          distance(below_eq3_and_6(macro), eq3_and_6_scales, eq3_and_6[macro.eq3_and_6]),
          distance(below(macro, &MacroVector::eq4, 2), eq4_scales, eq4[macro.eq4]),
          Distance{below(macro, &MacroVector::eq5, 2), 0, 1}};
}

// The macro-vector's score less the mean of the distances, a half rounded up. What the reference
// implementation adds to its floating-point numbers before it rounds is not needed here.
int tenths_of(const Metrics& m, const MacroVector& macro) {
  constexpr int whole = 840;  // a multiple of every depth
  const int score = score_of(macro);
  int sum = 0;  // in tenths / whole
  int sets = 0;
  for (const Distance& distance : distances_of(m, macro)) {
    if (distance.lower < 0) continue;
    sum += (score - distance.lower) * distance.steps * (whole / distance.depth);
    ++sets;
  }
  if (sets == 0) return score;
  const int unit = whole * sets;
  return std::clamp((2 * (score * unit - sum) + unit) / (2 * unit), 0, 100);
}

}  // namespace

double cvss4_score(const CvssVector& vector) {
  const Metrics m(vector);
  const bool harmless = std::ranges::all_of(
      std::array{"VC", "VI", "VA", "SC", "SI", "SA"}, [&](Value name) { return m.is(name, "N"); });
  return harmless ? 0 : score_of_tenths(tenths_of(m, macro_vector_of(m)));
}

}  // namespace assay
