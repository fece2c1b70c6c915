"""Schemas for tools/fbc: tokens, parser, layout, read from top to bottom. parse() gives a Schema
whose tables and structs have their places."""
import os, re, struct

DEPTH_MAX, SLOTS_MAX = 16, 64  # GN_FB_DEPTH_MAX, GN_FB_SLOTS_MAX

SCALARS = {  # schema name: (C type, bytes, number kind)
    "bool": ("bool", 1, "BOOL"),
    "byte": ("int8_t", 1, "INT"), "ubyte": ("uint8_t", 1, "UINT"),
    "short": ("int16_t", 2, "INT"), "ushort": ("uint16_t", 2, "UINT"),
    "int": ("int32_t", 4, "INT"), "uint": ("uint32_t", 4, "UINT"),
    "long": ("int64_t", 8, "INT"), "ulong": ("uint64_t", 8, "UINT"),
    "float": ("float", 4, "FLOAT"), "double": ("double", 8, "FLOAT"),
}
ALIASES = {
    "int8": "byte", "uint8": "ubyte", "int16": "short", "uint16": "ushort", "int32": "int",
    "uint32": "uint", "int64": "long", "uint64": "ulong", "float32": "float", "float64": "double"
}


class Refused(Exception):
    pass


# ---- tokens ----

TOKEN = re.compile(
    r"""(?P<doc>///[^\n]*)|(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<string>"[^"\\\n]*")
    |(?P<number>[-+]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))|(?P<word>[A-Za-z_]\w*)
    |(?P<mark>[{}()\[\]:;,=.])""",
    re.S | re.X)


class Source:
    """The tokens of one file with one token of look-ahead; .doc holds the /// lines before the
    current token."""

    def __init__(self, path):
        self.path, self.tokens = path, []
        text, at, docs = open(path, encoding="utf-8").read(), 0, []
        while at < len(text):
            m = TOKEN.match(text, at)
            line = text.count("\n", 0, at) + 1
            if not m:
                raise Refused(f"{path}:{line}: cannot read {text[at:at + 12]!r}")
            if m.lastgroup == "doc":
                docs.append(m.group()[3:].strip())
            elif m.lastgroup != "skip":
                self.tokens.append((m.lastgroup, m.group(), line, docs))
                docs = []
            at = m.end()
        self.tokens.append(("end", "end of file", text.count("\n") + 1, []))
        self.next = 0

    def fail(self, words, line=None):
        raise Refused(f"{self.path}:{line or self.line}: {words}")

    kind = property(lambda self: self.tokens[self.next][0])
    text = property(lambda self: self.tokens[self.next][1])
    line = property(lambda self: self.tokens[self.next][2])
    doc = property(lambda self: self.tokens[self.next][3])

    def take(self, kind):
        if self.kind != kind:
            self.fail(f"expected a {kind}, found {self.text!r}")
        self.next += 1
        return self.tokens[self.next - 1][1]

    def eat(self, text):
        if self.text == text and self.kind in ("mark", "word"):
            self.next += 1
            return True
        return False

    def need(self, text):
        if not self.eat(text):
            self.fail(f"expected {text!r}, found {self.text!r}")


# ---- parser ----

class Decl:
    """An enum, union, struct or table. fields: enum (name, value), union member names, else
    Field."""

    def __init__(self, kind, name, src):
        self.kind, self.name = kind, name
        self.line, self.doc, self.path = src.line, src.doc, src.path
        self.fields, self.base, self.snake = [], None, snake(name)


class Field:
    pass


class Schema:
    def __init__(self, path):
        self.path, self.name = path, os.path.splitext(os.path.basename(path))[0]
        self.decls, self.types, self.includes = [], {}, []
        self.root = self.identifier = None


def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def attributes(src, allowed):
    found = {}
    if src.eat("("):
        while not src.eat(")"):
            line, name = src.line, src.take("word")
            if name not in allowed:
                src.fail(f"attribute {name!r} is not supported here", line)
            found[name] = None
            if src.eat(":"):
                found[name] = int(src.take("number"))
            if src.text != ")":
                src.need(",")
    return found


def parse_type(src, field):
    """name | [name] | [name:count]"""
    field.vector, field.count = src.eat("["), 0
    field.type = src.take("word")
    while src.eat("."):
        field.type = src.take("word")  # names are unique over namespaces here
    field.type = ALIASES.get(field.type, field.type)
    if field.vector:
        if src.eat(":"):
            field.count, field.vector = int(src.take("number")), False
        src.need("]")


def parse_field(src, in_table):
    field = Field()
    field.line, field.doc = src.line, src.doc
    field.name = src.take("word")
    if field.name != snake(field.name):
        src.fail(f"field names are snake_case: {field.name}", field.line)
    src.need(":")
    parse_type(src, field)
    field.default = None
    if in_table and src.eat("="):
        field.default = src.text
        src.take("number" if src.kind == "number" else "word")
    if field.default == "null":
        src.fail("optional scalars are not supported")
    field.attrs = attributes(
        src, ("id", "deprecated", "required", "seconds") if in_table else ())
    src.need(";")
    return field


def parse_enum(src, decl):
    src.need(":")
    decl.base = src.take("word")
    decl.base = ALIASES.get(decl.base, decl.base)
    if SCALARS.get(decl.base, ("", 0, "FLOAT"))[2] not in ("INT", "UINT"):
        src.fail(f"an enum is of an integer type, not {decl.base!r}")
    decl.flags, value = "bit_flags" in attributes(src, ("bit_flags",)), -1
    src.need("{")
    while not src.eat("}"):
        doc, name = src.doc, src.take("word")
        value = int(src.take("number"), 0) if src.eat("=") else value + 1
        number = 1 << value if decl.flags else value
        if not -2**31 <= number < 2**31:
            src.fail(f"{name} does not fit an int")
        decl.fields.append((name, number, doc))
        if src.text != "}":
            src.need(",")


def parse_union(src, decl):
    src.need("{")
    while not src.eat("}"):
        decl.fields.append(src.take("word"))
        if src.text not in ("}", ","):
            src.fail("union members are plain table names")
        src.eat(",")


def parse(path, seen=()):
    src, schema = Source(path), Schema(path)
    if path in seen:
        raise Refused(f"{path}: includes itself")
    while src.kind != "end":
        if src.eat("include"):
            inner = parse(os.path.join(os.path.dirname(path),
                                       src.take("string")[1:-1]), seen + (path, ))
            schema.includes.append(inner.name)
            schema.types.update(inner.types)
        elif src.eat("namespace"):
            src.take("word")
            while src.eat("."):
                src.take("word")
        elif src.eat("attribute"):
            src.take("string")  # flatc wants to be told of `seconds`
        elif src.eat("root_type"):
            schema.root = (src.line, src.take("word"))
        elif src.eat("file_identifier"):
            schema.identifier = src.take("string")[1:-1]
            if not re.fullmatch(r"[A-Z0-9]{4}", schema.identifier):
                src.fail("a file identifier is four of A-Z and 0-9")
        elif src.text in ("enum", "union", "struct", "table"):
            doc, kind = src.doc, src.take("word")
            decl = Decl(kind, src.text, src)
            decl.doc = doc
            src.take("word")
            if decl.name in schema.types or decl.name in SCALARS or decl.name == "string":
                src.fail(f"{decl.name} is declared twice")
            if kind == "enum":
                parse_enum(src, decl)
            elif kind == "union":
                parse_union(src, decl)
            else:
                attributes(src, ())
                src.need("{")
                while not src.eat("}"):
                    decl.fields.append(parse_field(src, kind == "table"))
            schema.types[decl.name] = decl
            schema.decls.append(decl)
            continue
        else:
            src.fail(f"{src.text!r} is not supported")
        src.need(";")
    for decl in schema.decls:
        resolve(schema, decl)
    if schema.root and schema.types.get(schema.root[1], decl).kind != "table":
        raise Refused(f"{path}:{schema.root[0]}: root_type {schema.root[1]} is not a table")
    return schema


# ---- layout ----

def refuse(decl, field, words):
    raise Refused(f"{decl.path}:{field.line}: {decl.name}.{field.name}: {words}")


def number_of(schema, field):
    """(C type, bytes, number kind) of a scalar or an enum, else None."""
    target = schema.types.get(field.type)
    return SCALARS.get(target.base if target and target.kind == "enum" else field.type)


def kind_of(schema, decl, field):
    if field.count:
        refuse(decl, field, "fixed arrays belong to structs")
    target = schema.types.get(field.type)
    if number_of(schema, field):
        return "SCALARS" if field.vector else "SCALAR"
    if field.type == "string":
        return "STRINGS" if field.vector else "STRING"
    if not target:
        refuse(decl, field, f"unknown type {field.type!r}")
    if target.kind == "union" and field.vector:
        refuse(decl, field, "vectors of unions are not supported")
    return {"struct": "STRUCT", "table": "TABLE", "union": "UNION"
            }[target.kind] + ("S" if field.vector else "")


def default_bits(schema, decl, field):
    ctype, size, number = field.number
    text = field.default or "0"
    target = schema.types.get(field.type)
    named = {name: value for name, value, _ in target.fields} if target else {"true": 1, "false": 0}
    try:
        if number == "FLOAT":
            return int.from_bytes(struct.pack("<f" if size == 4 else "<d", float(text)), "little")
        value = named[text] if text in named else int(text, 0)
    except ValueError:
        refuse(decl, field, f"cannot read the default {text!r}")
    low, high = (-2**(8 * size - 1),
                 2**(8 * size
                     - 1)) if number == "INT" else (0, 2 if number == "BOOL" else 2**(8 * size))
    if not low <= value < high:
        refuse(decl, field, f"the default {value} does not fit")
    return value % 2**(8 * size)


def resolve_table(schema, decl):
    with_id = [f for f in decl.fields if "id" in f.attrs]
    if with_id and len(with_id) != len(decl.fields):
        refuse(decl, decl.fields[0], "either all fields of a table have ids or none")
    slot, taken = 0, {}
    for f in decl.fields:
        f.kind, f.number = kind_of(schema, decl, f), number_of(schema, f)
        slot += f.kind == "UNION"
        f.slot = f.attrs["id"] if with_id else slot
        slot += 1
        for s in (f.slot - 1, f.slot) if f.kind == "UNION" else (f.slot,):
            if s in taken:
                refuse(decl, f, f"id {s} is taken by {taken[s]}")
            taken[s] = f.name
        f.required, f.deprecated = "required" in f.attrs, "deprecated" in f.attrs
        f.seconds = "seconds" in f.attrs
        if f.seconds and f.type != "ulong":
            refuse(decl, f, "seconds are a ulong")
        if f.required and f.kind == "SCALAR":
            refuse(decl, f, "a scalar is never absent")
        if f.default and f.kind != "SCALAR":
            refuse(decl, f, "only scalars have defaults")
        f.bits = default_bits(schema, decl, f) if f.kind == "SCALAR" else 0
    if sorted(taken) != list(range(len(taken))):
        refuse(decl, decl.fields[0], "ids have gaps")
    if len(taken) > SLOTS_MAX:
        refuse(decl, decl.fields[0], f"more than {SLOTS_MAX} fields")
    decl.fields.sort(key=lambda f: f.slot)


def resolve_struct(schema, decl):
    at, decl.align = 0, 1
    for f in decl.fields:
        f.number = number_of(schema, f)
        if f.vector or not f.number:
            refuse(decl, f, "structs hold scalars and fixed arrays of scalars")
        size = f.number[1]
        f.offset = at = (at + size - 1) // size * size
        at += size * (f.count or 1)
        decl.align = max(decl.align, size)
    decl.size = (at + decl.align - 1) // decl.align * decl.align
    if not 0 < decl.size < 2**15:
        raise Refused(f"{decl.path}:{decl.line}: {decl.name}: empty or too large")


def resolve_union(schema, decl):
    for name in decl.fields:
        if schema.types.get(name, decl).kind != "table":
            raise Refused(f"{decl.path}:{decl.line}: {decl.name}: {name} is not a table")


def resolve(schema, decl):
    if decl.kind in ("struct", "table", "union"):
        {"struct": resolve_struct, "table": resolve_table, "union": resolve_union}[decl.kind](
            schema, decl)


def in_order(schema):
    """Tables after the tables they hold; refuses cycles and depth."""
    depth, out = {}, []

    def visit(decl, path):
        if decl.name in path:
            raise Refused(
                f"{decl.path}:{decl.line}: {' > '.join(path + (decl.name,))}: a table that holds "
                "itself"
            )
        if decl.name not in depth:
            below = [0]
            for f in decl.fields:
                if f.deprecated or f.kind not in ("TABLE", "TABLES", "UNION"):
                    continue
                target = schema.types[f.type]
                for name in target.fields if target.kind == "union" else [f.type]:
                    below.append(visit(schema.types[name], path + (decl.name,)))
            depth[decl.name] = 1 + max(below)
            if depth[decl.name] > DEPTH_MAX:
                raise Refused(
                    f"{decl.path}:{decl.line}: {decl.name}: tables nest deeper than {DEPTH_MAX}")
            if decl in schema.decls:
                out.append(decl)
        return depth[decl.name]

    for decl in schema.decls:
        if decl.kind == "table":
            visit(decl, ())
    return out
