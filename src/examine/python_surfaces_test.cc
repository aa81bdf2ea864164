#include "examine/python_surfaces.h"

#include <gtest/gtest.h>

namespace assay {
namespace {

std::string told(std::string_view source) {
  std::string text;
  for (const auto& hit : python_surfaces(source)) {
    text += std::to_string(hit.line) + " " + std::string(to_string(hit.kind)) + " " + hit.what + "\n";
  }
  return text;
}

TEST(PythonSurfaces, ImportsCountInEveryForm) {
  EXPECT_EQ(told("import os, socket as s, json\n"), "1 network socket\n");
  EXPECT_EQ(told("from urllib import parse, request\n"), "1 network urllib.request\n");
  EXPECT_EQ(told("from urllib.request import urlopen\n"), "1 network urllib.request\n");
  EXPECT_EQ(told("import http.client\nif x: import pickle\n"),
            "1 network http.client\n2 deserialisation pickle\n");
  EXPECT_EQ(told("from subprocess import (\n    run,\n    PIPE)\n"), "1 subprocess subprocess\n");
  EXPECT_EQ(told("import socketlike\nfrom . import socket\nfrom .socket import x\n"), "");
}

TEST(PythonSurfaces, CallsCountByTheirWholeName) {
  EXPECT_EQ(told("eval('1')\n"), "1 dynamic-code eval()\n");
  EXPECT_EQ(told("x = os.system('ls')\n"), "1 subprocess os.system()\n");
  EXPECT_EQ(told("importlib.import_module(name)\n"), "1 dynamic-code importlib.import_module()\n");
  EXPECT_EQ(told("frame.eval(x)\nre.compile('x')\ndef exec(x): pass\nevaluate(x)\neval\n"), "");
}

TEST(PythonSurfaces, StringsAndCommentsDoNot) {
  EXPECT_EQ(told("# import socket\n'import socket'\n\"\"\"\nimport socket\neval(x)\n\"\"\"\n"), "");
  EXPECT_EQ(told("r'\\'; eval(1)'\nf\"{eval}\"\nb'''\neval(1)'''\nimport pickle\n"),
            "5 deserialisation pickle\n");
}

TEST(PythonSurfaces, LinesAreRightBehindLongStringsAndContinuations) {
  EXPECT_EQ(told("'''\n\n'''\nx = \\\n  eval(y)\n"), "5 dynamic-code eval()\n");
}

TEST(PythonSurfaces, WhatIsNoPythonEnds) {
  for (const char* source : {"", "'", "\"\"\"", "import", "from", "from x", "import x.", "((((", "\\",
                             "'\\", "import socket as", "from x import", "eval("}) {
    static_cast<void>(python_surfaces(source));
  }
  EXPECT_EQ(told("'never ends\nimport socket\n"), "2 network socket\n");
}

}  // namespace
}  // namespace assay
