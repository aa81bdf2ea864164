"""CPython's tokens in the form that python_syntax_dump prints: a line each, "class begin end", where
the places are bytes from the start of the file; f-strings are one string."""

import ast
import io
import token
import tokenize

CLASSES = {token.NAME: "name", token.NUMBER: "number", token.STRING: "string", token.OP: "op"}
PLACELESS = {token.NEWLINE: "newline", token.INDENT: "indent", token.DEDENT: "dedent"}
FSTRING_START = getattr(token, "FSTRING_START", -1)
FSTRING_END = getattr(token, "FSTRING_END", -1)


def raw_lines(source, at):
    """Where the lines of a source begin."""
    begins, end = [at], len(source)
    while at < end:
        byte = source[at]
        at += 1
        if byte == 13 and source[at:at + 1] == b"\n":
            at += 1
        if byte in (10, 13):
            begins.append(at)
    begins.append(end)
    return begins


def quick_lines(source, at):
    begins = [at]
    if b"\r" in source:
        return raw_lines(source, at)
    while (at := source.find(b"\n", at) + 1) > 0:
        begins.append(at)
    begins.append(len(source))
    return begins


def token_form(source):
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    encoding = encoding.replace("-sig", "")
    text = source[3:] if source.startswith(b"\xef\xbb\xbf") else source
    text = text.decode(encoding)
    compile(source, "file", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)  # tokenize alone is lenient
    begins = quick_lines(source, 3 if source.startswith(b"\xef\xbb\xbf") else 0)
    normal = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = None if text.isascii() else normal.split("\n")

    def place(at):
        line, column = at
        if lines is None:
            return begins[line - 1] + column
        return begins[line - 1] + len(lines[line - 1][:column].encode(encoding))

    form, depth, begin = [], 0, None
    for kind, _, start, end, _ in tokenize.generate_tokens(io.StringIO(normal).readline):
        if kind == FSTRING_START:
            depth += 1
            if depth == 1:
                begin = start
            continue
        if kind == FSTRING_END:
            depth -= 1
            if depth == 0:
                form.append(f"string {place(begin)} {place(end)}")
            continue
        if depth:
            continue
        if kind in CLASSES:
            form.append(f"{CLASSES[kind]} {place(start)} {place(end)}")
        elif kind in PLACELESS:
            form.append(PLACELESS[kind])
    return "\n".join(form) + "\n" if form else "", len(form)
