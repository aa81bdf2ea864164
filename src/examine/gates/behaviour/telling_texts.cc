#include "examine/gates/behaviour/telling_texts.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "base/word_finder.h"

namespace assay::behaviour {

namespace {

using python::no_node;
using python::NodeId;
using python::NodeKind;

// Where developers and their machines keep what opens other doors. Each stands for a place, so that the
// word alone ("netrc support") is none.
constexpr auto credential_places = std::to_array<std::string_view>(
    {".ssh/", ".aws/credentials", ".aws/config", "/.netrc", "/_netrc", "/.pypirc", ".git-credentials",
     ".docker/config.json", ".kube/config", "/.npmrc", ".config/gcloud", "application_default_credentials.json",
     ".azure/accessTokens", ".azure/msal_token_cache", "/.bash_history", "/.zsh_history", "/etc/shadow",
     "/etc/passwd", "/etc/sudoers", ".gnupg/", ".vault-token", ".config/gh/hosts", ".terraform.d/",
     ".config/solana/id.json", "/.pgpass", "/.my.cnf", ".cargo/credentials", "/proc/self/environ"});
constexpr auto credential_names = std::to_array<std::string_view>(
    {"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pypirc", ".git-credentials", ".npmrc",
     ".bash_history", ".zsh_history", ".ssh", ".aws", "known_hosts"});

// Browsers', messengers' and wallets' own files: nobody else has a reason to read them.
constexpr auto stores = std::to_array<std::string_view>(
    {"/Login Data", "/Web Data", "User Data/Default", "Chrome/User Data", "Google/Chrome/", "BraveSoftware/",
     "Microsoft/Edge/User Data", "Opera Software/", "Yandex/YandexBrowser", "Local Storage/leveldb",
     "Local Extension Settings", "discordcanary", "discordptb", "wallet.dat", "exodus.wallet", "Exodus/",
     "atomic/Local Storage", "Electrum/wallets", "Ethereum/keystore", ".ethereum/keystore", "Zcash", "Armory",
     "bytecoin", "Coinomi", "Telegram Desktop/tdata", "nkbihfbeogaeaoehlefnkodbefgpgknn",
     "ibnejdfjmmkpcnlpebklmnkoeoihofec", "bfnaelmomeimhlpmgjnjophhpkkoljpa", "key4.db", "logins.json",
     "cookies.sqlite", ".mozilla/firefox", "Mozilla/Firefox/Profiles", "/Local State", "Keychains/login.keychain",
     "loginusers.vdf", "config/loginusers", "Steam/ssfn", "Network/Cookies", "Riot Client/Data"});
constexpr auto store_names = std::to_array<std::string_view>(
    {"Login Data", "Web Data", "Local State", "key4.db", "logins.json", "cookies.sqlite", "wallet.dat"});

// Hosts that take or hand out what nobody answers for.
constexpr auto drops = std::to_array<std::string_view>(
    {"discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "api.telegram.org/bot",
     "hooks.slack.com/services/", "pastebin.com/raw", "pastebin.com/api", "paste.ee/", "hastebin.com/",
     "rentry.co/", "rentry.org/", "transfer.sh", "://file.io", "anonfiles.com", "gofile.io", "ngrok.io",
     "ngrok-free.app", "ngrok.app", "trycloudflare.com", "://loca.lt", ".loca.lt", "serveo.net",
     "localhost.run", "webhook.site", "requestbin.", "pipedream.net", "burpcollaborator.net", "oastify.com",
     "interact.sh", "oast.fun", "oast.pro", "oast.live", "oast.site", "oast.online", "oast.me", "dnslog.cn",
     "ceye.io", "canarytokens.com", "bore.pub", "://0x0.st", "grabify.link", "iplogger.", "cdn.discordapp.com/attachments",
     "media.discordapp.net/attachments", "catbox.moe", "beeceptor.com", "dweb.link/ipfs", "termbin.com",
     "webhook.cool"});

constexpr auto persistence = std::to_array<std::string_view>(
    {"crontab -", "/etc/cron", "/var/spool/cron", "CurrentVersion/Run", "Library/LaunchAgents",
     "Library/LaunchDaemons", "/etc/systemd/system", ".config/systemd/user", "Start Menu/Programs/Startup",
     "Programs/Startup", ".config/autostart", "schtasks /create", "schtasks.exe /create", "/etc/rc.local",
     "/etc/ld.so.preload", "launchctl load", "systemctl enable", "/etc/init.d/", ".bashrc", ".zshrc",
     ".bash_profile", "/.profile", "sitecustomize.py", "usercustomize.py", ".ssh/authorized_keys"});

constexpr auto analysis = std::to_array<std::string_view>(
    {"vboxservice", "vboxtray", "vmtoolsd", "vmwaretray", "vmwareuser", "vgauthservice", "vmacthlp", "vmsrvc",
     "qemu-ga", "xenservice", "prl_tools", "prl_cc", "joeboxcontrol", "joeboxserver", "sandboxie", "sbiedll",
     "wireshark", "fiddler", "httpdebugger", "ollydbg", "x64dbg", "x32dbg", "ida64", "idaq", "processhacker",
     "procmon", "cuckoo", "vboxsf", "vboxguest", "vmmouse.sys", "vmhgfs.sys"});

std::string slashed(std::string_view text) {
  std::string plain = replace_all(std::string(text), "\\\\", "/");
  std::ranges::replace(plain, '\\', '/');
  return plain;
}

std::string_view without_quotes(std::string_view text) {
  const auto begin = text.find_first_of("\"'");
  if (begin != std::string_view::npos && begin <= 2) text.remove_prefix(begin);
  while (!text.empty() && (text.front() == '"' || text.front() == '\'')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '"' || text.back() == '\'')) text.remove_suffix(1);
  return text;
}

// A sentence is about such a place; a path is one.
bool is_sentence(std::string_view text) {
  std::size_t spaces = 0;
  for (const char c : text) spaces += c == ' ' ? 1 : 0;
  return spaces > 6 || text.contains('\n');
}

std::optional<std::array<unsigned, 4>> address(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::array<unsigned, 4> numbers{};
  for (std::size_t i = 0; i < 4; ++i) {
    if (parts[i].empty() || parts[i].size() > 3) return std::nullopt;
    for (const char c : parts[i]) {
      if (c < '0' || c > '9') return std::nullopt;
      numbers[i] = numbers[i] * 10 + static_cast<unsigned>(c - '0');
    }
    if (numbers[i] > 255) return std::nullopt;
  }
  return numbers;
}

}  // namespace

bool names_persistence(std::string_view text) {
  static const WordFinder finder({persistence});
  return finder.found_in(slashed(text)) != 0;
}

bool names_analysis(std::string_view text) {
  static const WordFinder finder({analysis});
  return finder.found_in(lower(text)) != 0;
}

bool is_public_address(std::string_view text) {
  const auto found = address(text);
  if (!found) return false;
  const auto& [a, b, c, d] = *found;
  // RFC 6890, 5737, 1918, 6598, 3927; and what is no host (0/8, 224/3), and public resolvers, which
  // everybody asks to learn whether there is a network at all.
  if (a == 0 || a == 10 || a == 127 || a >= 224) return false;
  if (a == 100 && b >= 64 && b < 128) return false;
  if (a == 169 && b == 254) return false;
  if (a == 172 && b >= 16 && b < 32) return false;
  if (a == 192 && (b == 168 || (b == 0 && (c == 0 || c == 2)))) return false;
  if (a == 198 && (b == 18 || b == 19 || (b == 51 && c == 100))) return false;
  if (a == 203 && b == 0 && c == 113) return false;
  if ((a == 8 && b == 8) || (a == 1 && (b == 1 || b == 0)) || (a == 9 && b == 9)) return false;
  if (b == 0 && c == 0) return false;  // a version: 1.0.0.1
  return true;
}

bool names_raw_address(std::string_view text) {
  for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const bool web = text.substr(0, at).ends_with("http") || text.substr(0, at).ends_with("https");
    auto host = text.substr(at + 3);
    host = host.substr(0, host.find_first_of("/?#\"' "));
    host = host.substr(host.rfind('@') + 1);
    host = host.substr(0, host.find(':'));
    if (web && is_public_address(host)) return true;
  }
  return false;
}

Origins origins_of_text(std::string_view source) {
  constexpr WordFinder::Groups of_credentials = 1;
  constexpr WordFinder::Groups of_stores = 2;
  constexpr WordFinder::Groups of_drops = 4;
  static const WordFinder finder({credential_places, stores, drops});
  const auto text = without_quotes(source);
  auto found = finder.found_in(text);
  Origins bits = names_raw_address(text) ? Origin::raw_address : 0;
  if ((found & of_drops) != 0) bits |= Origin::drop;
  std::string plain;
  auto path = text;
  if (text.contains('\\')) {
    plain = slashed(text);
    path = plain;
    found |= finder.found_in(path);
  }
  if (is_any_of(path.substr(path.rfind('/') + 1), credential_names)) found |= of_credentials;
  if (is_any_of(path, store_names)) found |= of_stores;
  if ((found & (of_credentials | of_stores)) == 0 || is_sentence(text)) return bits;
  if ((found & of_credentials) != 0) bits |= Origin::credentials;
  if ((found & of_stores) != 0) bits |= Origin::stores;
  return bits;
}

std::vector<std::string> texts_in(const python::Module& module, NodeId expression) {
  constexpr std::size_t most = 64;
  const auto& syntax = module.syntax();
  std::vector<std::string> texts;
  std::vector<std::pair<NodeId, int>> waiting{{expression, 0}};
  for (std::size_t seen = 0; !waiting.empty() && texts.size() < most && seen < 2000; ++seen) {
    const auto [id, depth] = waiting.back();
    waiting.pop_back();
    if (id == no_node) continue;
    const auto kind = syntax.kind(id);
    if (kind == NodeKind::string || kind == NodeKind::string_part) {
      if (syntax[id].end - syntax[id].begin <= 4096) texts.push_back(python::literal_value(syntax, id));
      continue;
    }
    if ((kind == NodeKind::name || kind == NodeKind::attribute) && depth < 4) {
      if (const NodeId value = module.value_of(id)) {
        waiting.push_back({value, depth + 1});
        continue;
      }
    }
    for (const NodeId child : syntax.children(id)) waiting.push_back({child, depth});
  }
  return texts;
}

}  // namespace assay::behaviour
