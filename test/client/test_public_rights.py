"""Every right and every role, in an entry of every kind, against every operation by every protocol: public_rights.py says what is to come of
it. A protocol is one function: it does all that it can do there, and says what was done."""
import base64
import re

import public_rights as table
import pytest
from server import PASSWORD, Server, Wire

CONFIG = ("anonymous.imap = on;\nanonymous.pop3 = on;\nanonymous.nntp = on;\nanonymous.logons_max = 0;\nanonymous.sessions_max = 1000;\n"
          "anonymous.sessions_per_address_max = 1000;\nfront.connections_per_address_max = 1000;\nauth.failures_max = 1000;\n")
WHO = {"account": "DOM\\anna", "group": "DOM\\gus", "default": "DOM\\bob", "anonymous": "anonymous"}
NAMED = {"account": "DOM\\anna", "group": "DOM\\team", "default": "authenticated", "anonymous": "anyone"}
OWN, OTHERS, OWN_DELETED, OTHERS_DELETED = 1, 2, 3, 4  # uids; of strangers nothing is their own, so there they are all others'
SETS = {role: table.role_rights(role) for role in table.ROLES} | {c: c for c in table.RIGHTS} | {"lr" + c: "lr" + c for c in table.RIGHTS if c not in "lr"} | {
    "lrte": "lrte", "nothing": ""}


class Cell:
    """A folder whose list gives one set of rights by one entry."""

    def __init__(self, number, entry, name):
        self.entry, self.name, self.rights = entry, name, SETS[name]
        self.inner = f"F{number}"
        self.folder = f'"Public Folders/F{number}"'
        self.address = f"f{number}@example.org"
        self.done = {}  # (operation, protocol) -> whether it was done

    def note(self, operation, protocol, done):
        assert protocol in table.OPERATIONS[operation], (operation, protocol)
        self.done[operation, protocol] = bool(done)


class Imap(Wire):
    """Commands in one go, and what came of each: its status, and what was said before it."""

    def __init__(self, server, name, password=PASSWORD):
        super().__init__(server, "imap")
        self.line()
        quoted = name.replace("\\", "\\\\")
        assert self.all([f'LOGIN "{quoted}" "{password}"'])[0][0] == "OK"

    def all(self, commands):
        self.send(b"".join(f"t{n} {command}\r\n".encode() for n, command in enumerate(commands)))
        said = []
        for n in range(len(commands)):
            before = b""
            while not (line := self.line()).startswith(b"t%d " % n):
                before += line + b"\r\n"
            said.append((line.split()[1].decode(), before.decode()))
        return said

    def must(self, commands):
        for command, (status, _) in zip(commands, self.all(commands)):
            assert status == "OK", command


def append(folder, text, flags=""):
    message = f"Subject: {text}\r\n\r\n{text}\r\n"
    return f"APPEND {folder} ({flags}) {{{len(message)}+}}\r\n{message}"


def grant_by_letters(cell, rights):
    return f'SETACL {cell.folder} {quote(NAMED[cell.entry])} "{rights}"'


def quote(name):
    return '"' + name.replace("\\", "\\\\") + '"'


def prepare(server, cells, dora, people):
    """Four messages in each folder, and its list as it is to be."""
    dora.must(['CREATE "Public Folders/Source"', append('"Public Folders/Source"', "to be copied"),
               'SETACL "Public Folders/Source" anyone lr', 'SETACL "Public Folders/Source" authenticated lr'])
    for cell in cells:
        dora.must([f"CREATE {cell.folder}", f'SETACL {cell.folder} authenticated ""'] + ([grant_by_letters(cell, "i")] if cell.entry != "anonymous" else []))
        own = people[cell.entry] if cell.entry != "anonymous" else dora
        for owner, flags in ((own, ""), (dora, ""), (own, ""), (dora, "")):
            owner.must([append(cell.folder, "text", flags)])
    for cell in cells:
        role = cell.name in table.ROLES
        dora.must([f"SELECT {cell.folder}", f"UID STORE {OWN_DELETED},{OTHERS_DELETED} +FLAGS.SILENT (\\Deleted)", "UNSELECT",
                   grant_by_letters(cell, "" if role else cell.rights)])
        if role:
            server.bourse("folder", "grant", "public", cell.inner, NAMED[cell.entry], cell.name)


@pytest.fixture(scope="module")
def world():
    s = Server(CONFIG)
    cells = [Cell(n, *which) for n, which in enumerate((entry, name) for entry in table.ENTRIES for name in SETS)]
    try:
        s.add_domain()
        for name in ("anna", "gus", "bob", "dora", "zoe"):
            s.add_person(name)
        s.start()
        s.bourse("group", "add", "DOM\\team", "--member", "DOM\\gus")
        s.bourse("public", "enable")
        s.bourse("folder", "grant", "public", "/", "authenticated", "k")
        dora = Imap(s, "DOM\\dora")
        people = {entry: Imap(s, who) for entry, who in WHO.items()}
        prepare(s, cells, dora, people)
        for column in (smtp, pop3, nntp, imap):
            column(s, cells, people)
        as_told(cells, dora)
        delete(cells, people)
        yield cells
    finally:
        s.destroy()


# ---- the protocols ----

def smtp(server, cells, people):
    """Who has logged on is known by his account; all others are strangers. RCPT says whether it will be posted."""
    for cell in cells:
        server.bourse("folder", "address", cell.inner, cell.address)
    for entry, who in WHO.items():
        with Wire(server, "smtp" if entry == "anonymous" else "submission") as w:
            w.reply()
            w.send(b"EHLO x\r\n").reply()
            if entry != "anonymous":
                w.send(b"AUTH PLAIN " + base64.b64encode(f"\0{who}\0{PASSWORD}".encode()) + b"\r\n")
                assert w.reply()[0].startswith(b"235")
            sender = who[4:] + "@example.org" if entry != "anonymous" else "x@elsewhere.example"
            for cell in cells:
                if cell.entry == entry:
                    w.send(f"RSET\r\nMAIL FROM:<{sender}>\r\nRCPT TO:<{cell.address}>\r\n".encode())
                    assert w.reply()[0].startswith(b"250") and w.reply()[0].startswith(b"250")
                    said = w.reply()[0]
                    assert said.startswith((b"250 ", b"550 ")), said
                    cell.note("post to it (APPEND, mail to it, POST)", "SMTP", said.startswith(b"250"))


def pop3(server, cells, people):
    """The folder is named with the logon. What is deleted is brought back: others are to find it."""
    for cell in cells:
        with Wire(server, "pop3") as w:
            password = "x" if cell.entry == "anonymous" else PASSWORD
            w.send(f"USER {WHO[cell.entry]}\\Public Folders/{cell.inner}\r\nPASS {password}\r\n".encode())
            assert w.line().startswith(b"+OK") and w.line().startswith(b"+OK")
            opened = w.line().startswith(b"+OK")
            own = others = False
            if opened:
                w.send(b"RETR 2\r\nDELE 1\r\nDELE 2\r\nRSET\r\nQUIT\r\n")
                while w.line() != b".":
                    pass
                own, others = (w.line().startswith(b"+OK") for _ in range(2))
                assert w.line().startswith(b"+OK") and w.line().startswith(b"+OK") and w.line() is None
            cell.note("open it and read", "POP3", opened)
            cell.note("remove one's own for good", "POP3", own)
            cell.note("remove others' messages for good", "POP3", others)


def nntp(server, cells, people):
    """Who has not logged on is a stranger. What may not be read is no newsgroup."""
    for entry, who in WHO.items():
        with Wire(server, "nntp") as w:
            def ask(command):
                return w.send(command.encode() + b"\r\n").line()

            assert w.line()[:2] == b"20"
            if entry != "anonymous":
                assert ask(f"AUTHINFO USER {who}").startswith(b"381") and ask(f"AUTHINFO PASS {PASSWORD}").startswith(b"281")
            for cell in cells:
                if cell.entry != entry:
                    continue
                group = cell.inner
                assert ask(f"LIST ACTIVE {group}").startswith(b"215")
                cell.note("see it in a list", "NNTP", w.until(b".")[0].startswith(group.encode() + b" "))
                said = ask(f"GROUP {group}")
                assert said[:4] in (b"211 ", b"411 "), said
                if said.startswith(b"211"):
                    assert ask(f"BODY {OTHERS}").startswith(b"222") and w.until(b".") == [b"text", b"."]
                cell.note("open it and read", "NNTP", said.startswith(b"211"))
                assert ask("POST").startswith(b"340")
                said = ask(f"From: x@example.org\r\nNewsgroups: {group}\r\nSubject: news\r\n\r\nnews\r\n.")
                assert said[:4] in (b"240 ", b"441 "), said
                cell.note("post to it (APPEND, mail to it, POST)", "NNTP", said.startswith(b"240"))


def imap(server, cells, people):
    for cell in cells:
        f, moved = cell.folder, cell.folder[:-1] + '-moved"'
        flag = "UID STORE {} +FLAGS.SILENT ({})".format
        said = dict(zip(
            ("list", "source", "copy", "post", "select", "read", "kept", "seen", "flag own", "flag others", "mark own", "mark others", "expunge own",
             "expunge others", "leave", "make", "rename", "back", "see", "change"),
            people[cell.entry].all([
                f'LIST "" {f}', 'SELECT "Public Folders/Source"', f"COPY 1 {f}", append(f, "posted"), f"SELECT {f}", "UID FETCH 1:2 (BODY.PEEK[])",
                f"UID FETCH {OTHERS} (FLAGS)", flag(OWN, "\\Seen"), flag(OWN, "\\Flagged"), flag(OTHERS, "\\Flagged"), flag(OWN, "\\Deleted"),
                flag(OTHERS, "\\Deleted"), f"UID EXPUNGE {OWN_DELETED}", f"UID EXPUNGE {OTHERS_DELETED}", "NOOP", f'CREATE {f[:-1]}/new"',
                f"RENAME {f} {moved}", f"RENAME {moved} {f}", f"GETACL {f}", f"SETACL {f} {quote('DOM' + chr(92) + 'zoe')} l"])))
        ok = {name: status == "OK" for name, (status, _) in said.items()}
        assert ok["source"] and ok["leave"] and ok["rename"] == ok["back"], (cell.entry, cell.name)
        assert ok["select"] == ok["read"] and ("\r\ntext\r\n" in said["read"][1]) == ok["read"]
        for operation, done in {
            "see it in a list": "* LIST" in said["list"][1], "open it and read": ok["read"], "have kept what one has read": ok["seen"],
            "post to it (APPEND, mail to it, POST)": ok["post"], "copy messages into it": ok["copy"], "change flags of one's own": ok["flag own"],
            "change flags of others' messages": ok["flag others"], "mark one's own as deleted": ok["mark own"],
            "mark others' messages as deleted": ok["mark others"], "remove one's own for good": " EXPUNGE" in said["expunge own"][1],
            "remove others' messages for good": " EXPUNGE" in said["expunge others"][1], "make a folder below it": ok["make"],
            "give it another name": ok["rename"], "see who may do what": ok["see"], "change who may do what": ok["change"],
        }.items():
            cell.note(operation, "IMAP", done)
        cell.note("have kept what one has read", "POP3", cell.done["open it and read", "POP3"] and "\\Seen" in said["kept"][1])


def as_told(cells, dora):
    """What was told to be done is done, and nothing else: whoever has all rights looks."""
    for cell in cells:
        said = dora.all([f"EXAMINE {cell.folder}", "UID FETCH 1:* (FLAGS)"])
        flags = {int(uid): words for uid, words in re.findall(r"FETCH \(UID (\d+) FLAGS \(([^)]*)\)", said[1][1])}
        done = {operation: cell.done.get((operation, "IMAP")) for operation in table.OPERATIONS}
        for uid, whose in ((OWN, "one's own"), (OTHERS, "others' messages")):
            assert ("\\Flagged" in flags[uid]) == done[f"change flags of {whose}"], (cell.entry, cell.name)
            assert ("\\Deleted" in flags[uid]) == done[f"mark {whose} as deleted"], (cell.entry, cell.name)
            assert (uid + 2 not in flags) == done[f"remove {whose} for good"], (cell.entry, cell.name)
        posted = sum(cell.done["post to it (APPEND, mail to it, POST)", protocol] for protocol in ("IMAP", "NNTP"))
        assert sum(uid > 4 for uid in flags) == posted + done["copy messages into it"], (cell.entry, cell.name)


def delete(cells, people):
    for cell in cells:
        cell.note("delete it", "IMAP", people[cell.entry].all([f"DELETE {cell.folder}"])[0][0] == "OK")


# ---- the table ----

def expected(cell, operation, protocol):
    """To a stranger all messages are others'."""
    if cell.entry == "anonymous" and "one's own" in operation:
        operation = {"change flags of one's own": "change flags of others' messages", "mark one's own as deleted": "mark others' messages as deleted",
                     "remove one's own for good": "remove others' messages for good"}[operation]
    return table.may(cell.entry, cell.rights, operation, protocol)


@pytest.mark.parametrize("protocol", table.PROTOCOLS)
@pytest.mark.parametrize("entry", table.ENTRIES)
def test_every_cell(world, entry, protocol):
    wrong, tried = [], 0
    for cell in world:
        for operation, needs in table.OPERATIONS.items():
            if cell.entry != entry or protocol not in needs:
                continue
            tried += 1
            if cell.done[operation, protocol] != expected(cell, operation, protocol):
                wrong.append(f"{cell.name} ({cell.rights}): {operation}: {'done' if cell.done[operation, protocol] else 'refused'}")
    assert tried == len(SETS) * sum(protocol in needs for needs in table.OPERATIONS.values())
    assert not wrong, "\n".join(wrong)
