#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "examine/gates/behaviour/flow.h"

// Texts of a program that tell where it looks and whom it asks. Paths are compared with "/" for "\\".
namespace assay::behaviour {

bool names_persistence(std::string_view text);  // "crontab -", "CurrentVersion\\Run"
bool names_analysis(std::string_view text);     // "vboxservice", "wireshark"
// "http://" or "https://" and a public address by number, with or without user and port.
bool names_raw_address(std::string_view text);
// A public IPv4 address and nothing else.
bool is_public_address(std::string_view text);
// What a text in the source, with its quotes, names: credentials ("~/.aws/credentials", "id_rsa"), stores
// ("…/User Data/Default/Login Data"), drop ("https://discord.com/api/webhooks/"), raw_address.
Origins origins_of_text(std::string_view source);
// The texts that stand in an expression, or that the names in it are bound to. At most 64.
std::vector<std::string> texts_in(const python::Module& module, python::NodeId expression);

}  // namespace assay::behaviour
