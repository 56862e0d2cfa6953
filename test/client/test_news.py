"""News: who gets in with and without an account, limits of strangers, what the administrator is told; nntplib, slrn and tin."""
import os
import re
import shutil
import subprocess
import time

import pytest

from server import PASSWORD, Wire, any_tls, eventually
from test_anonymous import counts, set_config
from test_clients_public import Terminal

nntplib = pytest.importorskip("nntplib")

ON = "anonymous.nntp = on;\nanonymous.logons_max = 0;\n"
ARTICLE = b"From: alice@example.org\r\nNewsgroups: Announcements\r\nSubject: %s\r\nMessage-ID: <%s@example.org>\r\n\r\n%s\r\n"


def newsstand(new_server, config=ON):
    """Announcements is anybody's to read and an account's to post to, Staff is for accounts alone."""
    s = new_server(config=config)
    s.add_domain()
    s.add_person("alice")
    s.start()
    s.bourse("public", "enable")
    for folder in ("Announcements", "Staff"):
        s.bourse("folder", "create", "public", folder)
        s.bourse("folder", "grant", "public", folder, "authenticated", "author")
    s.bourse("folder", "grant", "public", "Announcements", "anyone", "reviewer")
    return s


def reader(s, service="nntp"):
    w = Wire(s, service)
    assert w.line().startswith(b"201 ")
    return w


# ---- strangers ----


def test_sessions_of_strangers(new_server):
    s = newsstand(new_server, ON + "anonymous.sessions_per_address_max = 2;\naccount.sessions_max = 2;\n")
    held = [reader(s), reader(s, "nntps")]
    for w in held:
        assert w.ask(b"MODE READER").startswith(b"201 ")
    with reader(s) as w:
        assert w.ask(b"MODE READER").startswith(b"400 ") and w.line() is None
    eventually(lambda: counts(s)["sessions"] == 2)
    assert counts(s)["nntp"] is True and counts(s)["imap"] is False
    # Who logs on is none of them any more.
    assert held[0].ask(b"AUTHINFO USER DOM\\alice").startswith(b"381 ")
    eventually(lambda: counts(s)["sessions"] == 1)
    assert held[0].ask(b"AUTHINFO PASS " + PASSWORD.encode()).startswith(b"281 ")
    sessions = s.json("session", "list")["rows"]
    assert sorted((row["service"], row["account"]) for row in sessions) == [("nntp", "DOM\\alice"), ("nntps", "Anonymous")]
    # Those of accounts are counted by account.
    for want in (b"281 ", b"400 "):
        w = reader(s)
        held.append(w)
        w.ask(b"AUTHINFO USER DOM\\alice")
        assert w.ask(b"AUTHINFO PASS " + PASSWORD.encode()).startswith(want)
    for w in held:
        w.close()


def test_logon_rate_of_strangers(new_server):
    s = newsstand(new_server, "anonymous.nntp = on;\nanonymous.logons_max = 2;\n")
    answers = []
    for _ in range(4):
        with reader(s) as w:
            answers.append(w.ask(b"MODE READER")[:4])
    assert answers[:2] == [b"201 "] * 2 and b"400 " in answers[2:]
    with reader(s) as w:
        w.ask(b"AUTHINFO USER DOM\\alice")
        assert w.ask(b"AUTHINFO PASS " + PASSWORD.encode()).startswith(b"281 ")


def test_switched_off(new_server):
    s = newsstand(new_server)
    w = reader(s)
    assert w.ask(b"MODE READER").startswith(b"201 ")
    set_config(s, "")
    assert w.line().startswith(b"400 ") and w.line() is None
    with reader(s) as w:
        assert w.ask(b"GROUP Announcements").startswith(b"480 ")
    set_config(s, ON)
    with reader(s) as w:
        assert w.ask(b"GROUP Announcements").startswith(b"211 ")
        # Without the public store there is nothing to read.
        s.bourse("public", "disable", "--purge")
        assert w.line().startswith(b"400 ")
    with reader(s) as w:
        assert w.ask(b"GROUP Announcements").startswith(b"480 ")


def test_what_strangers_reach(new_server):
    s = newsstand(new_server)

    def rows():
        return [(row["what"], row["action"]) for row in s.json("doctor", "anonymous")["rows"] if row["protocol"] == "nntp"]

    assert rows() == [("the public store", "read news"), ("Public Folders/Announcements", "see it, read")]
    said = s.json("doctor", "logon", "anonymous", "--protocol", "nntp")
    assert said["rows"][0]["ok"] == "yes" and "public store" in said["message"]
    said = s.json("doctor", "logon", "DOM\\alice", "--protocol", "nntp")
    assert "may read news" in said["message"]
    set_config(s, "")
    assert rows() == [("", "nothing")]
    assert s.json("doctor", "logon", "anonymous", "--protocol", "nntp", check=False)["rows"][0]["ok"] == "not checked"


def test_application_password(new_server):
    s = newsstand(new_server, "")
    made = {words: s.json("account", "app-password", "add", "DOM\\alice", "--label", words, "--protocols", words)["password"]
            for words in ("nntp", "imap")}
    for words, code in (("nntp", b"281 "), ("imap", b"481 ")):
        with reader(s) as w:
            w.ask(b"AUTHINFO USER DOM\\alice")
            assert w.ask(b"AUTHINFO PASS " + made[words].encode()).startswith(code)


# ---- programs ----


@pytest.fixture(scope="module")
def stand(server):
    server.write_config(ON)
    server.bourse("reload")
    server.bourse("public", "enable")
    server.bourse("folder", "create", "public", "Announcements")
    server.bourse("folder", "create", "public", "Staff")
    server.bourse("folder", "grant", "public", "Staff", "authenticated", "author")
    server.bourse("folder", "grant", "public", "Announcements", "authenticated", "author")
    server.bourse("folder", "grant", "public", "Announcements", "anyone", "reviewer")
    return server


@pytest.mark.parametrize("way", ("plain", "STARTTLS", "TLS"))
def test_nntplib(stand, way):
    if way == "TLS":
        n = nntplib.NNTP_SSL("127.0.0.1", stand.port("nntps"), ssl_context=any_tls(), readermode=True, timeout=60)
    else:
        n = nntplib.NNTP("127.0.0.1", stand.port("nntp"), readermode=way == "plain", timeout=60)
    if way == "STARTTLS":
        n.starttls(any_tls())
    assert "READER" in n.getcapabilities()
    assert [g.group for g in n.list()[1]] == ["Announcements"]
    with pytest.raises(nntplib.NNTPTemporaryError):
        n.group("Staff")
    n.login("DOM\\alice", PASSWORD)
    assert sorted(g.group for g in n.list()[1]) == ["Announcements", "Staff"]
    word = f"by-{way}".encode()
    assert n.post(ARTICLE % (word, word, b".text of " + word)).startswith("240 ")
    _, count, first, last, _ = n.group("Announcements")
    assert count > 0
    number, message_id = n.stat(last)[1:]
    assert (number, message_id) == (last, f"<by-{way}@example.org>")
    _, overviews = n.over((first, last))
    assert f"by-{way}" in [nntplib.decode_header(o["subject"]) for _, o in overviews]
    _, info = n.body(f"<by-{way}@example.org>")
    assert b"\n".join(info.lines) == b".text of " + word
    assert n.xhdr("subject", f"{last}-{last}")[1] == [(str(last), f"by-{way}")]
    assert n.date()[1].year >= 2020
    assert n.quit().startswith("205 ")


def test_nntplib_without_strangers(new_server):
    """What it may have it asks for behind the logon."""
    s = newsstand(new_server, "")
    n = nntplib.NNTP("127.0.0.1", s.port("nntp"), "DOM\\alice", PASSWORD, readermode=True, timeout=60)
    assert "POST" in n.getcapabilities()
    assert sorted(g.group for g in n.list()[1]) == ["Announcements", "Staff"]
    n.quit()


class Slrn(Terminal):
    def wait_for(self, word, seconds=60):
        """A question: unlike look_for it types nothing, which would stand in the answer."""
        end = time.monotonic() + seconds
        while word not in self.text():
            assert time.monotonic() < end and self.read(0.5), f"no {word!r} in {self.text()[-3000:]!r}"
        return self


@pytest.mark.skipif(not shutil.which("slrn"), reason="slrn is not here")
def test_slrn(stand, tmp_path, monkeypatch):
    """Somebody with an account, key by key: the list of groups, an article, a follow-up that he posts."""
    with nntplib.NNTP("127.0.0.1", stand.port("nntp"), timeout=60) as n:
        n.login("DOM\\alice", PASSWORD)
        n.post(ARTICLE % (b"for slrn", b"slrn-1", b"what slrn shows"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "vt100")
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "80")
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'said by slrn' >> \"$1\"\n")
    editor.chmod(0o755)
    (tmp_path / ".slrnrc").write_text(
        f'nnrpaccess "127.0.0.1" "DOM\\\\alice" "{PASSWORD}"\nset force_authentication 1\nset username "alice"\nset hostname "example.org"\n'
        f'set editor_command "{editor} %s"\nset confirm_actions 0\nset use_metamail 0\nset query_read_group_cutoff 0\n')
    (tmp_path / ".jnewsrc").write_text("Announcements:\n")
    t = Slrn("slrn", "-h", f"127.0.0.1:{stand.port('nntp')}", "-f", str(tmp_path / ".jnewsrc"))
    t.look_for("Announcements").type("\r")
    t.look_for("for slrn").type("P")
    t.wait_for("Newsgroup:").type("\r")
    t.wait_for("Subject:").type("from slrn\r")
    t.wait_for("Post the message").type("y")
    t.look_for("for slrn").type("q")
    t.look_for("News Groups").type("q")
    assert t.end() == 0
    with nntplib.NNTP("127.0.0.1", stand.port("nntp"), timeout=60) as n:
        last = n.group("Announcements")[3]
        article = n.article(last)[1]
    assert b"Subject: from slrn" in article.lines and b"said by slrn" in article.lines


@pytest.mark.skipif(not shutil.which("tin"), reason="tin is not here")
def test_tin(stand, tmp_path):
    """A stranger: tin looks for new articles and saves them without anybody at a terminal."""
    with nntplib.NNTP("127.0.0.1", stand.port("nntp"), timeout=60) as n:
        n.login("DOM\\alice", PASSWORD)
        n.post(ARTICLE % (b"for tin", b"tin-1", b"what tin saves"))
    (tmp_path / ".newsrc").write_text("Announcements:\n")
    done = subprocess.run(["tin", "-r", "-g", "127.0.0.1", "-p", str(stand.port("nntp")), "-f", str(tmp_path / ".newsrc"), "-S", "-d"],
                          capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
                          env={**os.environ, "HOME": str(tmp_path), "TERM": "vt100"})
    saved = [p.read_text(errors="replace") for p in tmp_path.rglob("*") if p.is_file() and re.search("what tin saves", p.read_text(errors="replace"))]
    assert saved, done.stdout + done.stderr
