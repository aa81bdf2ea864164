#include "examine/reach/python_reach.h"

#include <gtest/gtest.h>

#include "examine/pattern_engine.h"
#include "examine/reach/capability_table.h"

namespace assay {
namespace {

// "line capability what [unit]" of each hit.
std::string told(std::string_view source, std::string_view path = "pkg/a.py") {
  const ExaminedFile file{path, source, PathRole::shipped};
  std::string text;
  for (const auto& hit : python_reach(file).hits) {
    text += std::to_string(hit.line) + " " + std::string(to_string(hit.capability)) + " " + hit.what;
    if (!hit.unit.empty()) text += " [" + hit.unit + "]";
    text += "\n";
  }
  return text;
}

TEST(PythonReach, ImportsCountInEveryForm) {
  EXPECT_EQ(told("import os, socket as s, json\n"), "1 network socket\n");
  EXPECT_EQ(told("from urllib import parse, request\n"), "1 network urllib.request\n");
  EXPECT_EQ(told("import http.client\nif x: import pickle\n"),
            "1 network http.client\n2 deserialises pickle\n");
  EXPECT_EQ(told("from subprocess import (\n    run,\n    PIPE)\n"), "1 spawns subprocess\n");
  EXPECT_EQ(told("import hashlib, zipfile, sqlite3\n"), "1 crypto hashlib\n1 archives zipfile\n1 sql sqlite3\n");
  EXPECT_EQ(told("import socketlike\nfrom . import socket\nfrom .socket import x\n"), "");
}

TEST(PythonReach, WhatOnlyATypeCheckerImportsDoesNot) {
  EXPECT_EQ(told("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import socket\n"), "");
}

TEST(PythonReach, CallsTellMoreThanTheirImport) {
  EXPECT_EQ(told("import socket\ndef serve():\n    s = socket.socket()\n    s.bind(('', 80))\n"),
            "4 listens socket.socket().bind [serve]\n");
  EXPECT_EQ(told("import socket\nclass A:\n  def __init__(self):\n    self.s = socket.socket()\n"
                 "  def go(self):\n    self.s.connect(x)\n"),
            "6 connects socket.socket().connect [A.go]\n");
  EXPECT_EQ(told("from socket import *\nx = getaddrinfo('a', 1)\n"), "2 resolves socket.getaddrinfo\n");
  EXPECT_EQ(told("from os import system as s\ns('ls')\n"), "2 spawns os.system\n");
  EXPECT_EQ(told("eval('1')\n"), "1 evaluates eval\n");
}

TEST(PythonReach, WhatOnlyLooksLikeOneDoesNotCount) {
  EXPECT_EQ(told("frame.eval(x)\nimport re\nre.compile('x')\ndef exec(x): pass\nexec(1)\neval\n"), "");
  EXPECT_EQ(told("# import socket\n'import socket'\n\"\"\"\nimport socket\neval(x)\n\"\"\"\n"), "");
  EXPECT_EQ(told("import socket\nisinstance(x, socket.socket)\n"), "1 network socket\n");
  EXPECT_EQ(told("signal.connect(x)\nserver.listen(1)\n"), "") << "nothing tells of sockets";
}

TEST(PythonReach, MethodsOfUnknownValuesCountBesideTheirModule) {
  EXPECT_EQ(told("import socket\ndef go(s):\n    s.connect(x)\n"),
            "3 connects socket: .connect [go]\n");
  EXPECT_EQ(told("import asyncio\nasync def go(loop):\n    await loop.create_server(P)\n"),
            "3 listens asyncio: .create_server [go]\n");
}

TEST(PythonReach, ClassesAndReferencesCount) {
  EXPECT_EQ(told("import socketserver\nclass S(socketserver.TCPServer): pass\n"),
            "2 listens class of socketserver.TCPServer\n");
  EXPECT_EQ(told("import subprocess, threading\nthreading.Thread(target=subprocess.run)\n"),
            "2 spawns subprocess.run\n");
}

TEST(PythonReach, ACopyDoesWhatTheOriginalDoes) {
  EXPECT_EQ(told("from pip._vendor import requests\nrequests.get(x)\n", "src/pip/_internal/a.py"),
            "2 connects requests.get\n");
  EXPECT_EQ(told("import requests\nrequests.get(x)\n", "src/requests/api.py"), "") << "itself";
}

TEST(PythonReach, ModulesByNameCountUnlessTheNameIsThere) {
  EXPECT_EQ(told("import importlib\nimportlib.import_module('json')\n__import__('os')\n"), "");
  EXPECT_EQ(told("import importlib\nimportlib.import_module(name)\n"), "2 loads-modules importlib.import_module\n");
}

TEST(PythonReach, FilesOutsideAreKnownByTheirPath) {
  EXPECT_EQ(told("open('/etc/passwd')\n"), "1 reads-outside open(/etc/passwd)\n");
  EXPECT_EQ(told("import os\nopen(os.path.join(os.path.expanduser('~'), '.ssh'), 'w')\n"),
            "2 reads-outside os.path.expanduser\n2 writes-outside open(os.path.expanduser())\n");
  EXPECT_EQ(told("import os\nbase = os.environ['HOME']\ndef f():\n    with open(base + '/x', mode='ab') as g: pass\n"),
            "4 writes-outside open(os.environ[]) [f]\n");
  EXPECT_EQ(told("from pathlib import Path\n(Path.home() / 'a').write_text('x')\n"),
            "2 reads-outside pathlib.Path.home\n2 writes-outside write_text(pathlib.Path.home())\n");
  EXPECT_EQ(told("import tempfile\ntempfile.mkdtemp()\n"), "2 writes-outside tempfile.mkdtemp\n");
  EXPECT_EQ(told("def f(p):\n    open(p); open('data.txt', 'w'); open('/dev/null', 'w')\n"), "");
}

TEST(PythonReach, VariablesCountByTheirNames) {
  EXPECT_EQ(told("import os\nos.environ['HOST']\nos.environ.get('MY_' + 'TOKEN')\n"),
            "3 environment-secrets $MY_TOKEN\n");
  EXPECT_EQ(told("from os import getenv\ngetenv('DB_PASSWORD', '')\n"), "2 environment-secrets $DB_PASSWORD\n");
}

TEST(PythonReach, TellsWhereCodeRuns) {
  EXPECT_EQ(told("class A:\n    x = eval('1')\nif __name__ == '__main__':\n    eval('2')\nf = lambda: eval('3')\n"),
            "2 evaluates eval\n4 evaluates eval [<script>]\n5 evaluates eval\n");
}

TEST(PythonReach, WhatIsNoPythonIsSaidAndTheRestRead) {
  const auto text = told("print 'x'\nimport socket\n");
  EXPECT_NE(text.find("unread"), std::string::npos) << text;
  EXPECT_NE(text.find("2 network socket"), std::string::npos) << text;
  for (const char* source : {"", "'", "\"\"\"", "import", "from", "from x", "import x.", "((((", "\\", "@", "class",
                             "class A(", "import socket as", "from x import", "eval(", "open(", "os.environ[", "@x\n"}) {
    static_cast<void>(told(source));
  }
}

// Each name of the table makes a file worth parsing.
TEST(PythonReach, TheMarksLetNothingThrough) {
  const auto engine = PatternEngine::compile({python_marks()}).value();
  const auto scratch = engine.make_scratch().value();
  for (const char* source :
       {"from os import system", "import os\nos.execvp(a)", "x = eval(y)", "eval(y)", "import code", "import os, code",
        "from urllib import request", "from urllib.request import urlopen", "import ssl", "from xml.etree import x",
        "from html import parser", "from lxml import etree", "open('/etc/x')", "p = Path.home()", "from os import environ",
        "import asyncio", "reactor.listenTCP(1)", "from concurrent.futures import ProcessPoolExecutor",
        "from pip._vendor.requests import get", "import pickle as p", "  import yaml", "from distutils.spawn import spawn"}) {
    EXPECT_FALSE(engine.scan(source, scratch).value()[0].hits.empty()) << source;
  }
  for (const char* source : {"re.compile(x)", "self.execute(x)", "x = 'compile'", "import os", "open(path)"}) {
    EXPECT_TRUE(engine.scan(source, scratch).value()[0].hits.empty()) << source;
  }
}

}  // namespace
}  // namespace assay
