"""A list's archive in a public folder, read by strangers in every protocol while posts arrive: all is there, once, and nobody waits."""
import json
import multiprocessing
import os
import random
import re
import socket
import statistics
import time
import traceback

import archives
import pytest
from server import LONG, Server, Wire

COUNT, POSTS, READERS = (100_000, 1000, 4) if LONG else (2000, 40, 1)
FOLDER, GROUP, ADDRESS = "Lists/devel", b"Lists.devel", "devel@example.org"
CONFIG = ("anonymous.imap = on;\nanonymous.pop3 = on;\nanonymous.nntp = on;\nanonymous.logons_max = 0;\nanonymous.octets_per_hour_max = 0;\n"
          "anonymous.sessions_per_address_max = 50;\n")
FORK = multiprocessing.get_context("fork")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "devel.mbox"
    archives.write_mbox(path, archives.messages(COUNT))
    s = Server(CONFIG)
    try:
        s.start()
        s.add_domain()
        s.bourse("public", "enable")
        s.bourse("folder", "create", "public", FOLDER)
        s.bourse("folder", "grant", "public", FOLDER, "anyone", "lrp")
        s.bourse("folder", "address", FOLDER, ADDRESS)
        begun = time.monotonic()
        answer = s.json("folder", "import", "public", FOLDER, str(path))
        s.figures = {"messages": COUNT, "import_s": round(time.monotonic() - begun, 1), "octets": answer["octets"]}
        assert answer["added"] == COUNT
        yield s
    finally:
        s.destroy()


# ---- what a reader does, again and again ----

class Wanted:
    """What message n is, without keeping all of them: each hundredth."""

    def __init__(self):
        self.by_number = {n + 1: m for n, (m, _) in enumerate(archives.messages(COUNT)) if n % 100 == 0}

    def some(self, r, count):
        return r.sample(sorted(self.by_number), min(count, len(self.by_number)))


def stranger(server):
    import imaplib
    c = imaplib.IMAP4("127.0.0.1", server.port("imap"), timeout=120)
    c.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    c.login("anonymous", "me@example.net")
    return c


class Imap:
    def __init__(self, server, wanted):
        self.c, self.wanted = stranger(server), wanted
        status, count = self.c.select(f'"Public Folders/{FOLDER}"', readonly=True)
        assert status == "OK" and int(count[0]) >= COUNT, count

    def turn(self, r):
        first = r.randrange(1, COUNT - 100)
        rows = self.c.fetch(f"{first}:{first + 99}", "(UID ENVELOPE)")[1]
        assert len([row for row in rows if b"ENVELOPE" in (row if isinstance(row, bytes) else row[0])]) == 100
        number = r.randrange(COUNT)
        assert self.c.search(None, "HEADER", "Message-ID", f"<{number}.1@lists.example>")[1] == [b"%d" % (number + 1)]
        for n in self.wanted.some(r, 10):
            assert self.c.uid("FETCH", str(n), "(BODY.PEEK[])")[1][0][1] == self.wanted.by_number[n]
        self.c.noop()

    def end(self):
        self.c.logout()


class Pop3:
    def __init__(self, server, wanted):
        self.server, self.wanted = server, wanted

    def turn(self, r):
        c = self.server.pop3(f"anonymous\\Public Folders/{FOLDER}", "me@example.net", seconds=120)
        count = c.stat()[0]
        uidls = c.uidl()[1]
        assert count >= COUNT and len(uidls) == count == len({line.split()[1] for line in uidls})
        for n in self.wanted.some(r, 10):
            assert b"\r\n".join(c.retr(n)[1]) + b"\r\n" == self.wanted.by_number[n]
        c.quit()

    def end(self):
        pass


class Nntp:
    """Octets after the header are the message's; before it stand fields of news."""

    def __init__(self, server, wanted):
        self.wire, self.wanted = Wire(server, "nntp", seconds=120), wanted
        assert self.wire.line()[:3] in (b"200", b"201")
        self.group()

    def group(self):
        code, count, first, last, name = self.wire.ask(b"GROUP " + GROUP).split()[:5]
        assert (code, name) == (b"211", GROUP) and int(first) == 1 and int(count) == int(last) >= COUNT
        return int(count)

    def rows(self, command, code):
        said = self.wire.ask(command)
        assert said.startswith(code), (command, said)
        lines = []
        while (line := self.wire.line()) != b".":
            assert line is not None
            lines.append(line[1:] if line.startswith(b"..") else line)
        return lines

    def article(self, number):
        lines = self.rows(b"ARTICLE %d" % number, b"220")
        end = lines.index(b"")
        return lines[:end], b"\r\n".join(lines[end + 1:]) + b"\r\n"

    def turn(self, r):
        assert self.group() >= COUNT
        first = r.randrange(1, COUNT - 100)
        over = self.rows(b"OVER %d-%d" % (first, first + 99), b"224")
        assert [row.split(b"\t")[4] for row in over] == [b"<%d.1@lists.example>" % (n - 1) for n in range(first, first + 100)]
        for n in self.wanted.some(r, 10):
            header, body = self.article(n)
            assert any(line.lower() == b"message-id: <%d.1@lists.example>" % (n - 1) for line in header)
            assert body == self.wanted.by_number[n].split(b"\r\n\r\n", 1)[1]

    def ids(self, first):
        return [row.split(b"\t")[4] for row in self.rows(b"OVER %d-" % first, b"224")]

    def end(self):
        self.wire.ask(b"QUIT")
        self.wire.close()


KINDS = {"imap": Imap, "pop3": Pop3, "nntp": Nntp}


def read_on(server, kind, number, wanted, stop, told):
    turns = 0
    try:
        r = random.Random(f"{kind} {number}")
        reader = KINDS[kind](server, wanted)
        while not stop.is_set() or turns == 0:
            reader.turn(r)
            turns += 1
            told.put((kind, number, turns, None)) if turns == 1 else None
        reader.end()
        told.put((kind, number, turns, "end"))
    except BaseException:
        told.put((kind, number, turns, traceback.format_exc()))
    finally:
        told.close()
        told.join_thread()
        os._exit(0)  # nothing of the test's own is to be tidied up by a copy of it


class Readers:
    def __init__(self, server):
        wanted, self.stop, self.told = Wanted(), FORK.Event(), FORK.Queue()
        self.all = [FORK.Process(target=read_on, args=(server, kind, n, wanted, self.stop, self.told)) for kind in KINDS for n in range(READERS)]
        for process in self.all:
            process.start()

    def begun(self):
        """Each has read something."""
        for _ in self.all:
            kind, number, _, problem = self.told.get(timeout=300)
            assert problem is None, problem

    def end(self):
        self.stop.set()
        turns = {}
        for _ in self.all:
            kind, number, count, problem = self.told.get(timeout=300)
            assert problem == "end", problem
            turns[kind] = turns.get(kind, 0) + count
        for process in self.all:
            process.join(60)
        return turns

    def kill(self):
        for process in self.all:
            process.kill()


def post(smtp, n):
    """How long the server took to say that it has it, in ms."""
    text = f"From: stranger@elsewhere.example\r\nTo: {ADDRESS}\r\nSubject: post {n}\r\nMessage-ID: <post-{n}@elsewhere.example>\r\n\r\nwhat is new {n}\r\n"
    assert smtp.mail("stranger@elsewhere.example")[0] == 250
    assert smtp.rcpt(ADDRESS)[0] == 250
    begun = time.monotonic()
    assert smtp.data(text)[0] == 250
    return (time.monotonic() - begun) * 1000


def post_all(server, numbers):
    times = []
    for at in range(0, len(numbers), 50):
        with server.smtp() as smtp:
            smtp.ehlo("elsewhere.example")
            times += [post(smtp, n) for n in numbers[at:at + 50]]
    return times


def ids_by_imap(c):
    found = []
    last = int(c.select(f'"Public Folders/{FOLDER}"', readonly=True)[1][0])
    for first in range(1, last + 1, 5000):
        rows = c.fetch(f"{first}:{min(last, first + 4999)}", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
        found += [row[1].split(b":", 1)[1].strip() for row in rows if isinstance(row, tuple)]
    return found


def ids_by_pop3(server, first):
    """Of those from that number on; how many there are."""
    c = server.pop3(f"anonymous\\Public Folders/{FOLDER}", "me@example.net", seconds=120)
    count = c.stat()[0]
    tops = [b"\n".join(c.top(n, 0)[1]) for n in range(first, count + 1)]
    c.quit()
    return count, [re.search(rb"(?im)^Message-ID: *(\S+)", top).group(1) for top in tops]


def test_strangers_read_while_posts_arrive(archive):
    s = archive
    watcher = stranger(s)
    assert int(watcher.select(f'"Public Folders/{FOLDER}"', readonly=True)[1][0]) == COUNT
    quiet = post_all(s, range(POSTS // 4))
    readers = Readers(s)
    try:
        readers.begun()
        begun = time.monotonic()
        busy = post_all(s, range(POSTS // 4, POSTS))
        seconds = time.monotonic() - begun
        turns = readers.end()
    finally:
        readers.kill()
    posts = [f"<post-{n}@elsewhere.example>".encode() for n in range(POSTS)]
    wanted = [f"<{n}.1@lists.example>".encode() for n in range(COUNT)] + posts
    # One who was there all the time, one who comes now, by POP3 and as news: all of it in order, nothing twice.
    watcher.noop()
    assert int(watcher.untagged_responses["EXISTS"][-1]) == COUNT + POSTS
    assert ids_by_imap(watcher) == wanted
    watcher.logout()
    assert ids_by_pop3(s, COUNT + 1) == (COUNT + POSTS, posts)
    news = Nntp(s, None)
    assert news.group() == COUNT + POSTS and news.ids(1) == wanted
    news.end()
    s.figures |= {"posts": POSTS, "readers": len(readers.all), "turns": turns, "seconds": round(seconds, 1),
                  "median_250_quiet_ms": round(statistics.median(quiet), 2), "median_250_reading_ms": round(statistics.median(busy), 2),
                  "p99_250_reading_ms": round(sorted(busy)[len(busy) * 99 // 100], 2)}
    print("figures:", json.dumps(s.figures))


def test_posts_while_an_archive_comes_in(archive, tmp_path):
    """Another archive goes into the store meanwhile: posts and readers go on, and both are whole."""
    s = archive
    rows = list(archives.messages(COUNT // 2, seed=9))
    archives.write_mbox(tmp_path / "other.mbox", rows)
    told = FORK.Queue()
    importer = FORK.Process(target=lambda: (told.put(s.json("folder", "import", "public", "Lists/other", str(tmp_path / "other.mbox"))), told.close(), told.join_thread(), os._exit(0)))
    importer.start()
    times, n = [], POSTS
    while told.empty():
        times += post_all(s, range(n, n + 5))
        n += 5
    assert told.get()["added"] == COUNT // 2
    importer.join(60)
    c = stranger(s)
    ids = ids_by_imap(c)
    c.logout()
    assert ids[COUNT + POSTS:] == [f"<post-{i}@elsewhere.example>".encode() for i in range(POSTS, n)]
    print("figures:", json.dumps({"posts": len(times), "median_250_importing_ms": round(statistics.median(times), 2), "worst_ms": round(max(times), 2)}))
