"""Holds what IMAP says against the tables of translations: a text of a handler that is new, or changed, is to be translated with it.

err.tbl is held against them by test/unit/base/language_test.c."""
import pathlib
import re

import pytest

SRC = pathlib.Path(__file__).parents[2] / "src"
SOURCES = [*sorted((SRC / "store").glob("imap*.c")), SRC / "front/imap_session.c", SRC / "wire/imap_language.h"]
WORD = r'"((?:[^"\\]|\\.)*)"'
# Calls that say something to the user, and macros for what they say.
SAYS = (r"\b(?:imap_engine_over|imap_put_ok|imap_put_status|imap_put_bye|imap_put_go|imap_put_text|refuse|refuse_as|bad_url"
        r"|imap_context_refuse|good|bad|put_status)\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
# Refusals behind the right password; "%s" alone hands on what logon_factor.c says.
TELLS = r"\btell\(l, LOGON_STEP_\w+, [\w.]+,\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)"
# What stands in a text where the code has a conversion.
HOLES = r"%04d-%02d-%02d|%02d:%02d|%\.\*s|%\w+"
MACRO = rf"#define (?:TOO_MANY|IMAP_LANGUAGE_NONE)\s+S\({WORD}\)"
# Arguments of such calls that are not said: response codes, and octets of a protocol.
CODES = {"READ-ONLY", "READ-WRITE", "NOTSAVED", "BADCOMPARATOR", "CLOSED", "URLMECH INTERNAL", "NOTIFICATIONOVERFLOW", "NO", "UNKNOWN-CTE",
         "BADCHARSET (UTF-8 US-ASCII)", "UNDEFINED-FILTER %.*s", "TEMPFAIL",
         "MAXCONVERTPARTS", "MAXCONVERTMESSAGES", "%s %u", ""}
# Said by what is none of these calls; each is looked for in the sources, or the row is out of date.
ELSEWHERE = {"logged on", "logged on as %s", "you need the right \"%s\" on that folder", "too many contexts", "too many results",
             "relevance is not kept up to date", "the mailbox is nearly full",
             "the mailbox is over its sending limit: delete messages first", "the mailbox is full and takes no more mail"}


def unescaped(text):
    return re.sub(r"\\(.)", r"\1", text)


def said():
    """Text -> the file that says it."""
    texts = {}
    for path in SOURCES:
        code = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
        found = [w for call in re.findall(SAYS, code) for w in re.findall(WORD, call)] + re.findall(MACRO, code)
        texts |= {re.sub(r"%\.\*s", "%s", unescaped(t)): path.name for t in found if t not in CODES}
    rows = re.findall(rf"\[IMAP_CONVERT_\w+\] = {{ S_INIT\({WORD}\)", (SRC / "store/imap_convert_error.c").read_text())
    assert len(rows) > 8, "the rows are not found any more"
    texts |= {unescaped(t): "imap_convert_error.c" for t in rows}
    for path in sorted((SRC / "directory").glob("logon*.c")):
        for call in re.findall(TELLS, path.read_text()):
            text = re.sub(HOLES, "%s", unescaped("".join(re.findall(WORD, call))))
            texts |= {text: path.name} if text != "%s" else {}
    return texts


def translated(table):
    return [unescaped(t) for t in re.findall(rf"(?m)^TEXT\({WORD}, {WORD}\)$", table.read_text()) for t in t[:1]]


@pytest.mark.parametrize("table", sorted((SRC / "base").glob("language_*.tbl")), ids=lambda t: t.stem)
def test_what_imap_says_is_translated(table):
    rows = translated(table)
    assert len(rows) == table.read_text().count("\nTEXT("), "a row is not understood"
    assert len(said()) > 60, "the calls are not found any more"
    plain = {t for t in rows if "%s" not in t}
    patterns = [re.escape(t).replace("%s", ".*") for t in rows if "%s" in t]
    missing = {t: where for t, where in said().items() if t not in plain and not any(re.fullmatch(p, t) for p in patterns)}
    assert missing == {}


@pytest.mark.parametrize("table", sorted((SRC / "base").glob("language_*.tbl")), ids=lambda t: t.stem)
def test_every_row_is_said_somewhere(table):
    code = "".join(p.read_text() for p in SRC.rglob("*.[ch]")) + (SRC / "base/err.tbl").read_text()
    code = re.sub(HOLES, "%s", code + re.sub(r'"\s*\n\s*"', "", code))
    gone = [t for t in translated(table) if t not in ("%s completed", "Other Users/", "Public Folders/") and
            not all(part in code for part in t.replace('"', '\\"').split("%s"))]
    assert gone == []
    assert ELSEWHERE <= set(translated(table))
