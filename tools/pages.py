#!/usr/bin/env python3
"""Writes the reference pages that follow from tables: doc/ipc.md, doc/errors.md, doc/log.md, doc/imap-support.md, doc/guide/logon-events.md,
doc/public-rights.md.
--check compares instead."""
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


def logon_events():
    out = ["# What becomes of a logon\n\n", NOTE.format(source="src/directory/logon_event.tbl"),
           "The codes stand in `bourse logon list`, in `bourse doctor logon` and in the audit trail; a code never changes its meaning. Before the right password "
           "a client is told the same whatever is wrong; what is in the table then is for the administrator alone.\n\n"
           "```sh\nbourse logon list --refused --since 12h\n```\n\n"
           "| code | event | what happened | what the client is told | what mends it |\n|---|---|---|---|---|\n"]
    for name, code, error, what, mend in rows("src/directory/logon_event.tbl", "EVENT"):
        face = "" if error == "OK" else f"[{error}](../errors.md)"
        out.append(f"| {code} | {name} | {what} | {face} | {mend} |\n".replace("\\\\", "\\"))
    return "".join(out)


def dialogues():
    """RFC number -> names of the IMAP dialogues that are about it, as their first lines say."""
    found = {}
    for path in sorted((TOP / "test/script/imap").glob("*.t")):
        first = path.read_text().splitlines()[0]
        numbers = {path.name.split("-")[0], *re.findall(r"RFC (\d+)", first)}
        for number in numbers | set(re.findall(r"RFCs? [\d, ]+and (\d+)", first)):
            found.setdefault(number, []).append(path.name)
    return found


def links(names):
    if len(names) > 20:  # those of the protocol itself stand beside its commands
        return f"[{len(names)} of them](../test/script/imap)"
    return ", ".join(f"[{name[:-2]}](../test/script/imap/{name})" for name in names)


def announced(where, flags, remark):
    if where == "0":
        return f"no: {remark or 'not built yet'}"
    when = {"IMAP_BEFORE_LOGON": "before logon", "IMAP_AFTER_LOGON": "after logon"}.get(where, "yes")
    return "; ".join([when, *(["switched on by ENABLE"] if "ENABLED" in flags else []), *([remark] if remark and remark != when else [])])


def support():
    about = dialogues()
    caps = list(rows("src/wire/imap_capability.tbl", "CAP"))
    yes = [c for c in caps if c[2] != "0"]
    out = ["# What IMAP clients find\n\n", NOTE.format(source="src/wire/imap_capability.tbl, src/wire/imap.tbl and test/script/imap"),
           f"{len(yes)} of the {len(caps)} capabilities below are announced. What is announced is tested by the dialogues beside it, in every `./check`. "
           "`STARTTLS`, `LOGINDISABLED` and `AUTH=` come and go with the connection and are not counted. "
           "An administrator can hide any of them from some clients: `imap.hide` in bourse.conf(5).\n\n"
           "| capability | RFC | announced | dialogues |\n|---|---|---|---|\n"]
    for _, name, where, flags, rfc, remark in caps:
        out.append(f"| {name} | {rfc} | {announced(where, flags, remark)} | {links(about.get(rfc, [])) if where != '0' else ''} |\n")
    out.append("\n## Commands\n\n| command | RFC and section | dialogues |\n|---|---|---|\n")
    for verb, _, _, flags, _, rfc in rows("src/wire/imap.tbl", "CMD"):
        section = [f"{n}-{s}-" for n, s in re.findall(r"(\d+) ([\d.]+)", rfc)]
        names = sorted({name for files in about.values() for name in files if name.startswith(tuple(section))})
        uid = " (UID)" if "WITH_UID" in flags else ""
        out.append(f"| {verb}{uid} | {rfc} | {links(names)} |\n")
    return "".join(out)


CLASSES = {"D": "Domain", "A": "Account", "M": "Mailbox", "R": "Remote", "L": "dl", "P": "Public"}
HOW = {"FLAG": "yes or no, also 1 or 0", "SIZE": "KiB, also `500M`, `unlimited`, `default`", "NUMBER": "a number, `unlimited`, `default`",
       "DATE": "a date", "WORDS": "several", "WHOLE": "several, always all of them", "ADDRESSES": "several", "SECONDARY": "several", "MEMBERS": "several", "OPENERS": "several"}


def columns():
    out = ["# Columns of directory import and export\n\n", NOTE.format(source="src/ctl/csv_column.tbl"),
           "What the file looks like and how it is used: [guide/import.md](guide/import.md). Exported is what has a *yes*; the rest is only read.\n\n"
           "| column | rows of class | value | exported | what it is |\n|---|---|---|---|---|\n"]
    for header, classes, kind, prop, _, doc in rows("src/ctl/csv_column.tbl", "COLUMN"):
        of = "all" if classes == "DAMRLP" else ", ".join(CLASSES[c] for c in classes)
        exported = "yes" if prop or kind in ("CLASS", "MODE") else "no"
        out.append(f"| {header} | {of} | {HOW.get(kind, '')} | {exported} | {doc} |\n".replace("\\\\", "\\"))
    return "".join(out)


def public_rights():
    sys.path.insert(0, str(TOP / "test/client"))
    sys.dont_write_bytecode = True
    import public_rights as table
    return table.page()


PAGES = {"doc/public-rights.md": public_rights, "doc/directory-columns.md": columns, "doc/ipc.md": ipc, "doc/errors.md": errors, "doc/log.md": log, "doc/imap-support.md": support, "doc/guide/logon-events.md": logon_events}


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
