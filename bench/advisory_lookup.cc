// CPU seconds that opening a source of advisories and looking packages up in it take, without the
// beginning of a process. The source's path and a store's are the arguments; "name==version" a line each
// on standard input. Prints one JSON object. See advisories.py.
#include <algorithm>
#include <ctime>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "advisories/advisory_database.h"
#include "io/http.h"

namespace {

using namespace assay;

constexpr int runs = 5;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

using Pins = std::vector<std::pair<Name, Version>>;

Pins read_pins() {
  Pins pins;
  for (std::string line; std::getline(std::cin, line);) {
    const auto equals = line.find("==");
    if (equals == std::string::npos) continue;
    const auto version = Version::parse(line.substr(equals + 2));
    if (version) pins.emplace_back(Name::normalize(line.substr(0, equals)), *version);
  }
  return pins;
}

int tell(const Error& error) {
  std::cerr << error.message << '\n';
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const Pins pins = read_pins();
  auto store = Store::open(arguments[2]);
  if (!store) return tell(store.error());
  HttpClient http{HttpClient::Options{}};
  const SystemClock clock;
  const SourceAccess access{"", true, http, *store, clock};
  const std::vector<AdvisorySource> sources{{.name = "source", .locations = {arguments[1]}}};
  std::cout << "{\"pins\": " << pins.size();
  for (const char* name : {"first_open", "open"}) {  // the first indexes what the store does not have
    const double before = cpu_seconds();
    const auto database = AdvisoryDatabase::open(sources, std::nullopt, access);
    if (!database) return tell(database.error());
    std::cout << ", \"" << name << "\": " << cpu_seconds() - before;
  }
  const auto database = AdvisoryDatabase::open(sources, std::nullopt, access);
  if (!database) return tell(database.error());
  std::size_t found = 0;
  double fastest = 1e9;
  for (int run = 0; run < runs; ++run) {
    const double before = cpu_seconds();
    found = 0;
    for (const auto& [name, version] : pins) found += database->findings(name, version).size();
    fastest = std::min(fastest, cpu_seconds() - before);
  }
  std::cout << ", \"look_up\": " << fastest << ", \"findings\": " << found << "}\n";
  return 0;
}
