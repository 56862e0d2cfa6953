"""Big and hostile IMAP clients, a test for each: what they get is a clear answer at once, and what they take is bounded."""
import contextlib
import os
import pathlib
import re
import subprocess
import threading
import time
import zlib

import pytest

from attacks import SANITIZED, flood, last_words, logged_on, serves_others, unharmed
from server import BUILD, LONG, eventually

MIB = 1 << 20


@pytest.fixture(scope="module")
def big(server):
    """alice's folder: one message of 8 MiB, three small ones."""
    with logged_on(server) as w:
        text = b"Subject: big\r\n\r\n" + b"".join(b"%09d abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n" % n for n in range(112000))
        w.send(b"a APPEND INBOX {%d+}\r\n" % len(text) + text + b"\r\n")
        assert w.until(b"a ")[-1].startswith(b"a OK")
        for n in range(3):
            assert w.ask(b"b APPEND INBOX {%d+}\r\nSubject: small %d\r\n\r\nx\r\n" % (23, n)).startswith((b"b OK", b"*"))
            if w.ask(b"n NOOP").startswith(b"*"):
                w.until(b"n ")
    server.big_text = text
    return server


def octets(w, count):
    """So many octets of what comes next, whatever they are."""
    while len(w.rest) < count:
        got = w.socket.recv(min(count - len(w.rest), 1 << 16))
        assert got, "the connection ended inside a literal"
        w.rest += got
    out, w.rest = w.rest[:count], w.rest[count:]
    return out


def first_word(w, seconds=5):
    """The answer has to be there before anything more is sent."""
    w.socket.settimeout(seconds)
    try:
        return w.line()
    finally:
        w.socket.settimeout(60)


def refused(line):
    return line is not None and re.match(rb"(t (BAD|NO)|\* BYE|\* BAD) ", line)


# ---- a thousand commands ahead ----

@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
@pytest.mark.parametrize("service", ["imap", "imaps"])
def test_a_thousand_commands_unread(big, service, packed):
    """Each asks for 8 MiB. The server takes what it has room for and waits; then all are answered, in order."""
    with unharmed(big, seconds=60):
        with logged_on(big, service=service) as w:
            pack = unpack = None
            if packed:
                assert w.ask(b"c COMPRESS DEFLATE").startswith(b"c OK")
                pack, unpack = zlib.compressobj(wbits=-15), zlib.decompressobj(wbits=-15)
            commands = b"".join(b"t%d FETCH 1 (FLAGS BODY.PEEK[])\r\n" % n for n in range(1000))
            if packed:
                commands = pack.compress(commands) + pack.flush(zlib.Z_SYNC_FLUSH)
            w.socket.settimeout(2)
            flood(w, commands)
            serves_others(big)
    with logged_on(big, service=service) as w:
        w.socket.settimeout(60)
        sender = threading.Thread(target=flood, args=(w, b"".join(b"t%d FETCH 2:4 (FLAGS BODY.PEEK[])\r\n" % n for n in range(1000))))
        sender.start()
        time.sleep(0.2)
        tags = []
        while len(tags) < 1000:
            line = w.line()
            if line.startswith(b"t"):
                tags.append(line)
        sender.join()
        assert [t.split()[0] for t in tags] == [b"t%d" % n for n in range(1000)] and all(b" OK " in t for t in tags)


# ---- inside a literal ----

@pytest.mark.parametrize("service", ["imap", "imaps"])
def test_stops_reading_inside_a_literal(big, service):
    """Others go on; so does the literal, octet by octet right, when its reader does. One that hangs up inside it takes nothing along."""
    with unharmed(big, seconds=60):
        readers = [logged_on(big, service=service) for _ in range(10)]
        for w in readers:
            w.send(b"t FETCH 1 BODY.PEEK[]\r\n")
            size = int(re.search(rb"\{(\d+)\}$", w.line()).group(1))
            assert size == len(big.big_text)
            assert octets(w, 100_000) == big.big_text[:100_000]
        serves_others(big)
        for w in readers[1:]:
            w.close()
        w = readers[0]
        w.socket.settimeout(60)
        assert octets(w, size - 100_000) == big.big_text[100_000:]
        assert w.line() == b")" and w.line().startswith(b"t OK")
        w.close()


def test_conversions_unread(big):
    """A conversion of 8 MiB is measured, then made again while it is read, or not read: nothing of it is kept but a piece."""
    with unharmed(big, seconds=60):
        readers = [logged_on(big) for _ in range(10)]
        for w in readers:
            w.send(b"t CONVERT 1 (NIL (\"charset\" \"iso-8859-2\")) BINARY[1]\r\n" * 100)
            size = int(re.search(rb"\{(\d+)\}$", w.line()).group(1))
            text = big.big_text.split(b"\r\n\r\n", 1)[1]
            assert size == len(text)
            assert octets(w, 100_000) == text[:100_000]
        serves_others(big)
        for w in readers[1:]:
            w.close()
        w = readers[0]
        w.socket.settimeout(60)
        assert octets(w, size - 100_000) == text[100_000:]
        assert w.line() == b")" and w.line().startswith(b"t OK")
        w.close()
    with unharmed(big, seconds=60):
        with logged_on(big) as w:
            w.socket.settimeout(60)
            for at in range(0, len(text), 1 << 16):
                w.send(b"t CONVERT 1 (NIL) BINARY[1]<%d.65536>\r\n" % at)
                count = int(re.search(rb"\{(\d+)\}$", w.line()).group(1))
                assert octets(w, count) == text[at:at + (1 << 16)]
                assert w.until(b"t ")[-1].startswith(b"t OK")
            # A header of many words, each of which has to be made anew.
            words = b"".join(b" =?koi8-r?Q?=C1?=\r\n x%d =?utf-8?B?w6Q=?=\r\n" % n for n in range(900))
            header = b"".join(b"X-%d:%s" % (n, words) for n in range(20)) + b"\r\nx\r\n"
            w.send(b"a APPEND Drafts {%d+}\r\n" % len(header) + header + b"\r\n")
            assert w.until(b"a ")[-1].startswith(b"a OK")
            w.send(b"s SELECT Drafts\r\n")
            assert w.until(b"s ")[-1].startswith(b"s OK")
            w.send(b"t CONVERT 1 (NIL (\"charset\" \"utf-8\")) BODY[HEADER]\r\n")
            count = int(re.search(rb"\{(\d+)\}$", w.line()).group(1))
            assert octets(w, count).count(b"=?utf-8?Q?=D0=B0?=") == 900 * 20
            assert w.until(b"t ")[-1].startswith(b"t OK")


# ---- two gibibytes ----

@pytest.mark.parametrize("command", [b"APPEND INBOX {2147483648}", b"APPEND INBOX (\\Seen) {4294967297}", b"SEARCH BODY {2147483648}", b"CREATE {2147483648}",
                                     b"APPEND INBOX {2147483648+}", b"SEARCH BODY {2147483648+}", b"CREATE {2147483648+}"])
def test_literals_of_two_gibibytes(big, command):
    """Refused before an octet of it has come; where the client sends it all the same, the connection ends."""
    with unharmed(big, seconds=60):
        with logged_on(big) as w:
            w.send(b"t " + command + b"\r\n")
            assert refused(first_word(w)), command
            if command.endswith(b"+}"):
                flood(w, b"x" * MIB, 40)
                assert all(line.startswith(b"* BYE") for line in last_words(w))
            else:
                assert w.ask(b"u NOOP").startswith(b"u OK")


# ---- ten mebibytes ----

@pytest.mark.parametrize("line", [b"t SEARCH SUBJECT \"", b"t ", b"t FETCH 1 (", b"", b"t LOGIN "], ids=range(5))
def test_lines_of_ten_mebibytes(big, line):
    with unharmed(big, seconds=60):
        with logged_on(big) as w:
            flood(w, line + b"a" * (10 * MIB) + b"\r\n")
            lines = last_words(w)
            assert lines and any(refused(x) for x in lines) and lines[-1].startswith(b"* BYE"), lines[:3]


def test_packed_lines_of_ten_mebibytes(big):
    """A kilobyte that stands for ten million octets is worth no more than they are."""
    with unharmed(big, seconds=60):
        with logged_on(big) as w:
            assert w.ask(b"c COMPRESS DEFLATE").startswith(b"c OK")
            pack, unpack = zlib.compressobj(9, wbits=-15), zlib.decompressobj(wbits=-15)
            flood(w, pack.compress(b"t SEARCH SUBJECT \"" + b"a" * (200 * MIB)) + pack.flush())
            said = b""
            with contextlib.suppress(ConnectionResetError):
                while got := w.socket.recv(65536):
                    said += unpack.decompress(got)
            assert said.splitlines()[-1].startswith(b"* BYE"), said


# ---- a hundred thousand items ----

@pytest.mark.parametrize("command", [b"FETCH %s FLAGS", b"UID FETCH %s FLAGS", b"UID STORE %s +FLAGS.SILENT (\\Flagged)", b"UID COPY %s INBOX", b"SEARCH UID %s",
                                     b"SEARCH NOT (UID %s)", b"UID EXPUNGE %s"])
@pytest.mark.parametrize("items", [b",".join(b"%d" % n for n in range(1, 200001, 2)), b",".join(b"%d:%d" % (n, n + 1) for n in range(4, 400004, 4)),
                                   b",".join([b"1:4294967295"] * 70000)], ids=["single", "ranges", "same"])
def test_sets_of_a_hundred_thousand_items(big, command, items):
    """In the arguments' budget or not: answered at once, and the session goes on where the command's end is known."""
    with unharmed(big, seconds=30):
        with logged_on(big) as w:
            w.socket.settimeout(60)
            flood(w, b"t " + command % items + b"\r\n")
            line = first_word(w, 10)
            assert refused(line), line
            if not line.startswith(b"* BYE") and len(items) < MIB - 100:
                assert w.ask(b"u NOOP").startswith(b"u OK")


# ---- a thousand deep ----

@pytest.mark.parametrize("command", [b"SEARCH " + b"(" * 1000 + b"ALL" + b")" * 1000, b"SEARCH " + b"NOT " * 1000 + b"ALL", b"SEARCH " + b"OR ALL " * 1000 + b"ALL",
                                     b"FETCH 1 " + b"(" * 1000 + b"FLAGS" + b")" * 1000, b"ID " + b"(" * 1000 + b")" * 1000, b"STATUS INBOX " + b"(" * 1000,
                                     b"LIST " + b"(" * 1000, b"STORE 1 FLAGS " + b"(" * 1000 + b")" * 1000, b"FETCH 1 BODY[" + b"1." * 2000 + b"MIME]"],
                         ids=["search", "not", "or", "fetch", "id", "status", "list", "store", "section"])
def test_a_thousand_brackets(big, command):
    with unharmed(big, seconds=20):
        with logged_on(big) as w:
            w.send(b"t " + command + b"\r\n")
            line = first_word(w)
            if b"BODY[" in command:  # a part that is not there
                assert line.startswith((b"t BAD", b"t NO", b"* 1 FETCH")), line
                if line.startswith(b"*"):
                    assert first_word(w).startswith(b"t OK")
            else:
                assert refused(line), line
            assert w.ask(b"u NOOP").startswith(b"u OK")


@pytest.mark.parametrize("kind", ["multipart", "message"])
def test_a_thousand_levels_of_mime(big, kind):
    """The structure ends where the limit is, and the octets are whole."""
    if kind == "multipart":
        text = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(1000)) + "\r\nin the middle\r\n"
    else:
        text = "Content-Type: message/rfc822\r\n\r\n" * 1000 + "Subject: innermost\r\n\r\nx\r\n"
    text = ("MIME-Version: 1.0\r\nSubject: deep\r\n" + text).encode()
    with unharmed(big, seconds=60):
        with logged_on(big, "bob") as w:
            w.send(b"a APPEND INBOX {%d+}\r\n" % len(text) + text + b"\r\n")
            assert w.until(b"a ")[-1].startswith(b"a OK")
            w.send(b"s SELECT INBOX\r\n")
            count = [line for line in w.until(b"s ") if line.endswith(b" EXISTS")][0].split()[1]
            for item in (b"BODYSTRUCTURE", b"BODY", b"ENVELOPE", b"BODY.PEEK[1]", b"BODY.PEEK[" + b"1." * 99 + b"1]", b"BODY.PEEK[" + b"1." * 900 + b"1]",
                         b"BODY.PEEK[HEADER]", b"RFC822.SIZE"):
                w.send(b"t FETCH %s %s\r\n" % (count, item))
                assert w.until(b"t ")[-1].startswith(b"t BAD" if b"1." * 900 in item else b"t OK"), item
            w.send(b"t FETCH %s BODY.PEEK[]\r\n" % count)
            size = int(re.search(rb"\{(\d+)\}$", w.line()).group(1))
            assert octets(w, size) == text
            w.until(b"t ")
            w.send(b"t SEARCH BODY middle\r\n")
            assert w.until(b"t ")[-1].startswith(b"t OK")


# ---- a million messages ----

def fill(server, messages, size=300):
    """alice's mailbox, filled beside the server: nine messages of ten are in INBOX."""
    ids = [str(row["id"]) for row in server.json("mailbox", "list")["rows"] if row["name"] == "alice"]
    server.stop()
    folder = server.data / "store"
    owner = folder.stat()
    subprocess.run([BUILD / "test/power/power_fill", folder, str(messages), str(size), *ids], check=True)
    for path in folder.iterdir():
        os.chown(path, owner.st_uid, owner.st_gid)
    server.start(600)


def own_mib(pid):
    """Without the mapped index, which the system counts as shared memory where the data is in some."""
    return int(re.search(r"RssAnon:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


class Reader(threading.Thread):
    """Reads lines until the tagged one; counts FETCH responses and notes when the first octet came."""

    def __init__(self, w, command):
        super().__init__(daemon=True)
        self.w, self.command, self.count, self.first_s, self.end = w, command, 0, None, None

    def run(self):
        began = time.monotonic()
        self.w.send(b"t " + self.command + b"\r\n")
        rest = b""
        while self.end is None:
            got = self.w.socket.recv(1 << 20)
            if self.first_s is None:
                self.first_s = time.monotonic() - began
            if not got:
                self.end = b""
                break
            rest += got
            self.count += rest.count(b" FETCH (") - rest[rest.rfind(b"\r\n") + 2:].count(b" FETCH (")
            last = rest[:-2].rfind(b"\r\n") + 2
            if rest.endswith(b"\r\n") and rest[last:].startswith(b"t "):
                self.end = rest[last:]
            rest = rest[rest.rfind(b"\r\n") + 2:]


COMMANDS = [b"UID FETCH 1:* (FLAGS)", b"UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)", b"UID FETCH 1:* (ENVELOPE BODYSTRUCTURE)",
            b"UID FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT DATE)])"]


def test_a_whole_folder_in_constant_memory(new_server):
    """UID FETCH 1:* holds rows, not answers: beyond the selected folder itself no more for twenty times the messages. The long round has a million."""
    messages = 1_000_008 if LONG else 27_000
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    fill(s, messages // 9 * 10)
    store, = s.role_pids("store")
    with logged_on(s, folder=None) as w:
        w.socket.settimeout(600)
        w.send(b"s EXAMINE INBOX\r\n")
        exists = [line for line in w.until(b"s ") if line.endswith(b" EXISTS")]
        assert int(exists[0].split()[1]) == messages
        for command in COMMANDS:
            before = own_mib(store)
            reader, most = Reader(w, command), before
            reader.start()
            while reader.is_alive():
                most = max(most, own_mib(store))
                reader.join(0.05)
            assert reader.end.startswith(b"t OK") and reader.count == messages, (command, reader.count, reader.end)
            print(f"{command.decode()}: first octets after {reader.first_s * 1000:.0f} ms, store {before:.0f} to {most:.0f} MiB")
            if not SANITIZED:
                assert most - before < 12, f"{command}: {before:.0f} to {most:.0f} MiB"
        serves_others(s)


def test_a_whole_folder_unread(new_server):
    """Twenty clients ask for all of it and read nothing."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    fill(s, 20_000)
    with unharmed(s, seconds=60):
        held = [logged_on(s) for _ in range(20)]
        for w in held:
            w.send(b"t UID FETCH 1:* (FLAGS ENVELOPE BODYSTRUCTURE BODY.PEEK[])\r\n" * 5)
        serves_others(s)
        for w in held:
            w.close()
        eventually(lambda: s.json("session", "list")["rows"] == [])
