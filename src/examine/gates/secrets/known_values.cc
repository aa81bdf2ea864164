#include "examine/gates/secrets/known_values.h"

#include <algorithm>
#include <array>

#include "base/digest.h"

namespace assay {

namespace {

struct KnownValue {
  std::string_view sha256;
  std::string_view why;
};

// Sorted by digest.
constexpr std::array known_values = {
    KnownValue{"0011cc25eb4320717494d2703e8cba85743e71b500283c21c8b88147992f9059",
               "it is the fixed key of Azure's storage emulator"},
    KnownValue{"02f7ce3c263f85c019eeeeea4b08f1b7f6ade2b7a2199c14f3efdac0eef382e1",
               "it is the example of Discord's documentation"},
    KnownValue{"0b5dd075ccdd03c42f4edda8e299e6838e2a75d3486a2a8d86940ed1541e9178",
               "it is the example of Telegram's documentation"},
    KnownValue{"1a5d44a2dca19669d72edf4c4f1c27c4c1ca4b4408fbb17f6ce4ad452d78ddb3",
               "it is the example of AWS's documentation"},
    KnownValue{"2cafc0970149a84f3b9e62eaf169f36f59907a3b3e31f7b82e68c69cd27f7326",
               "it is the example of Stripe's documentation"},
    KnownValue{"5c892fbb69e60a4d878947d96b65172d8c67643a23b59d3ee87a1169e3e05548",
               "it is the public key's token of assemblies that Microsoft ships"},
    KnownValue{"676e1a939d4008bb71a7291f1e751730e9befc65baf35261d58055b773983293",
               "it is the public key's token of assemblies that Microsoft ships"},
    KnownValue{"6f47031ddf7c7c4e8e811c496aa92d785b5a3753d592d069d581aab03b32e1fc",
               "it is the public key's token of assemblies that Microsoft ships"},
    KnownValue{"731fa294d036e54f19df879bfcd4fe72d967dc6327800c5f74a48414a3f258c9",
               "it is the example of Telegram's documentation"},
    KnownValue{"78314b11be2e581549ac1c4f616563fad3fdf0c3b71678f6e2299182080e0598",
               "it is the example of AWS's documentation"},
    KnownValue{"7f75367e7881255134e1375e723d1dea8ad5f6a4fdb79d938df1f1754a830606",
               "it is the example of jwt.io"},
    KnownValue{"8b1b17a9740c068accab5c3d0d652c8e3cc13206e70bb73b42ea41d4c2de3c12",
               "it is the example of RFC 7515"},
    KnownValue{"aa6547439583c3a275d4542a0df6c1ad6a863971be9f2a2220f027cc02aef615",
               "it is the fixed key of the Cosmos DB emulator"},
    KnownValue{"b1471f544ceeea31333bde7e1ecbaad6eac0d4a749412ad29bd66ef895b81c6b",
               "it is the example of Stripe's documentation"},
    KnownValue{"c43a55c2e9149336d77b4a3064b4c2a25902e127a9fb3e837e26172bdf7e5c0b",
               "it is the public key's token of assemblies that Microsoft ships"},
    KnownValue{"c6ea27c534f993d31f0aef882e3d200e7b87470c379ae79c8f9b19d3bd363dc9",
               "it is the example of AWS's documentation"},
    KnownValue{"cb20d34a7adda2f5d2043836051e242fd4c2b233e02c80c91fe9d5af9b100574",
               "it is the example of AWS's documentation"},
    KnownValue{"da816f9f2c16e6c5390e7636cadc40c43551bf0bbcf8f36c65539e6633a9c5e8",
               "it is the example of jwt.io"},
    KnownValue{"e21b597ba6b9cafa59d9ebc4d65c0385f5eb3fa56abab2607fa76589ad849a33",
               "it is the example of AWS's documentation"},
    KnownValue{"e8a0614b6747a06ff9a2728dd2250bf13068310cd2550ebc3cecd4d287a4e259",
               "it is the example of AWS's documentation"},
    KnownValue{"f2d6ca16515033e5dce14eba840b979d27b5cbae24bb3e5bf484339667f86397",
               "it is the example of Stripe's documentation"},
};

}  // namespace

std::string_view known_value(std::string_view value) {
  if (value.starts_with("phc_")) return "it is a PostHog project's key, which each page that sends with it shows";
  const std::string digest = sha256(value).hex();
  const auto found = std::ranges::lower_bound(known_values, std::string_view(digest), {}, &KnownValue::sha256);
  return found != known_values.end() && found->sha256 == digest ? found->why : "";
}

}  // namespace assay
