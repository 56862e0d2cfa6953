"""The search index: searches say the same with it and without it, whatever happens to it."""
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time

import pytest
from server import BOURSE, CORPUS, eventually

HEADER = "From: Anna <anna@example.org>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= {n}\r\nX-Row: row-{n}.\r\n"
BODY = "Content-Type: text/plain; charset=utf-8\r\n\r\nDie Straße zum Bahnhof; number-{n}.\r\n日本語のテキスト {word}\r\n"
WORDS = ["quixotic", "Sphinx", "BOURSE", "naïve", "ÄÖÜ"]


def fill(server, name, count):
    """Messages 1 to count: one APPEND each."""
    with server.imap(name) as c:
        for n in range(1, count + 1):
            text = (HEADER + BODY).format(n=n, word=WORDS[n % len(WORDS)])
            assert c.append("INBOX", None, None, text.encode())[0] == "OK"


def corpus(server, name):
    """Some real messages, if they are there."""
    with server.imap(name) as c:
        assert c._simple_command("ENABLE", "UTF8=ACCEPT")[0] == "OK"  # 8-bit header fields are refused otherwise (RFC 6855 4)
        for path in sorted(CORPUS.glob("*/*.eml"))[::4]:
            octets = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
            if b"\0" not in octets:
                assert c.append("INBOX", None, None, octets)[0] == "OK"


def search(c, key, text, kind="SEARCH"):
    c.literal = text.encode()
    status, rows = c.uid(kind, "CHARSET", "UTF-8", *key.split())
    assert status == "OK", rows
    return rows[0]


def answers(server, name, texts):
    with server.imap(name) as c:
        c.select("INBOX", readonly=True)
        return [search(c, key, text) for text in texts for key in ("TEXT", "BODY", "HEADER Subject", "NOT TEXT")]


def rows(server):
    return server.json("search", "status")["rows"]


def of(server, name):
    found = server.json("search", "status", name)["rows"]
    return found[0] if found else None


def rebuild(server, *mailbox):
    """What is said last; before it comes how far it is."""
    done = server.bourse("search", "rebuild", *mailbox, "--json", check=False)
    return json.loads(done.stdout.splitlines()[-1])


def config(server, text):
    server.write_config(text)
    server.bourse("reload")


@pytest.fixture(scope="module")
def texts():
    draw = random.Random(5)
    found = ["number-17.", "NUMBER-2", "strasse", "STRASSE", "straße", "GRÜSSE", "grüße", "日本語", "キスト Quix", "row-3", "äöü",
             "nowhere at all", "zq", "x", "\u0130", "anna@example.org", "subject: ", "content-type", "bahnhof; number"]
    for path in sorted(CORPUS.glob("*/*.eml"))[::40]:
        octets = path.read_bytes().decode("utf-8", "replace").replace("\0", "")
        at = draw.randrange(max(1, len(octets) - 20))
        text = octets[at:at + draw.randrange(3, 12)].strip().split("\n")[0].strip()
        if text and "\r" not in text:
            found.append(text)
    return found


@pytest.fixture(scope="module")
def filled(server):
    fill(server, "alice", 300)
    corpus(server, "alice")
    fill(server, "bob", 20)
    return server


def test_an_index_comes_by_itself(filled):
    eventually(lambda: of(filled, "alice")["messages"] > 256 and not of(filled, "alice")["working"], 60)
    assert of(filled, "bob")["messages"] == 0, "a small mailbox has none"
    assert len(rows(filled)) == 1


def test_same_answers(filled, texts):
    with_index = answers(filled, "alice", texts)
    config(filled, "search.index = off;\n")
    assert filled.json("search", "status")["index"] is False
    assert rebuild(filled)["error"] == "UNAVAILABLE"
    without = answers(filled, "alice", texts)
    config(filled, "")
    assert with_index == without
    assert sum(bool(row) for row in without) > len(texts)


def test_rebuild(filled, texts):
    before = answers(filled, "alice", texts[:8])
    assert rebuild(filled, "alice")["ok"] is True
    row = of(filled, "alice")
    assert row["waiting"] == 0 and row["messages"] >= 300
    assert answers(filled, "alice", texts[:8]) == before
    assert rebuild(filled, "bob")["messages"] == 20
    assert of(filled, "bob")["messages"] == 20
    assert rebuild(filled)["ok"] is True
    refused = rebuild(filled, "nobody")
    assert refused["ok"] is False


def test_kill_while_indexing(filled, texts):
    """At whatever point the store dies, the answers stay; and the index goes on."""
    before = answers(filled, "alice", texts[:10])
    for n in range(5):
        pid = eventually(lambda: filled.role_pids("store"))[0]
        tool = subprocess.Popen([BOURSE, "--data", filled.data, "search", "rebuild", "alice"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(n * 0.05)
        os.kill(pid, signal.SIGKILL)
        tool.wait(60)
        eventually(lambda: all(r["state"] == "ready" and r["pid"] != pid for r in filled.status()["roles"]), 60)
        assert answers(filled, "alice", texts[:10]) == before
    assert rebuild(filled, "alice")["ok"] is True
    assert answers(filled, "alice", texts[:10]) == before


def test_damaged_files(filled, texts):
    before = answers(filled, "alice", texts[:10])
    assert rebuild(filled, "alice")["ok"] is True
    number = of(filled, "alice")["mailbox"]
    filled.stop()
    path = pathlib.Path(filled.data) / "store/search" / str(number)
    octets = bytearray(path.read_bytes())
    assert len(octets) > 100000
    for at in range(2 * 4096 + 100, len(octets), 4096):
        octets[at] ^= 0x40
    path.write_bytes(octets)
    filled.start()
    assert answers(filled, "alice", texts[:10]) == before
    eventually(lambda: re.search(r" 4030 a mailbox's search index cannot be used", filled.log()))
    eventually(lambda: of(filled, "alice")["messages"] > 256, 90)
    assert answers(filled, "alice", texts[:10]) == before


def test_a_removed_mailbox_leaves_nothing(filled):
    rebuild(filled, "bob")
    number = of(filled, "bob")["mailbox"]
    folder = pathlib.Path(filled.data) / "store/search"
    assert (folder / str(number)).exists()
    filled.bourse("mailbox", "remove", "bob")
    eventually(lambda: not any(p.name.split("-")[0] == str(number) for p in folder.iterdir()))
    assert all(r["mailbox"] != number for r in rows(filled))
