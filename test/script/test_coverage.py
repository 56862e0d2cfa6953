"""Holds the dialogues against the tables: every command is sent, every error that a client can provoke is provoked and shows its
face, every dialogue says which RFC it is about."""
import pathlib
import re

import pytest

from dialogue import REMARK

HERE = pathlib.Path(__file__).parent
SRC = HERE.parents[1] / "src"
FILES = sorted(HERE.glob("*/*.t"))

# Errors that no client can bring about in a dialogue, and why.
OUT_OF_REACH = {
    "NEEDMORE": "never leaves the program",
    "NOTLS": "the server makes itself a certificate when it has none",
    "DISKFULL": "needs a full disk",
    "IO": "needs a broken disk",
    "CORRUPT": "needs a damaged store; test/client/test_durability.py makes one",
    "BUSY": "needs more octets in flight than a dialogue sends",
    "UNAVAILABLE": "needs a role that has died; test/client kills them",
    "PEER": "needs a role that speaks nonsense",
    "SHUTDOWN": "needs a server that stops",
    "INUSE": "the administrator's tool only: a mailbox takes any number of sessions",
    "EXISTS": "the administrator's names only",
    "CONFIG": "the administrator's configuration",
    "TICKET": "tickets pass between roles only",
    "CONFLICT": "the administrator's tool only",
    "UNREADABLE": "needs a damaged message",
    "POLICY": "the administrator's tool only",
    "VAULT": "needs a server without its key; test/client/test_vault.py takes it away",
}


def rows(protocol):
    """Verbs of src/wire/<protocol>.tbl."""
    return re.findall(r"(?m)^CMD\((\w+),", (SRC / f"wire/{protocol}.tbl").read_text())


def errors():
    """Rows of err.tbl: name -> (SMTP reply, enhanced code, IMAP status, IMAP code, POP3 code, HTTP status)."""
    text = (SRC / "base/err.tbl").read_text()
    word = r'(?:"([^"]*)"|NULL)'
    row = rf'(?m)^ERR\((\w+), *"(?:[^"\\]|\\.)*", *(\d+), *{word}, *{word}, *{word}, *{word}, *(\d+)\)'
    found = {m[0]: m[1:] for m in re.findall(row, text)}
    assert len(found) == len(re.findall(r"(?m)^ERR\(", text)), "a row of err.tbl is not understood"
    return found


def nntp_code(name, face):
    """The rule that stands in src/wire/nntp_code.tbl."""
    codes = dict(re.findall(r"(?m)^CODE\((\w+), *(\d+)\)", (SRC / "wire/nntp_code.tbl").read_text()))
    smtp, pop3_code = int(face[0]), face[4]
    return codes.get(name) or ("400" if smtp == 421 else "403" if smtp < 500 else "481" if pop3_code == "AUTH" else "501")


def sent(path):
    """First words of the lines that a dialogue's clients send; for IMAP those behind the tag and UID."""
    words = set()
    for line in path.read_text().splitlines():
        found = re.match(r"(?:repeat \d+ )?\w+[:/-] ?(.*)", line)
        for text in re.split(r"\\r\\n", found.group(1)) if found else []:
            parts = text.upper().split(" ")
            if path.parent.name == "imap":
                parts = parts[1:]
                if parts[:1] == ["UID"]:
                    words.add("UID " + parts[1] if len(parts) > 1 else "UID")
                    parts = parts[1:]
            words.update(parts[:1])
    return words


def shown():
    """(error name, protocol, expected pattern, where) of every line with a remark "ERR_NAME"."""
    for path in FILES:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            remark = REMARK.search(line)
            for name in re.findall(r"\bERR_(\w+)", remark.group(1)) if remark else []:
                yield name, path.parent.name, re.sub(r"^\w+[=?*&] ?", "", REMARK.sub("", line)), f"{path.name}:{number}"


@pytest.mark.parametrize("protocol,verb", [(p, v) for p in ("smtp", "pop3", "imap") for v in rows(p)])
def test_every_command_is_sent(protocol, verb):
    assert any(verb in sent(path) for path in FILES if path.parent.name == protocol)


def test_every_news_command_is_sent():
    """With its second word, where it has one."""
    text = (SRC / "wire/nntp.tbl").read_text()
    wanted = re.findall(r'(?m)^CMD\(\w+, *"([A-Z]+)", *"([A-Z.]*)"', text)
    assert len(wanted) == len(re.findall(r"(?m)^CMD\(", text)), "a row of nntp.tbl is not understood"
    lines = [re.sub(r"^(?:repeat \d+ )?\w+[:/-] ?", "", line).upper() for path in FILES if path.parent.name == "nntp"
             for line in path.read_text().splitlines()]
    said = [part.split() for line in lines for part in line.replace("\\R\\N", "\n").split("\n")]
    assert [w for w in wanted if not any(words[:1] == [w[0]] and (not w[1] or words[1:2] == [w[1]]) for words in said)] == []


def test_every_uid_command_is_sent():
    verbs = re.findall(r"(?m)^CMD\((\w+),.*IMAP_WITH_UID", (SRC / "wire/imap.tbl").read_text())
    assert verbs
    words = set().union(*(sent(path) for path in FILES if path.parent.name == "imap"))
    assert [v for v in verbs if f"UID {v}" not in words] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(HERE).as_posix())
def test_dialogue_names_its_rfc(path):
    """The file's name begins with an RFC and a section; the first line says the same RFC in words, or names it among others."""
    number, section = re.match(r"(\d{3,4})-([\d.]+)-", path.name).groups()
    first = path.read_text().splitlines()[0]
    numbers = set(re.findall(r"RFC (\d+)", first)) | set(re.findall(r"RFCs? [\d, ]+and (\d+)", first))
    assert number in numbers, f"RFC {number} (section {section}) is not named in {first!r}"
    assert re.search(r"\bsections? \d", first), f"no section in {first!r}"
    assert all(0 < int(n) < 10000 for n in numbers)


def test_every_rfc_has_its_commands_section():
    """The RFC that a command's row names is the subject of some dialogue of the protocol."""
    for protocol in ("smtp", "pop3", "imap", "nntp"):
        text = (SRC / f"wire/{protocol}.tbl").read_text()
        cited = set(re.findall(r'"(\d{4}) [\d.]+', text)) | set(re.findall(r"; (\d{4}) [\d.]+", text))
        named = {n for path in FILES if path.parent.name == protocol for n in re.findall(r"RFC (\d+)", path.read_text())}
        assert cited - named == set()


# What dialogues are about and no capability or command is registered for.
WITHOUT_A_ROW = {"2180": "a mailbox in several sessions", "2683": "advice for implementers", "5530": "response codes"}


def capabilities():
    """(name, RFC, whether it is announced) of each row of imap_capability.tbl."""
    text = (SRC / "wire/imap_capability.tbl").read_text()
    found = re.findall(r'(?m)^CAP\(\w+, *"([^"]+)", *([^,]+), *[^,]+, "(\d+)", "[^"]*"\)$', text)
    assert len(found) == len(re.findall(r"(?m)^CAP\(", text)), "a row of imap_capability.tbl is not understood"
    return [(name, rfc, where.strip() != "0") for name, where, rfc in found]


def imap_dialogues(rfc):
    """Dialogues of which the RFC is the subject, or one of them."""
    return [p for p in FILES if p.parent.name == "imap" and
            (p.name.startswith(f"{rfc}-") or re.search(rf"\b{rfc}\b", p.read_text().splitlines()[0]))]


@pytest.mark.parametrize("name,rfc", [(name, rfc) for name, rfc, announced in capabilities() if announced])
def test_what_is_announced_has_dialogues(name, rfc):
    assert imap_dialogues(rfc), f"{name} is announced, and no dialogue is about RFC {rfc}"


def test_every_imap_dialogue_has_a_row():
    known = {rfc for _, rfc, _ in capabilities()} | set(WITHOUT_A_ROW)
    known |= set(re.findall(r'(?:"|; )(\d{4,5}) [\d.]+', (SRC / "wire/imap.tbl").read_text()))
    known |= set(re.findall(r'"RFC (\d+)', (SRC / "sasl/sasl.tbl").read_text()))
    files = {p.name: p.name.split("-")[0] for p in FILES if p.parent.name == "imap"}
    assert {name: rfc for name, rfc in files.items() if rfc not in known} == {}


@pytest.mark.parametrize("verb,rfc", re.findall(r'(?m)^CMD\((\w+),.*"(\d+) [^"]*"\)', (SRC / "wire/imap.tbl").read_text()))
def test_every_imap_command_has_a_dialogue_of_its_rfc(verb, rfc):
    assert any(verb in sent(path) for path in imap_dialogues(rfc)), f"no dialogue about RFC {rfc} sends {verb}"


@pytest.mark.parametrize("name", errors())
def test_every_error_is_provoked(name):
    where = [place for error, _, _, place in shown() if error == name]
    if name in OUT_OF_REACH:
        assert not where, f"{where} provoke what OUT_OF_REACH says cannot be"
    else:
        assert where, "no dialogue has this error in a remark '## ERR_...'"


def test_out_of_reach_names_errors():
    assert set(OUT_OF_REACH) - set(errors()) == set()


def test_shown_errors_have_their_face():
    table = errors()
    wrong = []
    for name, protocol, pattern, place in shown():
        assert name in table, f"{place}: no error {name}"
        smtp, enhanced, imap_status, imap_code, pop3_code, http_status = table[name]
        face = {
            "smtp": rf"{smtp} {re.escape(enhanced)} ",
            "pop3": rf"-ERR \[{re.escape(pop3_code)}\] " if pop3_code else "-ERR (?!\\[)",
            "http": rf"HTTP/1\.1 {http_status} ",
            "nntp": nntp_code(name, table[name]) + " ",
            "imap": rf"\S+ {imap_status} " + (rf"(\[{re.escape(imap_code)}\] )?" if imap_code else ""),
        }[protocol]
        if name == "OK":
            face = "HTTP/1\\.1 200 " if protocol == "http" else "250 2.0.0 "
        if not re.match(face, pattern):
            wrong.append(f"{place}: {pattern!r} is not {face!r}")
    assert not wrong, "\n".join(wrong)
