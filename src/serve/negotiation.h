#pragma once
#include <string_view>

namespace assay {

// What a page of the simple API can be sent as (PEP 691).
enum class PageFormat { json, simple_html, html };

std::string_view media_type(PageFormat format);

// The client's choice by its Accept header (RFC 9110, section 12.5.1), quality values included.
// "latest" is version 1. Without a preference, or with none that can be met, it is HTML.
PageFormat choose_format(std::string_view accept);

// Does an If-None-Match header (RFC 9110, section 13.1.2) name this entity tag? Weak or strong.
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace assay
