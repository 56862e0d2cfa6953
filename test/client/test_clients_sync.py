"""offlineimap3 as Debian has it, and a copy of a whole mailbox by a library, as people do who move from one server to another."""
import datetime
import imaplib
import re
import shutil
import subprocess
import time

import pytest

from server import PASSWORD, any_tls

need_offlineimap = pytest.mark.skipif(shutil.which("offlineimap") is None, reason="offlineimap3 is not installed")


@pytest.fixture
def own(new_server):
    s = new_server(config="server.host_name = localhost;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    return s.start()


# ---- offlineimap3 ----

def offlineimap(server, home, way="plain"):
    box = home / "mail"
    service = "imaps" if way == "implicit" else "imap"
    rc = home / "offlineimaprc"
    rc.write_text(f"""[general]
accounts = Bourse
metadata = {home}/meta
ui = basic
socktimeout = 60

[Account Bourse]
localrepository = Near
remoterepository = Far

[Repository Near]
type = Maildir
localfolders = {box}

[Repository Far]
type = IMAP
remotehost = localhost
remoteport = {server.port(service)}
remoteuser = DOM\\alice
remotepass = {PASSWORD}
ssl = {"yes" if way == "implicit" else "no"}
starttls = {"yes" if way == "starttls" else "no"}
sslcacertfile = {server.data}/tls/self-signed.pem
expunge = yes
usecompression = {"yes" if way == "starttls" else "no"}
""")
    rc.chmod(0o600)
    done = subprocess.run(["offlineimap", "-c", rc, "-o", *(["-d", "imap"] if way == "starttls" else [])], capture_output=True, text=True, timeout=120, env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "ERROR" not in done.stdout + done.stderr, done.stdout[-3000:] + done.stderr[-3000:]
    assert ("COMPRESS DEFLATE" in done.stdout + done.stderr) == (way == "starttls"), done.stdout[-3000:]
    return box


def near(box, folder="INBOX"):
    """Subject -> file."""
    files = [p for sub in ("cur", "new") for p in (box / folder / sub).iterdir()]
    return {re.search(rb"(?m)^Subject: (.*?)\r?$", p.read_bytes()).group(1).decode(): p for p in files}


def far(server, folder="INBOX", name="alice"):
    return sorted(re.search(rb"(?m)^Subject: (.*?)\r?$", octets).group(1).decode() for octets in server.imap_all(name, folder))


@need_offlineimap
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
def test_offlineimap_both_ways(own, tmp_path, way):
    """New, flagged and gone, on both sides; over STARTTLS with compression."""
    for number in range(5):
        own.send("alice@example.org", subject=f"far {number}")
    box = offlineimap(own, tmp_path, way)
    files = near(box)
    assert sorted(files) == [f"far {number}" for number in range(5)]
    files["far 1"].unlink()
    flagged = files["far 2"]
    flagged.rename(box / "INBOX/cur" / (flagged.name.split(":")[0] + ":2,FS"))
    (box / "INBOX/cur/1700000000.1_1.here,FMD5=7e33429f656f1e6e9d79b29c3f82c57e:2,S").write_bytes(b"From: me@here\nSubject: near 0\nMessage-Id: <near0@here>\n\nfrom here\n")
    c = own.imap("alice")
    c.select()
    c.store(c.search(None, "SUBJECT", '"far 3"')[1][0].decode(), "+FLAGS", "\\Answered")
    c.store(c.search(None, "SUBJECT", '"far 4"')[1][0].decode(), "+FLAGS", "\\Deleted")
    c.expunge()
    c.create('"Fern/Unten"')
    c.append('"Fern/Unten"', "\\Seen", None, b"Subject: below\r\n\r\nx\r\n")
    c.logout()
    for _ in range(2):
        offlineimap(own, tmp_path, way)
    expected = ["far 0", "far 2", "far 3", "near 0"]
    assert sorted(near(box)) == expected == far(own)
    assert "R" in near(box)["far 3"].name.split(":2,")[1]
    assert list(near(box, "Fern.Unten")) == ["below"]
    c = own.imap("alice")
    c.select()
    assert c.search(None, "FLAGGED", "SEEN")[1] == c.search(None, "SUBJECT", '"far 2"')[1] != [b""]
    c.logout()
    before = {p.name for p in near(box).values()}
    offlineimap(own, tmp_path, way)
    assert {p.name for p in near(box).values()} == before


STARTTLS = '''
import imaplib2, sys
for _ in range(100):
    c = imaplib2.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=30)
    c.starttls()
    c.logout()
'''


@need_offlineimap
def test_starttls_in_two_threads(own):
    """The library of offlineimap reads and writes TLS in two threads at once, and hung where a ticket came behind the handshake."""
    done = subprocess.run(["/usr/bin/python3", "-c", STARTTLS, str(own.port("imap"))], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]


@need_offlineimap
def test_offlineimap_after_kill_and_rebuild(own, tmp_path):
    for number in range(20):
        own.send("alice@example.org", subject=f"m {number:02}")
    box = offlineimap(own, tmp_path)
    before = sorted(p.name for p in near(box).values())
    own.kill_all()
    own.start()
    own.bourse("rebuild")
    offlineimap(own, tmp_path)
    assert sorted(p.name for p in near(box).values()) == before and len(before) == 20
    assert len(far(own)) == 20


# ---- ten thousand messages from one account to another ----

MESSAGES = 10_000
FOLDERS = ["INBOX", "Archive/2024", "Entw&APw-rfe"]
SYSTEM = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "\\Deleted"]
KEYWORDS = ["$Forwarded", "$Work", "NonJunk", "x.y-z"]


def flags_of(n):
    return sorted({SYSTEM[i] for i in range(5) if n >> i & 1} | {KEYWORDS[i] for i in range(4) if n * 7 >> i & 1})


def date_of(n):
    zone = datetime.timezone(datetime.timedelta(minutes=(n % 27 - 13) * 60 + (30 if n % 5 == 0 else 0)))
    return datetime.datetime(1996 + n % 29, 1 + n % 12, 1 + n % 28, n % 24, n % 60, n * 7 % 60, tzinfo=zone)


def text_of(n):
    body = ("Zeile %d\r\n" % n) * (n % 40 + 1) + ("=\xe4\r\n" if n % 50 == 0 else "")
    return (f"From: s{n}@example.net\r\nTo: alice@example.org\r\nSubject: message {n}\r\nMessage-ID: <{n}@copy.example>\r\n\r\n" + body).encode("latin-1")


def append_all(c, rows):
    """(folder, flags, date, octets) each: many APPENDs on their way at once."""
    waiting = []

    def settle(most):
        while len(waiting) > most:
            tag = waiting.pop(0)
            while not (line := c.readline()).startswith(tag):
                assert line.startswith(b"* "), line
            assert line.startswith(tag + b" OK"), line

    for number, (folder, flags, date, octets) in enumerate(rows):
        tag = b"A%d" % number
        day = imaplib.Time2Internaldate(date)
        c.send(b"%s APPEND \"%s\" (%s) %s {%d+}\r\n%s\r\n" % (tag, folder.encode(), " ".join(flags).encode(), day.encode(), len(octets), octets))
        waiting.append(tag)
        settle(200)
    settle(0)


def contents(c, folder):
    """Message-ID -> (flags without \\Recent, date, octets), as the client sees them."""
    found = {}
    assert c.select(f'"{folder}"', readonly=True)[0] == "OK"
    status, rows = c.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")
    assert status == "OK"
    for row in rows:
        if not isinstance(row, tuple):
            continue
        flags = re.search(rb"FLAGS \(([^)]*)\)", row[0]).group(1).decode().split()
        date = re.search(rb'INTERNALDATE "([^"]*)"', row[0]).group(1).decode()
        number = re.search(rb"<(\d+)@copy", row[1]).group(1)
        assert number not in found
        found[number] = sorted(set(flags) - {"\\Recent"}), datetime.datetime.strptime(date.strip(), "%d-%b-%Y %H:%M:%S %z"), row[1]
    return found


def logged_on(server, name):
    c = imaplib.IMAP4_SSL("127.0.0.1", server.port("imaps"), ssl_context=any_tls())
    c.login(f"DOM\\{name}", PASSWORD)
    return c


def test_a_mailbox_is_copied(own):
    """As imapsync does: read all of one account, write it to another; flags, keywords, dates and octets are the same, and stay so."""
    a, b = logged_on(own, "alice"), logged_on(own, "bob")
    for folder in FOLDERS[1:]:
        assert a.create(f'"{folder}"')[0] == b.create(f'"{folder}"')[0] == "OK"
    append_all(a, ((FOLDERS[n % 3], flags_of(n), date_of(n), text_of(n)) for n in range(MESSAGES)))
    whole = {}
    for folder in FOLDERS:
        found = contents(a, folder)
        whole[folder] = found
        append_all(b, ((folder, *row) for row in found.values()))
    a.logout()
    b.logout()
    own.kill_all()
    own.start()
    b = logged_on(own, "bob")
    total = 0
    for place, folder in enumerate(FOLDERS):
        copied = contents(b, folder)
        assert copied == whole[folder]
        for number, (flags, date, octets) in copied.items():
            n = int(number)
            assert n % 3 == place and flags == flags_of(n) and date == date_of(n) and octets == text_of(n)
            assert date.utcoffset() is not None
        total += len(copied)
    assert total == MESSAGES
    b.logout()
