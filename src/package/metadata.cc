#include "package/metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"

namespace assay {

namespace {

constexpr std::size_t longest_text = 16U << 20U;        // with the description
constexpr std::size_t longest_constraint = 64U << 10U;  // a name, version, specifier or requirement
constexpr std::size_t most_fields = 50'000;

struct Field {
  std::string name;  // lower case
  std::string value;
};

std::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorKind::invalid_input, fmt::format("metadata: {}", what));
}

// Takes the next line off `text`. Installers read it with Python's e-mail parser, to which a lone
// carriage return ends a line too; to see less fields than they do would drop a constraint.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find_first_of("\r\n");
  const auto line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
  } else {
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  return line;
}

bool is_field_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

// Old distutils folded a licence's lines with eight spaces, newer tools with "        |".
std::string_view unfolded(std::string_view line) {
  line = trim(line);
  if (line.starts_with('|')) line.remove_prefix(1);
  return line;
}

// The fields above the first empty line. A line that is neither a field nor a continuation makes
// the whole block unreadable: what follows it might be a requirement.
Result<std::vector<Field>> parse_fields(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<Field> fields;
  while (!text.empty()) {
    const auto line = take_line(text);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (fields.empty()) return invalid("it begins with a continuation line");
      fields.back().value += '\n';
      fields.back().value += unfolded(line);
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_field_name(line.substr(0, colon))) {
      return invalid(fmt::format("not a field: \"{}\"", printable(line.substr(0, 80))));
    }
    if (fields.size() == most_fields) return invalid("too many fields");
    fields.push_back({lower(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  }
  return fields;
}

// Free text from old packages comes in any encoding; what leaves here is UTF-8.
std::string readable(std::string_view text) {
  return is_utf8(text) ? std::string(text) : printable(text);
}

std::string one_line(std::string_view text) {
  return readable(trim(replace_all(std::string(text), "\n", " ")));
}

// Fields by name, and the rules of what may be there how often.
class Fields {
 public:
  static Result<Fields> parse(std::string_view text) {
    Fields fields;
    ASSAY_TRY(fields.fields_, parse_fields(text));
    return fields;
  }

  // The first value; a second one is refused where two readers could take different ones.
  Result<std::string> constraint(std::string_view name) const {
    std::string found;
    bool seen = false;
    for (const auto& field : fields_) {
      if (field.name != name) continue;
      if (seen) return invalid(fmt::format("{} is there more than once", name));
      ASSAY_TRY(found, constraint_text(field));
      seen = true;
    }
    return found;
  }

  Result<std::vector<std::string>> constraints(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& field : fields_) {
      if (field.name != name) continue;
      ASSAY_TRY(found.emplace_back(), constraint_text(field));
    }
    return found;
  }

  std::string text(std::string_view name) const {
    const auto found = std::ranges::find(fields_, name, &Field::name);
    return found == fields_.end() ? std::string() : readable(trim(found->value));
  }

  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& field : fields_) {
      if (field.name == name) found.push_back(one_line(field.value));
    }
    return found;
  }

 private:
  static Result<std::string> constraint_text(const Field& field) {
    if (field.value.size() > longest_constraint) {
      return invalid(fmt::format("{} is too long", field.name));
    }
    return one_line(field.value);
  }

  std::vector<Field> fields_;
};

// "N.M". A minor version that is not known yet is read as the newest known one; a major one can't
// be (core metadata specification, Metadata-Version).
Result<std::string> checked_version(std::string text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() < 4 &&
           std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (text.empty()) return text;
  const auto parts = split(text, '.');
  if (parts.size() != 2 || !std::ranges::all_of(parts, digits)) {
    return invalid(fmt::format("Metadata-Version is \"{}\"", printable(text.substr(0, 40))));
  }
  if (parts[0] != "1" && parts[0] != "2") {
    return invalid(fmt::format("Metadata-Version {} is not known", text));
  }
  return text;
}

Result<> read_constraints(const Fields& fields, Metadata& metadata) {
  ASSAY_TRY(auto version_text, fields.constraint("metadata-version"));
  ASSAY_TRY(metadata.metadata_version, checked_version(std::move(version_text)));

  ASSAY_TRY(metadata.written_name, fields.constraint("name"));
  if (metadata.written_name.empty()) return invalid("Name is missing");
  ASSAY_TRY(metadata.name, context(Name::parse(metadata.written_name), "metadata: Name"));

  ASSAY_TRY(const auto version, fields.constraint("version"));
  if (version.empty()) return invalid("Version is missing");
  ASSAY_TRY(metadata.version, context(Version::parse(version), "metadata: Version"));

  ASSAY_TRY(const auto python, fields.constraint("requires-python"));
  ASSAY_TRY(metadata.requires_python,
            context(SpecifierSet::parse(python), "metadata: Requires-Python"));

  ASSAY_TRY(const auto requirements, fields.constraints("requires-dist"));
  for (const auto& text : requirements) {
    ASSAY_TRY(metadata.requires_dist.emplace_back(),
              context(Requirement::parse(text), "metadata: Requires-Dist"));
  }
  return {};
}

}  // namespace

Result<Metadata> Metadata::parse(std::string_view text) {
  if (text.size() > longest_text) return invalid("it is too long");
  ASSAY_TRY(const auto fields, Fields::parse(text));
  Metadata metadata;
  ASSAY_CHECK(read_constraints(fields, metadata));
  metadata.summary = one_line(fields.text("summary"));
  metadata.license_expression = one_line(fields.text("license-expression"));
  metadata.license = fields.text("license");
  metadata.license_files = fields.texts("license-file");
  metadata.classifiers = fields.texts("classifier");
  std::set<std::string> extras;
  for (const auto& extra : fields.texts("provides-extra")) {
    const auto name = Name::normalize(extra).str();  // PEP 685
    if (extras.insert(name).second) metadata.provides_extra.push_back(name);
  }
  for (const auto& field : fields.texts("dynamic")) metadata.dynamic.push_back(lower(field));
  return metadata;
}

}  // namespace assay
