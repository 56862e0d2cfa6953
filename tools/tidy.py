#!/usr/bin/env python3
"""Holds the tree to HACKING.md: sizes, include directions, headers, tags. Prints the longest things on each run.

With --tap the result is one TAP line a rule and file group, as ./check wants it."""
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
SRC = TOP / "src"
# In include order: a folder uses those before it; a role never uses another role's.
ORDER = ["base", "io", "mail", "wire", "sasl", "ipc", "config", "kv", "search", "role"]
ROLES = ["attendant", "keys", "front", "parser", "directory", "store", "transport", "netlogon"]
FILE_LINES_MAX, FUNCTION_LINES_MAX, PARAMETERS_MAX = 800, 70, 5
EXCEPTIONS = TOP / "tools/tidy-exceptions.txt"  # "<rule> <file>[:<function>]  reason" a line; may only shrink


def exceptions():
    rows = {}
    if EXCEPTIONS.exists():
        for line in EXCEPTIONS.read_text().splitlines():
            if line.strip() and not line.startswith("#"):
                rule, where, *reason = line.split(None, 2)
                if not reason:
                    sys.exit(f"{EXCEPTIONS.name}: an exception needs a reason: {line}")
                rows[rule, where] = reason[0]
    return rows


def allowed_includes(folder):
    if folder in ORDER:
        return set(ORDER[: ORDER.index(folder) + 1])
    if folder in ROLES:
        return set(ORDER) | {folder}
    if folder == "ctl":
        return set(ORDER) | {"ctl", "store", "front"}  # of the store its rows: what of a backup belongs to a mailbox; of the front its pages
    return set(ORDER) | set(ROLES) | {folder}  # boursed puts them together


def functions(text):
    """(name, first line, lines, parameters) of each function definition."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{" and number > 0:
            start = number
        elif line == "}" and start is not None:
            head = start - 1
            while head > 0 and lines[head - 1] not in ("", "}") and not lines[head - 1].startswith(("#", "/", " *", "\t\\")):
                head -= 1
            # Attributes written as macros stand behind or before the name; they are not it.
            signature = re.sub(r"\b[A-Z_]{3,}\([^()]*\)", "", " ".join(lines[head:start]))
            match = re.search(r"(\w+)\((.*)\)", signature)
            if match and "=" not in signature.split("(")[0]:
                parameters = match.group(2)
                depth = count = 0
                for c in parameters:
                    depth += (c == "(") - (c == ")")
                    count += c == "," and depth == 0
                yield match.group(1), head + 1, number - start - 1, 0 if parameters.strip() in ("", "void") else count + 1
            start = None


def check():
    known, used, problems, sizes, lengths = exceptions(), set(), [], [], []

    def problem(rule, where, text):
        if (rule, where) in known:
            used.add((rule, where))
        else:
            problems.append(f"{where}: {text} [{rule}]")

    for path in sorted(SRC.rglob("*.[ch]")):
        name = path.relative_to(TOP).as_posix()
        folder = path.relative_to(SRC).parts[0]
        text = path.read_text()
        count = text.count("\n")
        sizes.append((count, name))
        if count > FILE_LINES_MAX:
            problem("file-lines", name, f"{count} lines, {FILE_LINES_MAX} at most")
        for include in re.findall(r'^#include "([^"]+)"', text, re.M):
            first = include.split("/")[0]
            if "/" not in include:
                problem("include-path", name, f'"{include}" has no folder')
            elif first not in allowed_includes(folder):
                problem("include-direction", name, f'"{include}" is not above src/{folder}')
        if path.suffix == ".h" and "#pragma once" not in text:
            problem("pragma-once", name, "no #pragma once")
        if path.suffix == ".c" and path.with_suffix(".h").exists():
            own = path.with_suffix(".h").relative_to(SRC).as_posix()
            first = re.search(r'^#include [<"]([^>"]+)', text, re.M)
            if first and first.group(1) != own and not text.startswith("#define"):
                problem("own-header-first", name, f'the first include is not "{own}"')
        for word in re.findall(r"\b(strcpy|strcat|sprintf|strtok|gets|atoi|atol|alloca|setlocale|rand)\(", text):
            problem("banned", name, f"{word}() is banned")
        if re.search(r"\b(TODO|FIXME|XXX)\b", text):
            problem("unfinished", name, "reads like unfinished work")
        for function, line, body, parameters in functions(text):
            lengths.append((body, f"{name}:{function}"))
            if body > FUNCTION_LINES_MAX:
                problem("function-lines", f"{name}:{function}", f"{body} lines, {FUNCTION_LINES_MAX} at most")
            if parameters > PARAMETERS_MAX:
                problem("parameters", f"{name}:{function}", f"{parameters} parameters, {PARAMETERS_MAX} at most")
    for row in known:
        if row not in used:
            problems.append(f"{EXCEPTIONS.name}: {' '.join(row)} is not needed any more: take it out [stale-exception]")
    tracked = subprocess.run(["git", "-C", TOP, "ls-files", "*.py", "*.c", "*.h", "*.tbl", "*.md", "*.sh", "run", "check"],
                             capture_output=True, text=True).stdout.split()
    for name in tracked:
        path = TOP / name
        if path.exists() and re.search(r"[ \t]+$", path.read_text(errors="replace"), re.M):
            problem("trailing-blank", name, "white space at the end of a line")
    return problems, sizes, lengths


def main():
    problems, sizes, lengths = check()
    if "--tap" in sys.argv:
        print("1..1")
        for line in problems:
            print(f"# {line}")
        print(("ok" if not problems else "not ok") + " 1 - the tree keeps the rules of HACKING.md")
    else:
        print("\n".join(problems))
        print("longest functions:", ", ".join(f"{where} {n}" for n, where in sorted(lengths, reverse=True)[:10]))
        print("largest files:", ", ".join(f"{where} {n}" for n, where in sorted(sizes, reverse=True)[:10]))
    sys.exit(1 if problems else 0)


main()
