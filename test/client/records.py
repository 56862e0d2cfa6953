"""The log as a reader of it: every line is one record of src/base/log.tbl, as text or as JSON, or a word of the program's own
before the log was set up."""
import json
import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parents[2]
EVENTS = {int(code): (level.lower(), text) for code, level, text in
          re.findall(r'^LOG\((\d+),\s*\w+,\s*(\w+),\s*"([^"]*)"\)', (TOP / "src/base/log.tbl").read_text(), re.M)}
HEAD = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) ([a-z][a-z-]*(?:\.\d+)?) (error|warn|notice|info|debug) (\d{4}) ")
FIELD = re.compile(r' ([a-z_]+)=(?:"((?:[^"\\\x00-\x1f\x7f]|\\.)*)"|([A-Za-z0-9_.:@/<>\[\]+*-]+))')
ENDS = {code for code, (_, text) in EVENTS.items() if text in ("server is ready", "role died and is started again")}
# What a program says that cannot begin: on standard error, to whoever started it.
BEFORE_THE_LOG = re.compile(r"boursed: [^\x00-\x1f\x7f]+")


def parse(line):
    """(event code, fields) of one line without its line end; ValueError if it is no record."""
    if line.startswith("{"):
        row = json.loads(line)
        level, text = EVENTS[row["event"]]
        if (row["level"], row["text"]) != (level, text):
            raise ValueError("not as in log.tbl")
        return row["event"], row
    head = HEAD.match(line)
    if not head:
        raise ValueError("no record")
    code, rest = int(head.group(4)), line[head.end():]
    level, text = EVENTS[code]
    if head.group(3) != level or not rest.startswith(text + ":"):
        raise ValueError("not as in log.tbl")
    rest, fields = rest[len(text) + 1:], {}
    while rest:
        field = FIELD.match(rest)
        if not field:
            raise ValueError(f"no field at {rest[:40]!r}")
        fields[field.group(1)] = field.group(2) if field.group(2) is not None else field.group(3)
        rest = rest[field.end():]
    return code, fields


def is_torn(line):
    """Whoever wrote it was killed while the system took it: the next writer's record stands behind the first half."""
    begins = [head.start() for head in HEAD.finditer(line) if head.start() > 0]
    try:
        return bool(begins) and bool(parse(line[begins[-1]:]))
    except (ValueError, KeyError):
        return False


def check(octets):
    """Every line parses; how many records there are. A sanitizer's report is left to those who look for it."""
    if b"Sanitizer" in octets:
        return 0
    assert not octets or octets.endswith(b"\n"), f"the last line has no end: {octets[-200:]!r}"
    records, ends, torn = 0, 0, []
    for line in octets.decode().split("\n")[:-1]:
        if BEFORE_THE_LOG.fullmatch(line):
            continue
        try:
            ends += parse(line)[0] in ENDS
        except (ValueError, KeyError) as e:
            if not is_torn(line):
                raise AssertionError(f"not a log record ({e}): {line[:400]!r}") from None
            torn.append(line[:400])
        records += 1
    assert len(torn) <= ends, f"half a record, and nobody was killed: {torn}"
    return records
