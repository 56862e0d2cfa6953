"""The public store: every right and role against every command, its beginning and its end, restarts."""
import concurrent.futures
import imaplib
import json
import os
import re
import signal
import threading

import pytest
from server import PASSWORD, Server, Wire, eventually

NAME = "Public Folders"


@pytest.fixture(scope="module")
def club(server):
    s = server
    s.bourse("public", "enable")
    s.bourse("folder", "create", "public", "Table")
    s.bourse("folder", "grant", "public", "Table", "DOM\\alice", "owner")
    s.bourse("folder", "grant", "public", "Table", "DOM\\bob", "lk")
    return s


class Person(imaplib.IMAP4):
    def __init__(self, server, name):
        super().__init__("127.0.0.1", server.port("imap"))
        self.login(f"DOM\\{name}", PASSWORD)

    def ok(self, command, *args):
        return getattr(self, command)(*args)[0] == "OK"

    def uid_ok(self, *args):
        return self.uid(*args)[0] == "OK"

    def post(self, folder, subject):
        """The uid, or None."""
        said, text = self.append(folder, None, None, f"Subject: {subject}\r\n\r\n{subject}\r\n".encode())
        return text[0].split(b"]")[0].split()[-1].decode() if said == "OK" else None


class Cell:
    """A folder with a message of each, and what somebody who has some rights there may do with it."""
    serial = 0

    def __init__(self, owner, other):
        Cell.serial += 1
        self.folder = f'"{NAME}/Table/T{Cell.serial}"'
        self.inner = f"Table/T{Cell.serial}"
        self.owner, self.other = owner, other
        assert owner.ok("create", self.folder)
        assert owner.ok("setacl", self.folder, "DOM\\bob", "lrip")
        self.theirs = [owner.post(self.folder, f"theirs {n}") for n in range(3)]
        self.own = [other.post(self.folder, f"own {n}") for n in range(3)]
        if other.state == "SELECTED":
            other.unselect()

    def opened(self, what):
        def run():
            try:
                opened = self.other.ok("select", self.folder)
            except imaplib.IMAP4.readonly:
                opened = self.other.is_readonly = True
            return opened and what()
        return run

    def removed(self, uid):
        """With \\Deleted, and gone."""
        self.other.uid_ok("store", uid, "+FLAGS.SILENT", "(\\Deleted)")
        self.other.uid_ok("expunge", uid)
        return self.other.uid("search", f"UID {uid}")[1] in ([b""], [None])

    def posted(self):
        """By APPEND, and by COPY out of one's own mailbox."""
        appended = self.other.post(self.folder, "new") is not None
        self.other.select("INBOX")
        assert self.other.ok("copy", "1", self.folder) == appended
        return appended

    def flagged(self, uid, flag):
        self.other.uid("store", uid, "+FLAGS.SILENT", f"({flag})")
        return flag.encode() in self.other.uid("fetch", uid, "(FLAGS)")[1][0]

    def commands(self):
        o, f = self.other, self.folder
        return {
            "see": lambda: o.list('""', f)[1] != [None],
            "read": self.opened(lambda: o.uid("fetch", self.theirs[0], "(BODY.PEEK[])")[1][0] is not None),
            "count": lambda: o.ok("status", f, "(MESSAGES)"),
            "post": self.posted,
            "keep seen": self.opened(lambda: self.flagged(self.theirs[0], "\\Seen")),
            "edit own": self.opened(lambda: self.flagged(self.own[0], "\\Flagged")),
            "edit theirs": self.opened(lambda: self.flagged(self.theirs[0], "\\Flagged")),
            "delete own": self.opened(lambda: self.removed(self.own[0])),
            "delete theirs": self.opened(lambda: self.removed(self.theirs[0])),
            "move own": self.opened(lambda: o.uid_ok("move", self.own[1], "INBOX")),
            "move theirs": self.opened(lambda: o.uid_ok("move", self.theirs[1], "INBOX")),
            "make below": lambda: o.ok("create", f[:-1] + '/Below"'),
            "see list": lambda: o.ok("getacl", f),
            "change list": lambda: o.ok("setacl", f, "anyone", '""'),
            "rename": lambda: o.ok("rename", f, f[:-1] + 'x"') and o.ok("rename", f[:-1] + 'x"', f),
            "remove": lambda: o.ok("delete", f),
        }


READ = {"see", "read", "count", "keep seen"}
POST = {"post"}
OWN = {"delete own", "move own"}
ALL = OWN | {"delete theirs", "move theirs"}
FOLDER = {"see list", "change list", "rename", "remove"}
ROLES = {  # as Exchange had them
    "owner": READ | POST | ALL | FOLDER | {"edit own", "edit theirs", "make below"},
    "publishing-editor": READ | POST | ALL | {"edit own", "edit theirs", "make below"},
    "editor": READ | POST | ALL | {"edit own", "edit theirs"},
    "publishing-author": READ | POST | OWN | {"edit own", "make below"},
    "author": READ | POST | OWN | {"edit own"},
    "nonediting-author": READ | POST | OWN,
    "reviewer": READ,
    "contributor": POST | {"see"},
    "none": {"see"},
}
BASE = {"see", "read", "count"}
LETTERS = {  # beside l and r
    "": set(), "s": {"keep seen"}, "w": {"edit own", "edit theirs"}, "i": POST, "p": set(), "k": {"make below"}, "x": {"rename", "remove"},
    "t": set(), "e": set(), "te": ALL, "a": {"see list", "change list"}, "0": set(), "1": {"edit own"}, "2": OWN, "21": OWN | {"edit own"},
}
CASES = [(role, role, may) for role, may in ROLES.items()] + [("lr" + s, "lr" + s, BASE | may) for s, may in LETTERS.items()] + [
    ("no l", "rsi", READ - {"see"} | POST), ("no r", "lswteipkx012", {"see", "post", "make below", "rename", "remove"}), ("nothing", "", set())]


@pytest.fixture(scope="module")
def people(club):
    owner, other = Person(club, "alice"), Person(club, "bob")
    other.post("INBOX", "to be copied")
    yield owner, other
    owner.sock.close(), other.sock.close()


@pytest.mark.parametrize("what,rights,may", CASES, ids=lambda x: x if isinstance(x, str) else "")
def test_every_command(club, people, what, rights, may):
    cell = Cell(*people)
    club.bourse("folder", "grant", "public", cell.inner, "DOM\\bob", f"--rights={rights}")
    commands = cell.commands()
    done = {name for name, run in commands.items() if run()}
    assert done == may


def test_roles_are_shown_as_they_act(club):
    for role in ROLES:
        club.bourse("folder", "grant", "public", "Table", "anyone", role)
        rows = {row["identifier"]: row for row in club.json("folder", "rights", "public", "Table")["rows"]}
        assert rows["anyone"]["role"] == role
    club.bourse("folder", "grant", "public", "Table", "anyone", "Nonediting Author")
    club.bourse("folder", "grant", "public", "Table", "anyone", "--rights=-delete-own")
    rows = {row["identifier"]: row for row in club.json("folder", "rights", "public", "Table")["rows"]}
    assert rows["anyone"] == {"identifier": "anyone", "rights": "lrsip", "role": ""}
    club.bourse("folder", "grant", "public", "Table", "anyone", "--rights=")
    listed = {row["name"]: row["letters"] for row in json.loads(club.bourse("folder", "roles", "--json").stdout)["rows"]}
    assert set(ROLES) < set(listed) and listed["edit-own"] == "1"


def test_only_what_was_subscribed_to(new_server):
    """imap.public_folders: LIST does not fill with all there is; the levels above are told of where they are asked for."""
    s = new_server()
    s.add_domain()
    s.add_person("dora")
    s.start()
    s.bourse("public", "enable")
    for folder in ("News/Sports", "News/Weather", "Other"):
        s.bourse("folder", "create", "public", folder)

    def listed(who, *pattern):
        return sorted(line.decode().split(' "/" ')[1].strip('"') for line in who.list(*pattern)[1] if line and b"Public" in line)

    dora = Person(s, "dora")
    assert listed(dora) == [f"{NAME}/{name}" for name in ("News", "News/Sports", "News/Weather", "Other")]
    s.write_config("imap.public_folders = subscribed;\nanonymous.imap = on;\n")
    s.bourse("reload")
    for name in ("News", "Other"):
        s.bourse("folder", "grant", "public", name, "anyone", "lr")
    dora = Person(s, "dora")
    assert listed(dora) == []
    assert dora.ok("subscribe", f'"{NAME}/News/Weather"') and dora.ok("select", f'"{NAME}/Other"')
    assert listed(dora) == [f"{NAME}/News/Weather"]
    assert listed(dora, '""', f'"{NAME}/%"') == [f"{NAME}/News"] and listed(dora, '""', f'"{NAME}/News/%"') == [f"{NAME}/News/Weather"]
    assert dora.ok("unsubscribe", f'"{NAME}/News/Weather"') and listed(dora) == []
    stranger = s.imap("anonymous", "x")
    assert listed(stranger) == [f"{NAME}/{name}" for name in ("News", "Other")]


def test_beginning_and_end(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("dora")
    s.start()

    def refused(*args):
        return s.bourse(*args, check=False).stderr

    assert "bourse public enable" in refused("public", "disable")
    s.bourse("public", "enable", "--name", "club", "--quota-messages", "3")
    assert "already" in refused("public", "enable")
    assert "taken by the public store" in refused("mailbox", "add", "club")
    s.bourse("folder", "create", "club", "News/Sports")
    assert [row["folder"] for row in s.json("folder", "list", "club")["rows"]] == ["News", "News/Sports"]
    assert "no inbox" in refused("folder", "create", "club", "inbox/x")
    assert "no such folder" in refused("folder", "grant", "club", "INBOX", "anyone", "lr")
    assert "are for public folders" in refused("folder", "grant", "dora", "INBOX", "anyone", "author")
    dora = Person(s, "dora")
    posts = [dora.post(f'"{NAME}/News"', "news") for _ in range(4)]
    assert posts[:3] == ["1", "2", "3"] and posts[3] is None
    # It is full: each protocol says so in its words.
    assert b"[OVERQUOTA]" in dora.append(f'"{NAME}/News"', None, None, b"Subject: one more\r\n\r\n")[1][0]
    s.bourse("folder", "address", "News", "news@example.org")
    s.bourse("folder", "grant", "club", "News", "anyone", "+p")
    with Wire(s, "smtp") as w:
        w.reply()
        w.send(b"EHLO x\r\n").reply()
        w.send(b"MAIL FROM:<x@elsewhere.example>\r\nRCPT TO:<news@example.org>\r\n")
        assert w.reply()[0].startswith(b"250")
        assert re.match(rb"[45]52 [45]\.2\.2 ", w.reply()[0])
    s.bourse("folder", "address", "News", "news@example.org", "--remove")
    # Who posted it is known after a restart, and the store is.
    s.stop()
    s.start()
    dora = Person(s, "dora")
    assert dora.ok("select", f'"{NAME}/News"') and dora.uid_ok("store", "1:3", "+FLAGS", "(\\Deleted)")
    assert "sound" in s.bourse("check").stdout
    assert "--purge" in refused("public", "disable")
    for days in ("0", "24856", "-1", "soon", ""):
        assert "from 1 to 24855" in refused("folder", "age", "club", "News", "--days", days)
    assert "no such folder" in refused("folder", "age", "club", "Nowhere", "3")
    s.bourse("folder", "age", "club", "/", "400")
    s.bourse("folder", "age", "club", "News", "24855")
    s.bourse("folder", "age", "club", "News/Sports", "never")
    assert [row["kept"] for row in s.json("folder", "list", "club")["rows"]] == ["24855 days", "never"]
    s.bourse("folder", "age", "club", "News", "default")
    assert [row["kept"] for row in s.json("folder", "list", "club")["rows"]] == ["", "never"]
    s.bourse("folder", "rename", "club", "News", "Old/News")
    assert {row["folder"] for row in s.json("folder", "list", "club")["rows"]} == {"Old", "Old/News", "Old/News/Sports"}
    s.bourse("public", "disable", "--purge")
    assert b"Public" not in dora.namespace()[1][0]
    assert not dora.ok("select", f'"{NAME}/Old/News"')
    # The next one is another one.
    s.bourse("public", "enable")
    assert s.json("folder", "list", "public")["rows"] == []
    s.bourse("public", "disable")
    assert "sound" in s.bourse("check").stdout


def test_made_while_it_goes(tmp_path):
    """Folders are made while the store is disabled again and again: what was made is there, or it was never said to be."""
    s = Server()
    try:
        s.start()
        s.add_domain()
        s.bourse("public", "enable")
        ended = threading.Event()
        told = {"gone": 0, "refused": 0}

        def disable():
            while not ended.is_set():
                done = s.bourse("public", "disable", check=False)
                told["gone" if done.returncode == 0 else "refused"] += 1
                assert done.returncode == 0 or "--purge" in done.stderr, done.stderr
                if done.returncode == 0:
                    s.bourse("public", "enable")

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            other = pool.submit(disable)
            try:
                made = 0
                for _ in range(200):
                    if other.done() or (made >= 20 and told["gone"] >= 5 and told["refused"] >= 1):
                        break
                    if s.bourse("folder", "create", "public", "Here", check=False).returncode == 0:
                        made += 1
                        done = s.bourse("folder", "delete", "public", "Here", check=False)
                        assert done.returncode == 0, done.stderr
            finally:
                ended.set()
            other.result(60)
        assert "sound" in s.bourse("check").stdout
    finally:
        s.destroy()


def test_mail_to_a_folder_without_a_store(server, club):
    """Whether it may be posted only the store knows: while there is none the answer is to come back, and nothing hangs."""
    club.bourse("folder", "create", "public", "Mail")
    club.bourse("folder", "grant", "public", "Mail", "anyone", "contributor")
    club.bourse("folder", "address", "Mail", "post@example.org")
    with club.smtp() as c:
        c.ehlo("client.example")
        c.mail("sender@example.net")
        assert c.rcpt("post@example.org")[0] == 250
        c.rset()
        for pid in club.role_pids("store"):
            os.kill(pid, signal.SIGKILL)
        codes = set()

        def taken():
            c.rset()
            c.mail("sender@example.net")
            codes.add(c.rcpt("post@example.org")[0])
            return 250 in codes
        eventually(taken)
        assert codes <= {250, 451, 450}
        assert c.data(b"Subject: posted\r\n\r\n")[0] == 250
    assert [row["messages"] for row in club.json("folder", "list", "public")["rows"] if row["folder"] == "Mail"] == [1]
