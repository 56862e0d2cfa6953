"""Every real message of ../shared/corpus goes in by SMTP and by APPEND, and comes back octet for octet, whatever happens."""
import binascii
import collections
import imaplib
import quopri
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
    # Eight bits in a header are taken from those only who may be shown them. imaplib's own enable() sends what no RFC knows.
    assert c._simple_command("ENABLE", "UTF8=ACCEPT")[0] == "OK"
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


def parse(octets):
    """The values of an IMAP answer: lists, bytes, None, and words as str."""
    stack, at = [[]], 0
    token = re.compile(rb'\(|\)|"((?:[^"\\]|\\.)*)"|~?\{(\d+)\}\r\n|([^\s()"{]+)|\s+')
    while at < len(octets):
        found = token.match(octets, at)
        at = found.end()
        if found.group(0) == b"(":
            stack.append([])
        elif found.group(0) == b")":
            inner = stack.pop()
            stack[-1].append(inner)
        elif found.group(2):
            stack[-1].append(octets[at:at + int(found.group(2))])
            at += int(found.group(2))
        elif found.group(3):
            word = found.group(3).decode()
            stack[-1].append(None if word == "NIL" else word)
        elif found.group(1) is not None:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", found.group(1)))
    return stack[0]


def fetch(c, number, items):
    """The items of one message by their names."""
    status, data = c.fetch(str(number), f"({items})")
    raw = b"".join(d[0] + b"\r\n" + d[1] if isinstance(d, tuple) else d for d in data)
    assert status == "OK", raw
    values = parse(raw)[1]
    return dict(zip(values[::2], values[1::2]))


def leaves(body, path=()):
    """(section, [type, subtype, ...]) of every part that is no multipart, messages and what is in them included."""
    if isinstance(body[0], list):
        children = [b for b in body if isinstance(b, list) and len(b) > 1 and isinstance(b[0], (list, bytes))]
        for n, child in enumerate(children[:[isinstance(b, list) for b in body].index(False)], 1):
            yield from leaves(child, path + (n,))
        return
    yield ".".join(map(str, path or (1,))), body
    if [w.lower() for w in body[:2]] == [b"message", b"rfc822"]:
        inside = body[8]
        yield from leaves(inside, path or (1,)) if isinstance(inside[0], list) else leaves(inside, (path or (1,)) + (1,))


def decoded(octets, encoding):
    if encoding == b"base64":
        return binascii.a2b_base64(re.sub(rb"[^A-Za-z0-9+/=]", b"", octets))
    return quopri.decodestring(octets) if encoding == b"quoted-printable" else octets


def check_part(section, body, got):
    text, binary, encoding = got[f"BODY[{section}]"], got[f"BINARY[{section}]"], body[5].lower()
    assert len(text) == int(body[6]), f"{section}: size"
    lines = body[9] if body[0].lower() == b"message" and len(body) > 9 else body[7]
    if body[0].lower() == b"text":
        assert text.count(b"\n") == int(lines), f"{section}: lines"
    assert int(got[f"BINARY.SIZE[{section}]"]) == len(binary), f"{section}: size of what is decoded"
    try:
        want = decoded(text, encoding)
    except binascii.Error:
        return 0
    if body[0].lower() == b"text":
        # Blanks at the end of a line are no text (RFC 2045 section 6.7); Python leaves them.
        want, binary = (re.sub(rb"[ \t]*\r?\n", b"\n", b) for b in (want, binary))
    assert binary.rstrip(b" \t\r\n") == want.rstrip(b" \t\r\n"), f"{section} in {encoding}"
    return 1


def test_structure(server, appended):
    """Of every third message: BODYSTRUCTURE tells of each part what BODY, BINARY and BINARY.SIZE give; PREVIEW keeps to its limits."""
    c = server.imap("bob")
    c.select("Corpus", readonly=True)
    parts, known = 0, {b"7bit", b"8bit", b"binary", b"base64", b"quoted-printable"}
    for number, (path, octets) in enumerate(GOOD.items(), 1):
        if number % 3:
            continue
        first = fetch(c, number, "BODYSTRUCTURE PREVIEW RFC822.SIZE EMAILID")
        assert int(first["RFC822.SIZE"]) == len(octets)
        preview = first["PREVIEW"].decode("utf-8")
        assert len(preview) <= 200 and preview == preview.strip() and not re.search(r"[\x00-\x1f\x7f]", preview), path
        rows = [(s, b) for s, b in leaves(first["BODYSTRUCTURE"]) if b[5].lower() in known][:20]
        if not rows:
            continue
        got = fetch(c, number, " ".join(f"BODY.PEEK[{s}] BINARY.PEEK[{s}] BINARY.SIZE[{s}]" for s, b in rows))
        for section, body in rows:
            try:
                parts += check_part(section, body, got)
            except AssertionError as e:
                raise AssertionError(f"{path}: {e}") from e
    c.logout()
    assert parts > 400
