// CPU seconds that the lexer and the parser of Python take for the files whose paths are on standard
// input, a line each; they are read into memory first. Prints one JSON object. See python_front_end.py.
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "python/lexer.h"
#include "python/syntax.h"

namespace {

using namespace assay::python;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Counts {
  std::size_t parts = 0;
  std::size_t files_with_problems = 0;
  double seconds = 0;
};

template <typename Read>
Counts measure(const std::vector<std::string>& sources, Read read) {
  Counts counts;
  const double began = cpu_seconds();
  for (const auto& source : sources) {
    const auto [parts, problems] = read(source);
    counts.parts += parts;
    counts.files_with_problems += problems == 0 ? 0 : 1;
  }
  counts.seconds = cpu_seconds() - began;
  return counts;
}

struct Answer {
  std::size_t parts;
  std::size_t problems;
};

Answer lex(const std::string& source) {
  Problems problems;
  Lexer lexer(source, problems);
  std::size_t count = 0;
  while (lexer.next().kind != TokenKind::end) ++count;
  return {count, problems.count()};
}

Answer parse_all(const std::string& source) {
  const Syntax syntax = parse(source);
  return {syntax.nodes().size(), syntax.problems().size()};
}

void tell(const char* name, const char* unit, const Counts& counts, double size) {
  std::cout << '"' << name << "\": {\"cpu_seconds\": " << counts.seconds
            << ", \"megabytes_a_second\": " << size / counts.seconds << ", \"" << unit
            << "\": " << counts.parts << ", \"files_with_problems\": " << counts.files_with_problems
            << '}';
}

}  // namespace

int main() {
  std::vector<std::string> sources;
  double size = 0;
  for (std::string path; std::getline(std::cin, path);) {
    std::ifstream file(path, std::ios::binary);
    sources.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    size += static_cast<double>(sources.back().size()) / 1e6;
  }
  std::cout << "{\"files\": " << sources.size() << ", \"megabytes\": " << size << ", ";
  tell("lexer", "tokens", measure(sources, lex), size);
  std::cout << ", ";
  tell("parser", "nodes", measure(sources, parse_all), size);
  std::cout << "}\n";
}
