"""CPython's abstract syntax in the form that python_syntax_dump prints: in source order a line a node,
"kind children", then what CPython tells of it: where it stands (bytes from the start of the file),
operators, forms, flags, names. Strings side by side are one, as in CPython."""

import ast
import io
import sys
import tokenize

from python_token_form import quick_lines

OPERATORS = {
    name: number for number, name in enumerate(
        "none Add Sub Mult MatMult Div FloorDiv Mod Pow LShift RShift BitAnd BitOr BitXor Invert USub UAdd "
        "Not And Or Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn".split())}
CONSTANTS = {None: 0, True: 1, False: 2, ...: 3}
PLAIN = {"Pass": "pass", "Break": "break_", "Continue": "continue_", "Name": "name"}
# Nodes whose parts are their children in order, all of them nodes or lists of nodes.
ORDERLY = {
    "Return": ("return_", "value"), "Delete": ("delete_", "targets"), "Assign": ("assign", "targets", "value"),
    "AugAssign": ("aug_assign", "target", "value"), "AnnAssign": ("ann_assign", "target", "annotation", "value"),
    "Assert": ("assert_", "test", "msg"), "Expr": ("expression", "value"),
    "BoolOp": ("bool_op", "values"), "NamedExpr": ("named_expr", "target", "value"),
    "BinOp": ("bin_op", "left", "right"), "UnaryOp": ("unary_op", "operand"),
    "IfExp": ("if_exp", "body", "test", "orelse"), "Set": ("set", "elts"), "List": ("list", "elts"),
    "Tuple": ("tuple", "elts"), "ListComp": ("list_comp", "elt", "generators"),
    "SetComp": ("set_comp", "elt", "generators"), "GeneratorExp": ("generator", "elt", "generators"),
    "Await": ("await", "value"), "Yield": ("yield", "value"), "YieldFrom": ("yield_from", "value"),
    "Starred": ("starred", "value"), "Subscript": ("subscript", "value", "slice"),
    "MatchValue": ("match_value", "value"), "MatchSequence": ("match_sequence", "patterns"),
    "MatchOr": ("match_or", "patterns"),
}


class Form:
    def __init__(self, source):
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        marked = source.startswith(b"\xef\xbb\xbf")
        self.begins = quick_lines(source, 3 if marked else 0)
        self.encoding = None
        if encoding.replace("-sig", "") != "utf-8" and not source.isascii():
            self.encoding = encoding
            self.lines = source.decode(encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.out = []
        self.without_places = 0

    def place(self, line, column):
        if self.encoding:
            start = self.lines[line - 1].encode()[:column].decode()
            column = len(start.encode(self.encoding))
        return self.begins[line - 1] + column

    def begin(self, node):
        return self.place(node.lineno, node.col_offset)

    def end(self, node):
        return self.place(node.end_lineno, node.end_col_offset)

    def emit(self, kind, count, node=None, more=""):
        where = f" {self.begin(node)} {self.end(node)}" if node is not None and not self.without_places else ""
        self.out.append(f"{kind} {count}{where}{more}")

    def name(self, text, kind="identifier"):
        self.out.append(f"{kind} 0 {text}")

    def each(self, nodes):
        for node in nodes:
            self.visit(node)

    def wrapped(self, kind, node):
        self.emit(kind, 1)
        self.visit(node)

    def body(self, kind, statements):
        self.emit(kind, len(statements))
        self.each(statements)

    def visit(self, node):
        kind = type(node).__name__
        if kind in PLAIN:
            self.emit(PLAIN[kind], 0, node)
        elif kind in ORDERLY:
            kind, *fields = ORDERLY[kind]
            children = []
            for field in fields:
                value = getattr(node, field)
                children += value if isinstance(value, list) else [value] if value is not None else []
            op = getattr(node, "op", None)
            self.emit(kind, len(children), node, f" {OPERATORS[type(op).__name__]}" if op else "")
            self.each(children)
        else:
            getattr(self, "visit_" + kind)(node)

    def visit_Module(self, node):
        self.body("module", node.body)

    # Definitions.

    def visit_FunctionDef(self, node, is_async=""):
        parameters = getattr(node, "type_params", [])
        self.out.append(f"function_def {len(node.decorator_list) + 3 + bool(parameters) + bool(node.returns)}"
                        f" {self.end(node)}{is_async}")
        for decorator in node.decorator_list:
            self.wrapped("decorator", decorator)
        self.name(node.name)
        self.type_parameters(parameters)
        self.parameters(node.args)
        if node.returns:
            self.wrapped("returns", node.returns)
        self.body("suite", node.body)

    def visit_AsyncFunctionDef(self, node):
        self.visit_FunctionDef(node, " async")

    def visit_ClassDef(self, node):
        parameters = getattr(node, "type_params", [])
        given = node.bases + node.keywords
        self.out.append(f"class_def {len(node.decorator_list) + 2 + bool(parameters) + bool(given)}"
                        f" {self.end(node)}")
        for decorator in node.decorator_list:
            self.wrapped("decorator", decorator)
        self.name(node.name)
        self.type_parameters(parameters)
        if given:
            self.arguments(given)
        self.body("suite", node.body)

    def type_parameters(self, parameters):
        if not parameters:
            return
        self.emit("type_parameters", len(parameters))
        for node in parameters:
            bound = getattr(node, "bound", None)
            default = getattr(node, "default_value", None)
            stars = {"TypeVar": 0, "TypeVarTuple": 1, "ParamSpec": 2}[type(node).__name__]
            self.emit("type_parameter", 1 + bool(bound) + bool(default), node, f" {stars}")
            self.name(node.name)
            if bound:
                self.wrapped("annotation", bound)
            if default:
                self.wrapped("default_", default)

    def parameters(self, args):
        ordinary = [(arg, 0) for arg in args.posonlyargs] + [(arg, 1) for arg in args.args]
        defaults = [None] * (len(ordinary) - len(args.defaults)) + args.defaults
        every = [(arg, kind, default) for (arg, kind), default in zip(ordinary, defaults)]
        if args.vararg:
            every.append((args.vararg, 2, None))
        every += [(arg, 3, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults)]
        if args.kwarg:
            every.append((args.kwarg, 4, None))
        self.emit("parameters", len(every))
        for arg, kind, default in every:
            self.emit("parameter", 1 + bool(arg.annotation) + bool(default), None, f" {kind}")
            self.name(arg.arg)
            if arg.annotation:
                self.wrapped("annotation", arg.annotation)
            if default:
                self.wrapped("default_", default)

    def visit_Lambda(self, node):
        self.emit("lambda", 2, node)
        self.parameters(node.args)
        self.visit(node.body)

    def visit_TypeAlias(self, node):
        self.emit("type_alias", 2 + bool(node.type_params), node)
        self.name(node.name.id)
        self.type_parameters(node.type_params)
        self.visit(node.value)

    # Statements.

    def visit_For(self, node, is_async=""):
        self.emit("for_", 3 + bool(node.orelse), node, is_async)
        self.visit(node.target)
        self.visit(node.iter)
        self.body("suite", node.body)
        self.otherwise(node)

    def visit_AsyncFor(self, node):
        self.visit_For(node, " async")

    def otherwise(self, node):
        if node.orelse:
            self.body("else_", node.orelse)

    def visit_While(self, node, kind="while_"):
        self.emit(kind, 2 + bool(node.orelse), node)
        self.visit(node.test)
        self.body("suite", node.body)
        self.otherwise(node)

    def visit_If(self, node):
        self.visit_While(node, "if_")

    def visit_With(self, node, is_async=""):
        self.emit("with", len(node.items) + 1, node, is_async)
        for item in node.items:
            self.emit("with_item", 1 + bool(item.optional_vars))
            self.visit(item.context_expr)
            if item.optional_vars:
                self.visit(item.optional_vars)
        self.body("suite", node.body)

    def visit_AsyncWith(self, node):
        self.visit_With(node, " async")

    def visit_Raise(self, node):
        self.emit("raise", bool(node.exc) + bool(node.cause), node)
        if node.exc:
            self.visit(node.exc)
        if node.cause:
            self.wrapped("cause", node.cause)

    def visit_Try(self, node, star=""):
        self.emit("try_", 1 + len(node.handlers) + bool(node.orelse) + bool(node.finalbody), node, star)
        self.body("suite", node.body)
        for handler in node.handlers:
            self.emit("except_handler", 1 + bool(handler.type) + bool(handler.name), handler)
            if handler.type:
                self.visit(handler.type)
            if handler.name:
                self.name(handler.name)
            self.body("suite", handler.body)
        self.otherwise(node)
        if node.finalbody:
            self.body("finally_", node.finalbody)

    def visit_TryStar(self, node):
        self.visit_Try(node, " star")

    def aliases(self, names):
        for alias in names:
            self.emit("alias", 1 + bool(alias.asname), alias)
            self.name(alias.name, "dotted_name")
            if alias.asname:
                self.name(alias.asname)

    def visit_Import(self, node):
        self.emit("import", len(node.names), node)
        self.aliases(node.names)

    def visit_ImportFrom(self, node):
        self.emit("import_from", len(node.names) + bool(node.module), node, f" {node.level}")
        if node.module:
            self.name(node.module, "dotted_name")
        self.aliases(node.names)

    def visit_Global(self, node, kind="global"):
        self.emit(kind, len(node.names), node)
        for name in node.names:
            self.name(name)

    def visit_Nonlocal(self, node):
        self.visit_Global(node, "nonlocal")

    # match.

    def visit_Match(self, node):
        self.emit("match", 1 + len(node.cases), node)
        self.visit(node.subject)
        for case in node.cases:
            self.emit("match_case", 2 + bool(case.guard))
            self.visit(case.pattern)
            if case.guard:
                self.wrapped("guard", case.guard)
            self.body("suite", case.body)

    def visit_MatchSingleton(self, node):
        self.emit("match_value", 1, node)
        self.emit("constant", 0, node, f" {CONSTANTS[node.value]}")

    def visit_MatchMapping(self, node):
        self.emit("match_mapping", len(node.keys) + bool(node.rest), node)
        for key, pattern in zip(node.keys, node.patterns):
            self.emit("match_item", 2)
            self.visit(key)
            self.visit(pattern)
        if node.rest:
            self.emit("match_star", 1)
            self.name(node.rest)

    def visit_MatchClass(self, node):
        self.emit("match_class", 1 + len(node.patterns) + len(node.kwd_attrs), node)
        self.visit(node.cls)
        self.each(node.patterns)
        for name, pattern in zip(node.kwd_attrs, node.kwd_patterns):
            self.emit("match_keyword", 2)
            self.name(name)
            self.visit(pattern)

    def visit_MatchStar(self, node):
        self.emit("match_star", bool(node.name) + 0)
        if node.name:
            self.name(node.name)

    def visit_MatchAs(self, node):
        self.emit("match_as", bool(node.pattern) + bool(node.name), node)
        if node.pattern:
            self.visit(node.pattern)
        if node.name:
            self.name(node.name)

    # Expressions.

    def visit_Dict(self, node):
        self.emit("dict", len(node.keys), node)
        for key, value in zip(node.keys, node.values):
            self.item(key, value)

    def item(self, key, value):
        if key is None:
            self.wrapped("double_starred", value)
        else:
            self.emit("dict_item", 2)
            self.visit(key)
            self.visit(value)

    def visit_DictComp(self, node):
        self.emit("dict_comp", 1 + len(node.generators), node)
        self.item(node.key, node.value)
        self.each(node.generators)

    def visit_comprehension(self, node):
        self.emit("comprehension", 2 + len(node.ifs), None, " async" if node.is_async else "")
        self.visit(node.target)
        self.visit(node.iter)
        self.each(node.ifs)

    def visit_Compare(self, node):
        self.emit("compare", 1 + len(node.ops), node)
        self.visit(node.left)
        for op, right in zip(node.ops, node.comparators):
            self.emit("compare_to", 1, None, f" {OPERATORS[type(op).__name__]}")
            self.visit(right)

    def visit_Call(self, node):
        self.emit("call", 2, node)
        self.visit(node.func)
        self.arguments(node.args + node.keywords)

    def arguments(self, given):
        self.emit("arguments", len(given))
        for node in sorted(given, key=lambda node: (node.lineno, node.col_offset)):
            if not isinstance(node, ast.keyword):
                self.visit(node)
            elif node.arg is None:
                self.wrapped("double_starred", node.value)
            else:
                self.emit("keyword", 2, node)
                self.name(node.arg)
                self.visit(node.value)

    def visit_Attribute(self, node):
        self.emit("attribute", 2, node)
        self.visit(node.value)
        self.name(node.attr)

    def visit_Slice(self, node):
        parts = [(kind, part) for kind in ("lower", "upper", "step") if (part := getattr(node, kind))]
        self.emit("slice", len(parts), node)
        for kind, part in parts:
            self.wrapped(kind, part)

    def visit_Constant(self, node):
        value = node.value
        if isinstance(value, (str, bytes)):
            self.emit("string", 0, node, " bytes" if isinstance(value, bytes) else "")
        elif isinstance(value, (bool, type(None), type(...))):
            self.emit("constant", 0, node, f" {CONSTANTS[value]}")
        else:
            self.emit("number", 0, node, f" {[int, float, complex].index(type(value))}")

    def visit_JoinedStr(self, node):
        parts = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        self.emit("fstring", len(parts), node)
        self.replacements(parts)

    def replacements(self, parts):
        for part in parts:
            fields = [field for field in part.format_spec.values
                      if isinstance(field, ast.FormattedValue)] if part.format_spec else []
            self.emit("replacement", 1 + len(fields), None, f" {max(part.conversion, 0)}")
            self.without_places += sys.version_info < (3, 12)  # it has them wrong
            self.visit(part.value)
            self.replacements(fields)
            self.without_places -= sys.version_info < (3, 12)


def ast_form(source):
    tree = ast.parse(source)
    form = Form(source)
    form.visit(tree)
    return "\n".join(form.out) + "\n", len(form.out)
