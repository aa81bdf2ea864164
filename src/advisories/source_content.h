#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "advisories/source_index.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "io/http.h"
#include "store/store.h"

namespace assay {

// A source's files, found and named by their digest, not read yet.
struct SourceContent {
  Digest digest;
  bool one_file = false;         // the digest is that of a file's bytes
  std::optional<Time> fetched;   // when it was last fetched or found unchanged; nothing for a path
  SourceFiles read;
  // Why it is the copy that was kept and not what was asked for: there was no answer. Else "".
  std::string kept_because = "";
  // Of what was just fetched: makes it the copy that the store keeps. Empty where nothing new was. To be
  // called once what it says was found to be good; before, the earlier copy stays.
  std::function<Result<>()> keep = {};
};

struct SourceAccess {
  std::filesystem::path set_folder;  // what relative paths begin at
  bool offline = false;
  HttpClient& http;
  Store& store;
  const Clock& clock;
};

// An https URL's file is fetched, or found unchanged; offline the kept copy serves, and also where
// there is no answer, which is then said. Plain http is taken from this
// machine only: on the way anyone could make a package look clean. A path is a file or a folder. A
// file may be an archive, or packed by itself (.gz).
Result<SourceContent> find_file(const std::string& location, const SourceAccess& access);

// The copy of it that the store has, nothing if there is none or its content is gone.
Result<std::optional<CachedPage>> kept_file(const std::string& url, const SourceAccess& access);

// Asks for what is new. The page is not yet the one that is kept, unless it is as it was. network where
// there is no answer, or none that is good.
Result<CachedPage> fetch_file(const std::string& url, const SourceAccess& access);
// Makes a page the one that is kept, at once or not at all.
Result<> keep_page(const std::string& url, const CachedPage& page, const SourceAccess& access);

// The content of a file that the store has; `name` as a path or URL names it.
Result<SourceContent> content_of_blob(const Digest& blob, std::string_view name, const Store& store);

}  // namespace assay
