"""Attacks on IMAP, POP3 and the store: rows D of the catalogue."""
import contextlib
import os
import signal
import threading
import time

import pytest

from attacks import SANITIZED, cpu_seconds, flood, greeted, last_words, logged_on, serves_others, unharmed
from server import eventually


def tagged(w, command, tag=b"t"):
    """The lines of an answer, the tagged one last."""
    w.send(tag + b" " + command + b"\r\n")
    return w.until(tag + b" ")


def bad_or_bye(line):
    return line is None or line.startswith((b"* BYE", b"t BAD", b"* BAD", b"t NO"))


# ---- before the logon ----

@pytest.mark.parametrize("literal", [b"{2147483647+}", b"{4294967296}", b"{18446744073709551616}", b"{-1}", b"{1", b"{}", b"{+}", b"{1x}", b"{8193}", b"{5000+}"])
def test_d1_literals_before_logon(server, literal):
    with unharmed(server):
        with greeted(server, "imap") as w:
            w.send(b"t LOGIN " + literal + b"\r\n")
            line = w.line()
            assert not line.startswith(b"+") and bad_or_bye(line), line
            flood(w, b"A" * 65536, 50)
            for line in last_words(w):
                assert not line.startswith((b"t OK", b"+")), line


def test_d1_many_literals_before_logon(server):
    with greeted(server, "imap") as w:
        w.send(b"t ID (" + b" ".join([b"{1+}\r\nx"] * 100) + b")\r\n")
        assert bad_or_bye(w.line())
    with greeted(server, "imap") as w:  # each small, all of them too much
        w.send(b"t LOGIN {4000+}\r\n" + b"x" * 4000 + b" {4090+}\r\n" + b"x" * 4090 + b" {4000+}\r\n")
        assert bad_or_bye(w.line())


@pytest.mark.parametrize("line", [b"t ID " + b"(" * 8000, b"t ID ((\"a\" \"b\"))", b"t ID (\"a\"", b"t ID (" + b"\"a\" NIL " * 31 + b")"], ids=("deep", "twice", "open", "many"))
def test_d2_nesting_before_logon(server, line):
    with greeted(server, "imap") as w:
        assert bad_or_bye(w.ask(line))


def test_d2_endless_brackets_before_logon(server):
    with unharmed(server):
        with greeted(server, "imap") as w:
            flood(w, b"t ID " + b"(" * 1_000_000)
            assert all(bad_or_bye(line) for line in last_words(w))


ODD = [b"t LOGIN \"a\0b\" x", b"t LOGIN \"a", b"t LOGIN \"x\\", b"t LOGIN \"x\\y\" z", b"t LOGIN \xff\xfe x", b"t LOGIN a\rb c", b"t LOGIN \"\xc3\x28\" x",
       b"\0\0\0", b"t\0 NOOP", b"t  NOOP", b" NOOP", b"+ NOOP", b"* NOOP", b"t", b"", b"(" * 100, b"t LOGIN a b c", b"t LOGIN () ()", b"t NOOP x", b"x" * 70 + b" NOOP"]


@pytest.mark.parametrize("line", ODD, ids=range(len(ODD)))
def test_d3_odd_octets_before_logon(server, line):
    with greeted(server, "imap") as w:
        said = w.ask(line)
        assert said is None or b" BAD " in said or said.startswith(b"* BYE"), said


def test_d3_nul_in_a_literal(server):
    with greeted(server, "imap") as w:
        assert w.ask(b"t LOGIN {3+}\r\na\0b {1+}\r\nx").startswith(b"t BAD")
        assert w.ask(b"t NOOP").startswith(b"t OK")


# ---- behind it ----

@pytest.fixture(scope="module")
def mail(server):
    server.send("alice@example.org", "x" * 70 + "\r\n..\r\n" + "y" * 1000)
    server.send("alice@example.org")
    return server


TRY = [b"SEARCH {4294967296}", b"SEARCH {-1}", b"SEARCH {18446744073709551616}", b"SEARCH BODY {1", b"SEARCH " + b"(" * 60_000 + b"ALL" + b")" * 60_000,
       b"SEARCH " + b"NOT " * 60_000 + b"ALL", b"SEARCH " + b"OR ALL " * 60_000 + b"ALL", b"FETCH 1 " + b"(" * 60_000, b"FETCH 1 BODY[" + b"1." * 60_000 + b"1]",
       b"FETCH 1 BODY[4294967296]", b"FETCH 1 BODY[0]", b"FETCH 0 FLAGS", b"FETCH 4294967296 FLAGS", b"FETCH 1:4294967297 FLAGS", b"FETCH 1,,2 FLAGS",
       b"FETCH , FLAGS", b"FETCH : FLAGS", b"FETCH 99999999999999999999 FLAGS", b"FETCH -1 FLAGS", b"STORE 1 FLAGS (\\Seen", b"STORE 1 FLAGS \0", b"FETCH \"1\" FLAGS",
       b"FETCH 1 BODY[]<9223372036854775808.1>", b"FETCH 1 BODY[]<0.0>", b"FETCH 1 BODY[]<1>", b"FETCH 1 BODY[]<-1.5>", b"FETCH 1 NOSUCH", b"STORE 1 +FLAGS (\\Nosuch)", b"STORE 1 +FLAGS (a]b{)",
       b"SEARCH " + b"1," * 20_000 + b"1", b"STATUS INBOX (NOSUCH)", b"SEARCH CHARSET x\0 ALL", b"SEARCH SINCE 99-Zzz-2020", b"SEARCH LARGER 99999999999999999999"]


@pytest.mark.parametrize("command", TRY, ids=range(len(TRY)))
def test_d1_d4_refused(mail, command):
    with unharmed(mail, seconds=10):
        with logged_on(mail) as w:
            line = tagged(w, command)[-1]
            assert line.startswith((b"t BAD", b"t NO")), line
            # Where octets stand that no line may hold, the next command's beginning is anybody's guess.
            assert w.ask(b"u NOOP").startswith(b"* BYE" if b"\0" in command else b"u OK")


GOOD = [b"FETCH *:* FLAGS", b"FETCH 1:* FLAGS", b"FETCH *:1 FLAGS", b"UID FETCH 1:4294967295 FLAGS", b"UID FETCH 4294967295 FLAGS", b"FETCH 1 BODY.PEEK[]<4294967295.4294967295>",
        b"FETCH 1 BODY.PEEK[]<9223372036854775807.1>",
        b"FETCH 1 BODY.PEEK[99.99.99]", b"SEARCH " + b"(" * 50 + b"ALL" + b")" * 50, b"UID SEARCH UID 4294967295:*", b"SEARCH LARGER 4294967295"]


@pytest.mark.parametrize("command", GOOD, ids=range(len(GOOD)))
def test_d4_numbers_at_the_edge(mail, command):
    with logged_on(mail) as w:
        assert tagged(w, command)[-1].startswith(b"t OK"), command


def test_d1_budget_of_arguments(mail):
    """A megabyte of arguments and a thousand literals; more is too big, and memory is not the client's to choose."""
    with unharmed(mail, seconds=20):
        with logged_on(mail) as w:
            w.send(b"t SEARCH" + b" BODY {1+}\r\nx" * 1001 + b"\r\n")
            assert any(bad_or_bye(line) for line in last_words_or(w))
        with logged_on(mail) as w:
            w.send(b"t SEARCH BODY {1048576}\r\n")
            assert w.line().startswith(b"t NO [TOOBIG]")
            assert tagged(w, b"NOOP")[-1].startswith(b"t OK")
        with logged_on(mail) as w:
            flood(w, b"t SEARCH BODY \"" + b"x" * 4_000_000)
            assert all(bad_or_bye(line) for line in last_words(w))


def last_words_or(w):
    w.socket.settimeout(30)
    lines = [w.line()]
    with contextlib.suppress(TimeoutError):
        while lines[-1] is not None and not lines[-1].startswith(b"t "):
            lines.append(w.line())
    return lines


def test_d1_append_beyond_the_limit(mail):
    with unharmed(mail, seconds=10):
        with logged_on(mail) as w:
            for size in (b"60000000", b"4294967296", b"9223372036854775807"):
                assert w.ask(b"t APPEND INBOX {%s}" % size).startswith(b"t NO"), size
            assert w.ask(b"t APPEND INBOX {9223372036854775808}").startswith(b"t BAD")
            assert w.ask(b"t APPEND INBOX {99999999999999999999}").startswith(b"t BAD")
            assert w.ask(b"t APPEND \"../../x\" {5+}\r\nabcde").startswith(b"t NO")
            assert w.ask(b"t APPEND INBOX {5+}\r\na\0cde").startswith((b"t NO", b"t BAD"))
            assert w.ask(b"t NOOP").startswith(b"t OK")


def test_d1_octet_by_octet(mail):
    """Half a megabyte, then an octet at a time: nobody has the store look at all of it again for each."""
    with unharmed(mail, seconds=30):
        store = mail.role_pids("store")[0]
        with logged_on(mail) as w:
            w.send(b"t SEARCH BODY \"" + b"x" * 500_000 + b"\" BODY {100000+}\r\n")
            before = cpu_seconds(store)
            for _ in range(2000):
                w.send(b"\n")
                time.sleep(0.0005)
            spent = cpu_seconds(store) - before
        assert SANITIZED or spent < 1, f"{spent:.2f} s for 2,000 octets"


@pytest.mark.parametrize("service", ("imap", "imaps", "pop3", "pop3s"))
def test_d5_client_that_never_reads(mail, service):
    """Output is made as fast as it is taken; the session of somebody else does not notice."""
    if service.startswith("imap"):
        for _ in range(3):
            mail.send("alice@example.org", "z" * 300_000)
    with unharmed(mail, seconds=20, store=120):
        with logged_on(mail, service=service) as w:
            command = b"t FETCH 1:* BODY.PEEK[]\r\n" if service.startswith("imap") else b"RETR 1\r\nRETR 3\r\n"
            flood_for(w, command * 200, 2)
            serves_others(mail)
    assert all(s["restarts"] == 0 for s in mail.status()["roles"])


def flood_for(w, octets, seconds):
    w.socket.settimeout(seconds)
    with contextlib.suppress(OSError):
        for _ in range(1000):
            w.send(octets)


def test_d5_idle_unread(mail):
    with unharmed(mail, seconds=30):
        with logged_on(mail) as idle, logged_on(mail) as w:
            assert idle.ask(b"i IDLE").startswith(b"+")
            for i in range(1000):
                w.send(b"t%d STORE 1 %sFLAGS.SILENT (\\Flagged)\r\n" % (i, b"+" if i % 2 else b"-"))
                assert w.until(b"t%d " % i)[-1].startswith(b"t%d OK" % i)
            idle.send(b"DONE\r\n")
            assert idle.until(b"i ")[-1].startswith(b"i OK")


PATHS = ["../../etc/passwd", "INBOX/../../o", "~root", "/x", "a//b", ".", "..", "%2e%2e", "x/", "/", "//", "a/./b", "a\\b", "con", "$(reboot)", "`x`", "-rf"]


@pytest.mark.parametrize("name", PATHS)
def test_d6_paths(mail, name):
    """A name is data: refused in words or kept as it is, and no file bears it."""
    with logged_on(mail, "bob", folder=None) as w:
        quoted = b'"' + name.replace("\\", "\\\\").encode() + b'"'
        made = tagged(w, b"CREATE " + quoted)[-1]
        assert made.startswith((b"t OK", b"t NO", b"t BAD")), made
        if made.startswith(b"t OK"):
            assert tagged(w, b"SELECT " + quoted)[-1].startswith(b"t OK") or name.endswith("/")
            assert tagged(w, b"CLOSE")[-1][:4] in (b"t OK", b"t BA")
            assert tagged(w, b"DELETE " + quoted)[-1].startswith(b"t OK") or name.endswith("/")
        assert tagged(w, b"NOOP")[-1].startswith(b"t OK")
    for _, folders, files in os.walk(mail.data):
        assert name.strip("/") not in folders + files


def test_d6_long_and_deep(mail):
    with unharmed(mail):
        with logged_on(mail, "bob", folder=None) as w:
            for name in (b"x" * 10_000, b"/".join([b"d"] * 1000), b"x" * 200_000):
                assert tagged(w, b"CREATE " + name)[-1].startswith((b"t NO", b"t BAD"))
            assert w.ask(b"t CREATE {3+}\r\na\0b").startswith((b"t NO", b"t BAD"))
            assert tagged(w, b"RENAME INBOX/x ../../y")[-1].startswith((b"t NO", b"t BAD"))


@pytest.mark.parametrize("name", [b"&", b"&Jjo", b"&Jjo!", b"&AGE-", b"&2D0-", b"&AAA-", b"&////-", b"&U,BTFw-&ZeVnLIqe-", b"\"\xc0\xaf\"", b"\"\xed\xa0\x80\"",
                                  b"\"\xf4\x90\x80\x80\"", b"{2+}\r\n\xc0\xaf", b"&AAo-"])
def test_d7_modified_utf7(mail, name):
    """Broken names are refused, and match nothing."""
    with logged_on(mail, "bob", folder=None) as w:
        made = tagged(w, b"CREATE " + name)[-1]
        assert made.startswith((b"t NO", b"t BAD")), made
        lines = tagged(w, b'LIST "" ' + name)
        assert len(lines) == 1, lines


def test_d7_one_form(mail):
    with logged_on(mail, "bob", folder=None) as w:
        assert tagged(w, b"CREATE &AOQ-")[-1].startswith(b"t OK")  # composed
        assert tagged(w, b"CREATE a&Awg-")[-1].startswith(b"t NO")  # decomposed: the same name
        assert tagged(w, b"STATUS a&Awg- (MESSAGES)")[-1].startswith(b"t OK")
        assert tagged(w, b"DELETE &AOQ-")[-1].startswith(b"t OK")
        for inbox in (b"inbox", b"InBoX"):
            assert tagged(w, b"CREATE " + inbox)[-1].startswith(b"t NO")


def test_d8_patterns(mail):
    with logged_on(mail, "bob", folder=None) as w:
        w.send(b"".join(b"c%d CREATE p%d/%s\r\n" % (i, i, b"/".join([b"abcdefgh"] * 15)) for i in range(60)))
        w.until(b"c59 ")
        with unharmed(mail, seconds=10):
            store = mail.role_pids("store")[0]
            before = cpu_seconds(store)
            for pattern in (b"*%*%*%*%*%*%*%*%*%*%*x", b"%*" * 500 + b"x", b"*a" * 40 + b"z"):
                assert tagged(w, b'LIST "" "%s"' % pattern)[-1].startswith((b"t OK", b"t BAD", b"t NO"))
            assert SANITIZED or cpu_seconds(store) - before < 2
        w.send(b"".join(b"d%d DELETE p%d\r\n" % (i, i) for i in range(60)))
        w.until(b"d59 ")


def test_d12_many_hands(new_server):
    """Sessions that append, copy, move, flag and expunge in one folder: UIDs only grow, and none has two contents."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    problems, appended = [], []

    def work(number):
        try:
            with logged_on(s) as w:
                tagged(w, b"CREATE f%d" % number)
                for i in range(12):
                    text = b"Subject: m%d.%d\r\n\r\nx\r\n" % (number, i)
                    line = tagged(w, b"APPEND INBOX {%d+}\r\n" % len(text) + text)[-1]
                    assert line.startswith(b"t OK [APPENDUID"), line
                    appended.append((int(line.split()[4].rstrip(b"]")), text))
                    for command in (b"STORE 1:* +FLAGS (\\Flagged)", b"COPY 1 f%d" % number, b"UID MOVE %d f%d" % (appended[-1][0] - 3, number),
                                    b"STORE 2 +FLAGS (\\Deleted)", b"EXPUNGE", b"FETCH 1:* (UID FLAGS)"):
                        said = tagged(w, command)[-1]
                        assert not said.startswith(b"* BYE"), said
        except Exception as e:
            problems.append((number, repr(e)))
    with unharmed(s, seconds=60):
        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    assert not problems, problems[:3]
    uids = [uid for uid, _ in appended]
    assert len(set(uids)) == len(uids) == 96
    texts = dict(appended)
    c = s.imap("DOM\\alice")
    c.select("INBOX")
    for row in c.uid("fetch", "1:*", "(UID BODY.PEEK[])")[1]:
        if isinstance(row, tuple):
            uid = int(row[0].split(b"UID ")[1].split()[0])
            assert row[1] == texts[uid]
    c.logout()


def test_d12_recreated(mail):
    with logged_on(mail, "bob", folder=None) as w:
        seen = set()
        for _ in range(4):
            tagged(w, b"CREATE again")
            line = [x for x in tagged(w, b"STATUS again (UIDVALIDITY)") if b"UIDVALIDITY" in x][0]
            assert line not in seen
            seen.add(line)
            tagged(w, b"DELETE again")


def test_d13_quota_from_many_sides(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("bob")
    s.add_account("DOM\\alice")
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org", quota_receive="100K")
    s.start()
    text = b"Subject: x\r\n\r\n" + b"x" * 9_986
    kept = []

    def append():
        with logged_on(s) as w:
            for _ in range(5):
                if tagged(w, b"APPEND INBOX {%d+}\r\n" % len(text) + text)[-1].startswith(b"t OK"):
                    kept.append(1)
    threads = [threading.Thread(target=append) for _ in range(10)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert 9 <= len(kept) <= 10, len(kept)


def test_d14_deleted_only_at_quit(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    for _ in range(3):
        s.send("alice@example.org")
    with logged_on(s, service="pop3") as one, logged_on(s, service="pop3") as two:
        assert one.ask(b"DELE 1").startswith(b"+OK")
        assert two.ask(b"DELE 1").startswith(b"+OK")
        assert one.ask(b"RETR 1").startswith(b"-ERR")
        assert two.ask(b"QUIT").startswith(b"+OK")
        assert one.ask(b"QUIT").startswith(b"+OK")
    with logged_on(s, service="pop3") as w:
        assert w.ask(b"STAT").startswith(b"+OK 2 ")
        assert w.ask(b"DELE 1").startswith(b"+OK")
    with logged_on(s, service="pop3") as w:
        assert w.ask(b"STAT").startswith(b"+OK 2 ")
        for command in (b"TOP 1 4294967296", b"TOP 1 -1", b"TOP 1", b"RETR 0", b"RETR -1", b"RETR 4294967296", b"RETR 99999999999999999999",
                        b"DELE 3", b"LIST 0"):
            assert w.ask(command).startswith(b"-ERR"), command
        w.send(b"TOP 1 4294967295\r\n")
        assert w.until(b".")[0].startswith(b"+OK")
        assert w.ask(b"UIDL 1").startswith(b"+OK 1 ")


def test_store_dies_under_sessions(new_server):
    """Sessions end with it, and the next logon finds the mail; nothing that a front holds gets lost."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    s.send("alice@example.org")
    held = [logged_on(s, service=service) for service in ("imap", "imaps", "pop3", "pop3s") for _ in range(3)]
    os.kill(s.role_pids("store")[0], signal.SIGKILL)
    for w in held:
        last_words(w)
        w.close()
    w = eventually(lambda: logged_on(s))
    assert tagged(w, b"STATUS INBOX (MESSAGES)")[0].endswith(b"(MESSAGES 1)")
    w.close()
    fronts = s.role_pids("front-user") + s.role_pids("front-mx")
    assert len(fronts) == 2 and all(r["restarts"] == 0 for r in s.status()["roles"] if r["role"] != "store")
