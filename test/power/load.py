"""The load under which the power is cut, and the model that says what must be there afterwards.

A worker owns one mailbox and does one thing after the other, so the mailbox can only be in the state after the last
change that was acknowledged before the cut, or after the one that was under way. Every change keeps the positions of the
disk's log at its beginning and after its reply."""
import contextlib
import hashlib
import random
import struct
import sys
import pathlib
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "client"))
from server import PASSWORD, quoted  # noqa: E402

STANDARD = ("Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash")
LIVE_MAX = 40
WORDS = [hashlib.md5(str(n).encode()).hexdigest() for n in range(64)]


def body_of(name):
    """The message of that name, always the same."""
    chance = random.Random(name)
    lines = [f"From: {name}@elsewhere.org", f"Subject: {name}", "", name]
    lines += [" ".join(chance.choices(WORDS, k=2)) for _ in range(chance.choice((2, 10, 40, 300)))]
    return "\r\n".join(lines).encode() + b"\r\n"


def quiet(what):
    with contextlib.suppress(Exception):
        what()


class Position:
    """Records in the log of the disk, as power_image publishes them."""

    def __init__(self, path):
        import mmap
        with open(path, "rb") as f:
            self.map = mmap.mmap(f.fileno(), 8, prot=mmap.PROT_READ)

    def __call__(self):
        return struct.unpack("Q", self.map[:8])[0]


class Change:
    def __init__(self, begun, acked, state, what, brought=()):
        self.begun, self.acked, self.state, self.what, self.brought = begun, acked, state, what, brought
        self.halfway = []  # states on the way to it, as long as it is not acknowledged


class History:
    """States one after the other; done() notes the next."""

    def __init__(self, position, state):
        self.position = position
        self.changes = [Change(0, 0, state, "start")]

    @property
    def state(self):
        return self.changes[-1].state

    def perform(self, what, act, after, brought=(), halfway=()):
        """Runs act(), which must end with an acknowledgement; after() gives the new state."""
        begun = self.position()
        change = Change(begun, None, None, what, brought)
        change.halfway = list(halfway)
        self.changes.append(change)
        act()
        change.acked = self.position()
        change.state = after()

    def possible(self, cut, seen=()):
        """The changes in which the disk may be. seen: (name, position) of what others saw."""
        acked = [n for n, c in enumerate(self.changes) if c.acked is not None and c.acked <= cut]
        names = {name for name, position in seen if position <= cut}
        acked += [n for n, c in enumerate(self.changes) if names.intersection(c.brought)]
        last = max(acked)
        return [c for c in self.changes[last:] if c is self.changes[last] or c.begun < cut]

    def is_possible(self, state, cut, seen=()):
        changes = self.possible(cut, seen)
        return any(state == c.state for c in changes) or any(state in c.halfway for c in changes[1:])


def replaced(state, **folders):
    """A copy with other folders; None takes one away. A folder is (uidvalidity, uidnext, {uid: (name, flags)})."""
    new = dict(state)
    for name, value in folders.items():
        if value is None:
            del new[name]
        else:
            new[name] = value
    return new


class Worker:
    def __init__(self, server, position, number, seed):
        self.server, self.number, self.position = server, number, position
        self.user = f"w{number}"
        self.chance = random.Random(f"{seed}-{number}")
        self.count = self.folders = 0
        self.imap = self.smtp = None
        self.selected = None
        self.error = None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    # ---- connections ----

    def connect(self):
        self.imap = self.server.imap(self.user)
        self.smtp = self.server.smtp()
        self.smtp.ehlo()

    def status(self, folder):
        kind, rows = self.imap.status(quoted(folder), "(UIDVALIDITY UIDNEXT)")
        assert kind == "OK", rows
        words = rows[0].decode().rsplit("(", 1)[1].rstrip(")").split()
        numbers = dict(zip(words[::2], map(int, words[1::2])))
        return numbers["UIDVALIDITY"], numbers["UIDNEXT"]

    def begin(self):
        """The folders that every mailbox has; called once, before the load."""
        self.connect()
        state = {}
        for name in STANDARD:
            validity, following = self.status(name)
            state[name] = (validity, following, {})
        self.history = History(self.position, state)

    def select(self, folder):
        if self.selected != folder:
            kind, rows = self.imap.select(quoted(folder))
            assert kind == "OK", (folder, rows)
            self.selected = folder
        else:
            self.ok(self.imap.noop())  # what others brought is seen from here on

    def ok(self, reply):
        assert reply[0] == "OK", reply
        return reply

    # ---- one change each ----

    def new_name(self):
        self.count += 1
        return f"{self.user}m{self.count}"

    def add(self, what, folder, name, flags, act):
        before = self.history.state
        validity, following, messages = before[folder]
        after = replaced(before, **{folder: (validity, following + 1, {**messages, following: (name, flags)})})
        self.history.perform(f"{what} {name}", act, lambda: after, (name,))

    def deliver(self):
        name = self.new_name()
        self.add("deliver", "INBOX", name, frozenset(),
                 lambda: self.smtp.sendmail("x@elsewhere.org", [f"{self.user}@example.org"], body_of(name)))

    def append(self):
        name, folder = self.new_name(), self.chance.choice(sorted(self.history.state))
        flags = frozenset(self.chance.sample(("\\Seen", "\\Flagged", "\\Draft"), self.chance.randrange(3)))
        self.add("append", folder, name, flags,
                 lambda: self.ok(self.imap.append(quoted(folder), f"({' '.join(sorted(flags))})", None, body_of(name))))

    def pick(self, most=5):
        """A folder that has messages, and some of their uids; None when there is none."""
        full = sorted(name for name, row in self.history.state.items() if row[2])
        if not full:
            return None, []
        folder = self.chance.choice(full)
        uids = sorted(self.history.state[folder][2])
        return folder, sorted(self.chance.sample(uids, min(len(uids), self.chance.randint(1, most))))

    def uid(self, folder, *command):
        self.select(folder)
        self.ok(self.imap.uid(*command))

    def flags(self):
        folder, uids = self.pick()
        if not uids:
            return
        word = self.chance.choice(("\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "$Work", "Later"))
        mode = self.chance.choice(("+FLAGS", "-FLAGS", "FLAGS"))
        before = self.history.state
        validity, following, messages = before[folder]
        messages = dict(messages)
        for u in uids:
            name, old = messages[u]
            messages[u] = (name, old | {word} if mode[0] == "+" else old - {word} if mode[0] == "-" else frozenset({word}))
        after = replaced(before, **{folder: (validity, following, messages)})
        self.select(folder)
        self.history.perform(f"flags {folder} {uids} {mode} {word}",
                             lambda: self.uid(folder, "STORE", ",".join(map(str, uids)), mode, f"({word})"), lambda: after)

    def expunge(self):
        """Those of a folder that have \\Deleted; some get it first."""
        folder, uids = self.pick(8)
        if not uids:
            return
        before = self.history.state
        validity, following, messages = before[folder]
        marked = {u: (n, f | {"\\Deleted"}) if u in uids else (n, f) for u, (n, f) in messages.items()}
        self.select(folder)
        self.history.perform(f"mark {folder} {uids}",
                             lambda: self.uid(folder, "STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", "(\\Deleted)"),
                             lambda: replaced(before, **{folder: (validity, following, marked)}))
        if self.chance.random() < 0.5:  # all that are marked
            left = {u: (n, f) for u, (n, f) in marked.items() if "\\Deleted" not in f}
            act = lambda: self.ok(self.imap.expunge())  # noqa: E731
        else:
            left = {u: row for u, row in marked.items() if u not in uids}
            act = lambda: self.uid(folder, "EXPUNGE", ",".join(map(str, uids)))  # noqa: E731
        self.history.perform(f"expunge {folder} {uids}", act, lambda: replaced(before, **{folder: (validity, following, left)}))

    def carry(self, verb):
        folder, uids = self.pick()
        if not uids:
            return
        to = self.chance.choice(sorted(set(self.history.state) - {folder}))
        before = self.history.state
        validity, following, messages = before[folder]
        rows = [messages[u] for u in uids]
        left = {u: row for u, row in messages.items() if u not in uids} if verb == "MOVE" else messages
        to_validity, to_next, to_messages = before[to]
        got = {**to_messages, **{to_next + n: row for n, row in enumerate(rows)}}
        after = replaced(before, **{folder: (validity, following, left), to: (to_validity, to_next + len(rows), got)})
        self.select(folder)
        self.history.perform(f"{verb} {folder} {uids} {to}",
                             lambda: self.uid(folder, verb, ",".join(map(str, uids)), quoted(to)), lambda: after)

    def create(self):
        own = [name for name in self.history.state if name not in STANDARD]
        if len(own) >= 6:
            return
        self.folders += 1
        name = self.chance.choice((f"f{self.folders}", f"f{self.folders % 4}"))
        if name in self.history.state:
            return
        before = self.history.state
        self.history.perform(f"create {name}", lambda: self.ok(self.imap.create(quoted(name))),
                             lambda: replaced(before, **{name: (*self.status(name), {})}))

    def own_folder(self):
        own = sorted(name for name in self.history.state if name not in STANDARD)
        return self.chance.choice(own) if own else None

    def leave(self, folder):
        if self.selected == folder:
            self.select("INBOX")

    def rename(self):
        name = self.own_folder()
        if name is None:
            return
        self.folders += 1
        new = f"r{self.folders}"
        before = self.history.state
        self.leave(name)
        self.history.perform(f"rename {name} {new}", lambda: self.ok(self.imap.rename(quoted(name), quoted(new))),
                             lambda: replaced(before, **{name: None, new: (*self.status(new), before[name][2])}))

    def delete(self):
        name = self.own_folder()
        if name is None:
            return
        before = self.history.state
        self.leave(name)
        self.history.perform(f"delete {name}", lambda: self.ok(self.imap.delete(quoted(name))),
                             lambda: replaced(before, **{name: None}),
                             # Its messages become recoverable first; they may be many, hence in write sets of their own.
                             halfway=[replaced(before, **{name: (*before[name][:2], {})})])

    def pop3(self):
        """The oldest of INBOX, by DELE and QUIT."""
        before = self.history.state
        validity, following, messages = before["INBOX"]
        if not messages:
            return
        c = self.server.pop3(self.user)
        uids = sorted(messages)[:self.chance.randint(1, 3)]
        for n in range(len(uids)):
            c.dele(n + 1)
        left = {u: row for u, row in messages.items() if u not in uids}
        self.history.perform(f"pop3 {uids}", c.quit, lambda: replaced(before, INBOX=(validity, following, left)))

    # ---- the thread ----

    def step(self):
        live = sum(len(row[2]) for row in self.history.state.values())
        acts = {self.deliver: 30, self.append: 20, self.flags: 20, lambda: self.carry("MOVE"): 8, self.expunge: 8,
                self.create: 4, self.rename: 3, self.delete: 2, self.pop3: 1}
        if live < LIVE_MAX:
            acts[lambda: self.carry("COPY")] = 4
        else:
            acts = {self.expunge: 5, self.flags: 2, lambda: self.carry("MOVE"): 2, self.delete: 1, self.pop3: 1}
        self.chance.choices(list(acts), list(acts.values()))[0]()

    def run(self):
        try:
            while not self.stop.is_set():
                self.step()
        except Exception as e:
            if not self.stop.is_set():
                self.error = f"{self.user} after {self.history.changes[-1].what}: {e!r}"

    def end(self):
        self.stop.set()
        self.thread.join(60)
        quiet(self.imap.shutdown)
        quiet(self.smtp.close)


class Observer:
    """A second session on a worker's INBOX: what it has seen was safe."""

    def __init__(self, server, position, user):
        self.server, self.position, self.user = server, position, user
        self.seen = []  # (name, position of the log after it was seen)
        self.stop = threading.Event()
        self.error = None
        self.thread = threading.Thread(target=self.run)

    def run(self):
        try:
            c = self.server.imap(self.user)
            c.select(readonly=True)
            following = 1
            while not self.stop.is_set():
                _, rows = c.uid("FETCH", f"{following}:*", "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
                position = self.position()
                for row in rows:
                    if isinstance(row, tuple):
                        uid = int(row[0].split(b"UID ")[1].split()[0].rstrip(b")"))
                        if uid >= following:
                            following = uid + 1
                            self.seen.append((row[1].decode().split()[1], position))
                time.sleep(0.01)
            c.shutdown()
        except Exception as e:
            if not self.stop.is_set():
                self.error = f"observer: {e!r}"

    def end(self):
        self.stop.set()
        self.thread.join(60)


class Administrator:
    """Accounts, mailboxes, quotas, rights; a state is {"accounts": names, "mailboxes": {alias: (account, display, quota)}}."""

    def __init__(self, server, position, seed, workers):
        self.server, self.workers = server, workers
        self.chance = random.Random(f"{seed}-admin")
        self.history = History(position, {"accounts": frozenset({f"DOM\\w{n}" for n in range(workers)}),
                                          "mailboxes": {f"w{n}": (f"DOM\\w{n}", "", "default") for n in range(workers)}})
        self.count, self.error = 0, None
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def do(self, *words, accounts=None, mailboxes=None, stdin=None):
        before = self.history.state
        after = {"accounts": before["accounts"] if accounts is None else frozenset(accounts),
                 "mailboxes": before["mailboxes"] if mailboxes is None else mailboxes}
        self.history.perform(" ".join(words[:3]), lambda: self.server.bourse(*words, stdin=stdin), lambda: after)

    def extras(self):
        return sorted(set(self.history.state["mailboxes"]) - {f"w{n}" for n in range(self.workers)})

    def add(self):
        self.count += 1
        state, name = self.history.state, f"b{self.count}"
        if len(self.extras()) >= 5:
            return self.remove()
        account = f"DOM\\{name}"
        self.do("account", "add", account, "--password-stdin", accounts=state["accounts"] | {account}, stdin=PASSWORD + "\n")
        self.do("mailbox", "add", name, "--account", account, "--address", f"{name}@example.org",
                mailboxes={**state["mailboxes"], name: (account, "", "default")})
        with self.server.smtp() as c:
            c.sendmail("x@elsewhere.org", [f"{name}@example.org"], body_of(name))

    def change(self, name, **columns):
        state = self.history.state
        account, display, quota = state["mailboxes"][name]
        row = (account, columns.get("display", display), columns.get("quota", quota))
        words = [f"--display={row[1]}"] if "display" in columns else [f"--quota-receive={row[2]}"]
        self.do("mailbox", "set", name, *words, mailboxes={**state["mailboxes"], name: row})

    def quota(self):
        self.change(self.chance.choice(sorted(self.history.state["mailboxes"])), quota=f"{self.chance.randint(50, 500)}M")

    def display(self):
        self.change(self.chance.choice(sorted(self.history.state["mailboxes"])), display=f"name {self.chance.randrange(1000)}")

    def rename(self):
        for name in self.extras()[:1]:
            self.count += 1
            mailboxes = dict(self.history.state["mailboxes"])
            mailboxes[f"c{self.count}"] = mailboxes.pop(name)
            self.do("mailbox", "set", name, f"--rename=c{self.count}", mailboxes=mailboxes)

    def remove(self):
        for name in self.extras()[:1]:
            mailboxes = dict(self.history.state["mailboxes"])
            account = mailboxes.pop(name)[0]
            self.do("mailbox", "remove", name, mailboxes=mailboxes)
            self.do("account", "remove", account, accounts=self.history.state["accounts"] - {account})

    def compact(self):
        self.server.bourse("compact", check=False)

    def run(self):
        acts = {self.add: 4, self.quota: 6, self.display: 4, self.rename: 2, self.remove: 3, self.compact: 2}
        try:
            while not self.stop.is_set():
                self.chance.choices(list(acts), list(acts.values()))[0]()
                time.sleep(0.03)
        except Exception as e:
            if not self.stop.is_set():
                self.error = f"administrator after {self.history.changes[-1].what}: {e!r}"

    def end(self):
        self.stop.set()
        self.thread.join(60)

