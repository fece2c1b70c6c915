"""TypeScript for tools/fbc --ts: types, which the compiler erases, and one text with the fields of
every table, which app/src/wire/codec.ts reads. Only what the root leads to is in it.

A line of the text, by its first character:
  =Root IDENT          the root table and its file identifier
  %Struct name:CODE .. members; CODE is a letter of Python's struct and a count of elements
  |Union A B C         members, type 1 first
  Table name:CODE ..   by slot; "-" is a slot that is deprecated or a union's type
CODE of a table's field: "[" for a vector; a letter (?bBhHiIqQfd, s a text) or a type's name; "!"
when required; "=value" for a default that is not 0.
"""
LETTERS = {
    "bool": "?", "byte": "b", "ubyte": "B", "short": "h", "ushort": "H", "int": "i", "uint": "I",
    "long": "q", "ulong": "Q", "float": "f", "double": "d", "string": "s"
}


def letter(schema, field):
    target = schema.types.get(field.type)
    return LETTERS.get(target.base if target and target.kind == "enum" else field.type)


def needed(schema, root):
    """Names of types that the root leads to, each after what it holds."""
    out = []

    def visit(name):
        decl = schema.types.get(name)
        if not decl or name in out:
            return
        if decl.kind == "union":
            for inner in decl.fields:
                visit(inner)
        elif decl.kind != "enum":
            for f in decl.fields:
                if not getattr(f, "deprecated", False):
                    visit(f.type)
        out.append(name)

    visit(root)
    return out


def hexed(decl):
    """A struct that is nothing but bytes, as a key: a word of hex in TypeScript."""
    return len(decl.fields) == 1 and decl.fields[0].type == "ubyte" and decl.fields[0].count


def ts_type(schema, field):
    target = schema.types.get(field.type)
    if not target:
        one = {"?": "boolean", "q": "bigint", "Q": "bigint", "s": "string"}.get(
            letter(schema, field), "number")
    elif target.kind == "struct" and hexed(target):
        one = "Hex"
    elif target.kind == "union":
        one = target.name + "Is"
    else:
        one = target.name
    if getattr(field, "count", 0):
        return "Hex" if field.type == "ubyte" else one + "[]"
    if not field.vector:
        return one
    return "Uint8Array" if field.type == "ubyte" else one + "[]"


def doc(words, tab):
    if not words:
        return []
    text = [w.replace("*/", "* /") for w in words]
    if len(text) == 1:
        return [f"{tab}/** {text[0]} */"]
    return [f"{tab}/**"] + [f"{tab} * {line}" for line in text] + [f"{tab} */"]


def emit_types(schema, decl):
    if decl.kind == "enum":
        rows = doc(decl.doc, "")
        rows.append(f"export type {decl.name} = number;")
        rows.append(f"export const {decl.name} = {{")
        for name, value, words in decl.fields:
            rows += doc(words, "  ") + [f"  {name}: {value},"]
        return rows + ["} as const;"]
    if decl.kind == "union":
        rows = [f"export type {decl.name}Is ="]
        rows += [f"  | {{ is: '{name}'; as: {name} }}" for name in decl.fields]
        return rows + ["  | Unknown;"]
    if decl.kind == "struct" and hexed(decl):
        return doc(decl.doc, "") + [f"export type {decl.name} = Hex;"]
    rows = doc(decl.doc, "") + [f"export interface {decl.name} {{"]
    for f in decl.fields:
        if getattr(f, "deprecated", False):
            continue
        maybe = decl.kind == "table" and f.kind in ("STRUCT", "TABLE", "UNION") and not f.required
        rows += doc(f.doc, "  ") + [f"  {f.name}{'?' if maybe else ''}: {ts_type(schema, f)};"]
    return rows + ["}"]


def value_of(f):
    """The default as text, where it is not 0."""
    import struct
    ctype, size, number = f.number
    if not f.bits:
        return ""
    if number == "FLOAT":
        raw = f.bits.to_bytes(size, "little")
        return f"={struct.unpack('<f' if size == 4 else '<d', raw)[0]}"
    if number == "INT" and f.bits >> (8 * size - 1):
        return f"={f.bits - 2**(8 * size)}"
    return f"={f.bits}"


def emit_row(schema, decl):
    if decl.kind == "union":
        return f"|{decl.name} {' '.join(decl.fields)}"
    if decl.kind == "struct":
        members = " ".join(f"{f.name}:{letter(schema, f)}{f.count or ''}" for f in decl.fields)
        return f"%{decl.name} {members}"
    slots = {}
    for f in decl.fields:
        if f.deprecated:
            continue
        code = ("[" if f.vector else "") + (letter(schema, f) or f.type)
        code += "!" if f.required else ""
        slots[f.slot] = f"{f.name}:{code}{value_of(f) if f.kind == 'SCALAR' else ''}"
    row = [slots.get(i, "-") for i in range(max(slots, default=-1) + 1)]
    return " ".join([decl.name] + row)


def typescript(schemas):
    rooted = next((s for s in schemas if s.root), None)
    if not rooted:
        return None
    root = rooted.root[1]
    names = needed(rooted, root)
    enums = {f.type for n in names for f in rooted.types[n].fields
             if rooted.types[n].kind in ("table", "struct")
             and f.type in rooted.types and rooted.types[f.type].kind == "enum"}
    decls = [rooted.types[n] for n in names if n not in enums]
    # an enum that no field has is a word of its schema all the same (NodeEventKind's bits)
    enums |= {n for n, d in rooted.types.items() if d.kind == "enum"}
    rows = [
        f"// Made by tools/fbc --ts from {rooted.name}.fbs and what it includes: change those and "
        "run",
        "// the build target fbc. Types are erased; `fields` is read by codec.ts.",
        "", "/** Bytes of a fixed length, as hex in small letters. */", "export type Hex = string;",
        "/** A member of a union that this version does not know. */",
        "export type Unknown = { is: 'unknown'; type: number };", ""
    ]
    for decl in [rooted.types[n] for n in sorted(enums)] + decls:
        rows += emit_types(rooted, decl) + [""]
    tables = [d.name for d in decls if d.kind == "table"]
    rows += ["export interface Tables {"] + [f"  {n}: {n};" for n in tables] + ["}", ""]
    rows.append("export const fields = `\\")
    rows.append(f"={root} {rooted.identifier or ''}".rstrip())
    rows += [emit_row(rooted, d) for d in decls] + ["`;"]
    return "\n".join(rows) + "\n"
