"""Every real message of ../shared/corpus goes in by SMTP and by APPEND, and comes back octet for octet, whatever happens."""
import collections
import imaplib
import re
import smtplib
import threading
import time

import pytest

from server import CORPUS, PASSWORD, Server, quoted, without_trace

CONNECTIONS = 6

if not CORPUS.is_dir():
    pytest.skip(f"{CORPUS} is missing: no real messages to send", allow_module_level=True)


def as_sent(octets):
    """With CRLF at every line end: bare CR and LF become line ends, too, and the last line gets one."""
    octets = re.sub(rb"\r\n|\r|\n", b"\r\n", octets)
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def load():
    files = sorted(CORPUS.glob("*/*.eml"))
    messages = {path: as_sent(path.read_bytes()) for path in files}
    good = {path: octets for path, octets in messages.items() if b"\0" not in octets}
    return good, {path: octets for path, octets in messages.items() if b"\0" in octets}


GOOD, WITH_NUL = load()


def deliver(server, share, to, problems):
    with server.smtp() as c:
        for path, octets in share:
            try:
                c.sendmail("", [to], octets, mail_options=["BODY=8BITMIME"])
            except smtplib.SMTPException as e:
                problems.append((path.name, len(octets), max(map(len, octets.split(b"\r\n"))), e))
                c.close()
                c.connect("127.0.0.1", server.port("smtp"))


def compare(found, expected):
    missing = collections.Counter(expected) - collections.Counter(found)
    more = collections.Counter(found) - collections.Counter(expected)
    assert not missing and not more, (
        f"{missing.total()} messages are missing, {more.total()} were never sent; "
        f"first missing: {next(iter(missing), b'')[:300]!r}; first unknown: {next(iter(more), b'')[:300]!r}")


@pytest.fixture(scope="module")
def server():
    s = Server("smtp.hops_max = 100;\n")
    try:
        s.add_domain()
        s.add_person("alice")
        s.add_person("bob")
        s.start()
        yield s
    finally:
        s.destroy()


@pytest.fixture(scope="module")
def delivered(server):
    """The corpus lies in alice's mailbox."""
    work, problems = list(GOOD.items()), []
    threads = [threading.Thread(target=deliver, args=(server, work[i::CONNECTIONS], "alice@example.org", problems))
               for i in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, f"{len(problems)} were refused: {problems[:10]}"
    return list(GOOD.values())


@pytest.fixture(scope="module")
def appended(server):
    """The corpus lies in bob's folder Corpus."""
    c = server.imap("bob")
    assert c.create("Corpus")[0] == "OK"
    date = imaplib.Time2Internaldate(time.time())
    for path, octets in GOOD.items():
        status, text = c.append("Corpus", None, date, octets)
        assert status == "OK", f"{path.name}: {text}"
    c.logout()
    return list(GOOD.values())


def test_corpus_is_large_enough():
    assert len(GOOD) > 1000


def test_nul_is_refused(server):
    """By design (RFC 5321 section 4.5.2 leaves it to us): nothing that reads C strings shall see another message than we do."""
    samples = list(WITH_NUL.values()) + [b"Subject: nul\r\n\r\na\0b\r\n"]
    for octets in samples:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            c = server.smtp()
            c.sendmail("", ["alice@example.org"], octets)
        assert refused.value.smtp_code == 554
        assert b"NUL" in refused.value.smtp_error


@pytest.mark.parametrize("octets", [b"a\nb", b"a\rb", b"a\r\r\nb", b"\n.\r\nMAIL FROM:<a@b>", b"\r\n.\nMAIL FROM:<a@b>"])
def test_bare_line_ends_are_refused(server, octets):
    """B1: what another server could read in another way is not taken at all."""
    with server.smtp() as c:
        c.ehlo()
        c.docmd("MAIL FROM:<>")
        c.docmd("RCPT TO:<alice@example.org>")
        assert c.docmd("DATA")[0] == 354
        c.send(b"Subject: x\r\n\r\n" + octets + b"\r\n.\r\n")
        assert c.getreply()[0] == 554
        with pytest.raises(smtplib.SMTPServerDisconnected):
            c.noop()


def test_pop3(server, delivered):
    compare([without_trace(octets) for octets in server.pop3_all("alice")], delivered)


def test_imap(server, delivered):
    compare([without_trace(octets) for octets in server.imap_all("alice")], delivered)


def test_append(server, appended):
    assert server.imap_all("bob", "Corpus") == appended


def test_imap_reads_the_structure_of_every_message(server, delivered):
    """Whatever stands in them, ENVELOPE and BODYSTRUCTURE can be written and are read back by a client."""
    c = server.imap("alice")
    count = int(c.select("INBOX", readonly=True)[1][0])
    seen = set()
    for first in range(1, count + 1, 50):
        status, rows = c.fetch(f"{first}:{min(first + 49, count)}", "(UID ENVELOPE BODYSTRUCTURE)")
        assert status == "OK"
        text = b"".join(part if isinstance(part, bytes) else b"".join(part) for part in rows)
        seen.update(re.findall(rb"UID (\d+)", text))
    c.logout()
    assert len(seen) == count


def test_kill_of_everything_changes_nothing(server, delivered, appended):
    before = server.pop3("alice").uidl()[1]
    server.kill_all()
    server.start()
    assert server.pop3("alice").uidl()[1] == before
    compare([without_trace(octets) for octets in server.pop3_all("alice")], delivered)
    assert server.imap_all("bob", "Corpus") == appended


def test_rebuild_changes_nothing(server, delivered, appended):
    before = server.pop3("alice").uidl()[1]
    digest = server.json("check")["digest"]
    server.bourse("rebuild")
    assert server.pop3("alice").uidl()[1] == before
    compare([without_trace(octets) for octets in server.imap_all("alice")], delivered)
    assert server.imap_all("bob", "Corpus") == appended
    check = server.json("check")
    assert check["problems"] == [] and check["digest"] == digest


def test_rebuild_of_a_stopped_server_changes_nothing(server, delivered, appended):
    before = server.json("check")["digest"]
    server.stop()
    server.bourse("rebuild")
    assert server.json("check")["digest"] == before
    server.start()
    compare([without_trace(octets) for octets in server.pop3_all("alice")], delivered)
