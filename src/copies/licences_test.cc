#include "copies/licences.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

TEST(Licences, AreComparedByWhatTheyAreNotByTheirSpelling) {
  EXPECT_EQ(compare_licences("MIT License", "MIT"),
            "its licence is MIT License, this package's MIT, the same; its notice must stay with "
            "the copy");
  EXPECT_EQ(
      compare_licences("BSD License", "Apache-2.0"),
      "its licence is BSD License, this package's Apache-2.0; its notice must stay with the copy");
}

TEST(Licences, CopyleftIsToldApart) {
  for (const auto* licence :
       {"GPL-3.0-or-later", "GNU General Public License v2 (GPLv2)", "AGPL-3.0-only",
        "GNU Lesser General Public License v3 (LGPLv3)", "MPL-2.0"}) {
    EXPECT_TRUE(
        compare_licences(licence, "MIT").ends_with("a person has to see whether it allows this"))
        << licence;
  }
  EXPECT_TRUE(compare_licences("GPL-3.0-only", "GPLv3+").contains("both are copyleft"));
  EXPECT_TRUE(compare_licences("LGPL-3.0-only", "GPLv3+").contains("whether it allows this"));
}

TEST(Licences, WhatIsNotStatedOrKnownIsSaid) {
  EXPECT_TRUE(compare_licences("", "MIT").starts_with("its licence is not stated"));
  EXPECT_TRUE(compare_licences("MIT", "").contains("this package's is not stated"));
  EXPECT_TRUE(compare_licences("My own terms", "MIT").ends_with("a person has to compare them"));
}

}  // namespace
}  // namespace assay
