#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "examine/gates/behaviour/flow.h"

// Texts of a program that tell where it looks and whom it asks. Paths are compared with "/" for "\\".
namespace assay::behaviour {

bool names_credentials(std::string_view text);  // "~/.aws/credentials", "id_rsa"
bool names_store(std::string_view text);        // "…/User Data/Default/Login Data"
bool names_drop(std::string_view text);         // "https://discord.com/api/webhooks/"
bool names_persistence(std::string_view text);  // "crontab -", "CurrentVersion\\Run"
bool names_analysis(std::string_view text);     // "vboxservice", "wireshark"
// "http://" or "https://" and a public address by number, with or without user and port.
bool names_raw_address(std::string_view text);
// A public IPv4 address and nothing else.
bool is_public_address(std::string_view text);
// The texts that stand in an expression, or that the names in it are bound to. At most 64.
std::vector<std::string> texts_in(const python::Module& module, python::NodeId expression);

}  // namespace assay::behaviour
