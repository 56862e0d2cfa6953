#!/usr/bin/env python3
"""Writes the reference pages that follow from tables: doc/ipc.md, doc/errors.md, doc/log.md. --check compares instead."""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
NOTE = "<!-- Made by tools/pages.py from {source}; change that. -->\n\n"


def rows(path, macro):
    """Arguments of each macro row, split at commas outside quotes and parentheses."""
    text = re.sub(r"/\*.*?\*/", "", (TOP / path).read_text(), flags=re.S)
    for match in re.finditer(rf"^{macro}\(", text, re.M):
        depth, quoted, argument, arguments = 1, False, "", []
        for c in text[match.end():]:
            if c == '"':
                quoted = not quoted
            depth += not quoted and (c == "(")
            depth -= not quoted and (c == ")")
            if depth == 0:
                break
            if c == "," and depth == 1 and not quoted:
                arguments.append(argument)
                argument = ""
            else:
                argument += c
        yield [" ".join(a.split()).strip('"') for a in [*arguments, argument]]


def roles(mask):
    return ", ".join(word.lower().replace("_", "-") for word in re.findall(r"\b[A-Z_]{3,}\b|\bALL\b", mask))


def ipc():
    out = ["# Messages between roles\n\n", NOTE.format(source="src/ipc/messages.tbl"),
           "Little-endian: u16 id, then the fields in this order; strings are a u32 length and octets. A receiver closes the channel on anything else. "
           "*secret* fields print as `***`.\n\n| id | message | from | to | descriptors | fields |\n|---|---|---|---|---|---|\n"]
    for name, number, sender, receiver, fds, fields in rows("src/ipc/messages.tbl", "MSG"):
        shown = ", ".join(f"{field} ({kind})" for kind, field in re.findall(r"F\((\w+), (\w+)\)", fields))
        out.append(f"| {number} | `{name}` | {roles(sender)} | {roles(receiver)} | {fds} | {shown} |\n")
    return "".join(out)


def errors():
    out = ["# Errors and their faces\n\n", NOTE.format(source="src/base/err.tbl"),
           "| name | text | SMTP | IMAP | POP3 | HTTP |\n|---|---|---|---|---|---|\n"]
    for name, text, smtp, enhanced, status, imap, pop3, http in rows("src/base/err.tbl", "ERR"):
        imap = status if imap == "NULL" else f"{status} [{imap}]"
        pop3 = "-ERR" if pop3 == "NULL" else f"-ERR [{pop3}]"
        out.append(f"| {name} | {text} | {smtp} {enhanced} | {imap} | {'+OK' if name == 'OK' else pop3} | {http} |\n")
    return "".join(out)


def log():
    out = ["# Log records\n\n", NOTE.format(source="src/base/log.tbl"),
           "The code of a record never changes and is never used again.\n\n| code | name | level | text |\n|---|---|---|---|\n"]
    for code, name, level, text in sorted(rows("src/base/log.tbl", "LOG")):
        out.append(f"| {code} | {name} | {level.lower()} | {text} |\n")
    return "".join(out)


PAGES = {"doc/ipc.md": ipc, "doc/errors.md": errors, "doc/log.md": log}


def main():
    stale = []
    for name, make in PAGES.items():
        path, text = TOP / name, make()
        if "--check" not in sys.argv:
            path.write_text(text)
        elif not path.exists() or path.read_text() != text:
            stale.append(name)
    for name in stale:
        print(f"{name} is not what the tables make: run tools/generate")
    sys.exit(1 if stale else 0)


main()
