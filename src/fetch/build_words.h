#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text_hash.h"

namespace assay {

using Words = TextSet;

// Files that a build file takes from a folder without naming each: file(GLOB "src/*.c"), rglob("*").
struct BuildPattern {
  std::string name;                 // of a file or a folder, as fnmatch has it
  std::vector<std::string> within;  // folders, "a/b", that one of must be on the way; none: any will do
  std::string folder;               // it is looked for below; "" is the top
};

// What a build file's text says of the files of its project, as far as its words tell. Nothing is run,
// and comments count: what is told too much only lets a file ship.
struct BuildWords {
  Words names;    // of files, with and without their endings, and all that could be one
  Words folders;  // whose own build files may take part; without those that only headers come from
  std::vector<BuildPattern> patterns;
  bool makes = false;  // it starts make
};

// `folders` are the names of all folders of the project.
BuildWords read_build_words(std::string_view path, std::string_view text, const Words& folders);

bool reaches(const BuildPattern& pattern, std::string_view path);

// Of a name: C, C++, Objective-C, CUDA, Fortran, assembler, Cython, and their headers.
bool is_native_source(std::string_view name);

}  // namespace assay
