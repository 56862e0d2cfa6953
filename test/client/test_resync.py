"""A client that keeps a copy of a folder by QRESYNC (RFC 7162) while another session changes it at random: whenever it comes back,
its copy is the folder. Its rules are those of section 6; connections break at any moment."""
import os
import random
import re

import pytest

from server import PASSWORD, Wire, quoted

FLAGS = ["\\Seen", "\\Answered", "\\Flagged", "\\Draft", "$work", "$later"]
SEED = int(os.environ.get("RESYNC_SEED", "7162"))
ROUNDS = int(os.environ.get("RESYNC_ROUNDS", "60"))


def numbers(text):
    """1:3,5 -> 1 2 3 5"""
    for item in text.split(","):
        first, _, last = item.partition(":")
        yield from range(int(first), int(last or first) + 1)


class Session:
    def __init__(self, server):
        self.wire = Wire(server, "imap")
        self.wire.line()
        self.tag = 0
        self.ask(f"LOGIN alice {quoted(PASSWORD)}")

    def ask(self, command, good=True):
        """Untagged lines, and the tagged one."""
        self.tag += 1
        tag = f"t{self.tag}"
        self.wire.send(f"{tag} {command}\r\n".encode())
        lines = []
        while True:
            line = self.wire.line().decode()
            if line.startswith(tag + " "):
                assert not good or line.startswith(f"{tag} OK"), f"{command}: {line}"
                return lines, line
            lines.append(line)

    def append(self, n):
        text = f"Subject: {n}\r\n\r\n{n}\r\n"
        self.ask(f"APPEND box {{{len(text)}+}}\r\n{text}")

    def truth(self):
        """uid -> flags, as the server has them."""
        self.ask("EXAMINE box")
        found = {}
        for line in self.ask("UID FETCH 1:* (FLAGS)")[0]:
            match = re.match(r"\* \d+ FETCH \(UID (\d+) FLAGS \((.*?)\)\)", line)
            if match:
                found[int(match.group(1))] = frozenset(match.group(2).split()) - {"\\Recent"}
        return found


class Copy:
    """What the client has: it lives longer than its connections."""

    def __init__(self, server):
        self.server = server
        self.flags = {}
        self.uids = []  # by message number, of the open session
        self.validity = self.modseq = 0
        self.session = None
        self.silent = None  # the flag that a STORE under way adds

    def take(self, lines, tagged):
        """Section 6: a HIGHESTMODSEQ that is told counts, else the highest MODSEQ, and only behind a tagged answer."""
        highest, told = 0, None
        for line in lines + [tagged]:
            code = re.search(r"\[HIGHESTMODSEQ (\d+)\]", line)
            if code:
                told = int(code.group(1))
            if re.match(r"\* VANISHED \(EARLIER\) ", line):
                for uid in numbers(line.split(" ")[3]):
                    self.flags.pop(uid, None)
                    assert uid not in self.uids, f"{line}: {uid} still has a number"
            elif line.startswith("* VANISHED "):
                for uid in numbers(line.split(" ")[2]):
                    self.uids.remove(uid)
                    self.flags.pop(uid, None)
            assert not re.match(r"\* \d+ EXPUNGE", line), line
            exists = re.match(r"\* (\d+) EXISTS", line)
            if exists:
                self.count = int(exists.group(1))
            fetch = re.match(r"\* (\d+) FETCH \((.*)\)$", line)
            if fetch:
                highest = max(highest, self.take_fetch(int(fetch.group(1)), fetch.group(2)))
        if told is not None:
            self.modseq = told
        elif highest > self.modseq:
            self.modseq = highest

    def take_fetch(self, number, items):
        uid = re.search(r"UID (\d+)", items)
        flags = re.search(r"FLAGS \((.*?)\)", items)
        modseq = re.search(r"MODSEQ \((\d+)\)", items)
        assert uid, f"a FETCH without UID: {items}"
        if number <= len(self.uids):
            assert self.uids[number - 1] == int(uid.group(1)), f"number {number} is {self.uids[number - 1]}: {items}"
        if modseq and not flags and self.silent:
            # The answer to a .SILENT: the change was made, to what this client knows.
            self.flags[int(uid.group(1))] |= {self.silent}
        if flags:
            self.flags[int(uid.group(1))] = frozenset(flags.group(1).split()) - {"\\Recent"}
        return int(modseq.group(1)) if modseq else 0

    def open(self, rng):
        """Comes back, in one of the ways of section 3.2.5."""
        self.session = Session(self.server)
        self.session.ask("ENABLE QRESYNC")
        self.uids = []
        if self.validity == 0:
            lines, tagged = self.session.ask("SELECT box")
        else:
            known = sorted(self.flags)
            how = f"({self.validity} {self.modseq}"
            way = rng.randrange(3) if known else 0
            if way >= 1:
                how += f" 1:{known[-1]}"
            if way == 2:
                sample = sorted(rng.sample(range(len(known)), min(len(known), 5)))
                how += f" ({','.join(str(n + 1) for n in sample)} {','.join(str(known[n]) for n in sample)})"
            lines, tagged = self.session.ask(f"SELECT box (QRESYNC {how}))")
        validity = int(re.search(r"\[UIDVALIDITY (\d+)\]", "\n".join(lines)).group(1))
        assert self.validity in (0, validity)
        self.validity = validity
        self.take(lines, tagged)
        # What is new: the copy is whole from here on.
        after = max(self.flags, default=0) + 1
        modseq = self.modseq
        for line in self.session.ask(f"UID FETCH {after}:* (FLAGS)")[0]:
            fetch = re.match(r"\* (\d+) FETCH \((.*)\)$", line)
            if fetch:
                self.take_fetch(int(fetch.group(1)), fetch.group(2))
        self.modseq = modseq
        self.uids = sorted(self.flags)

    def command(self, rng, line):
        silent = re.search(r"\+FLAGS\.SILENT \((.*)\)", line)
        self.silent = silent.group(1) if silent else None
        lines, tagged = self.session.ask(line, good=False)
        self.take(lines, tagged)
        self.silent = None
        grown = [n for n in (re.match(r"\* (\d+) EXISTS", x) for x in lines) if n]
        if grown:
            self.grow()

    def grow(self):
        after = self.uids[-1] + 1 if self.uids else 1
        modseq = self.modseq
        lines, tagged = self.session.ask(f"UID FETCH {after}:* (FLAGS MODSEQ)")
        for line in lines:
            fetch = re.match(r"\* (\d+) FETCH \(UID (\d+) (.*)\)$", line)
            if fetch and int(fetch.group(2)) >= after and int(fetch.group(2)) not in self.uids:
                self.uids.append(int(fetch.group(2)))
        self.modseq = modseq
        self.take(lines, tagged)

    def drop(self):
        self.session.wire.close()
        self.session = None


def meddle(other, rng, n):
    """One change by somebody else."""
    other.ask("NOOP")
    uids = [int(u) for u in other.ask("UID SEARCH ALL")[0][-1].split()[2:]]
    some = ",".join(str(u) for u in sorted(rng.sample(uids, min(len(uids), rng.randint(1, 4))))) if uids else ""
    what = rng.randrange(6)
    if what == 0 or len(uids) < 5:
        other.append(n)
    elif what in (1, 2):
        flags = " ".join(rng.sample(FLAGS, rng.randint(1, 3)))
        other.ask(f"UID STORE {some} {rng.choice(['', '+', '-'])}FLAGS.SILENT ({flags})")
    elif what == 3:
        other.ask(f"UID STORE {some} +FLAGS.SILENT (\\Deleted)")
        other.ask(f"UID EXPUNGE {some}")
    elif what == 4:
        other.ask(f"UID COPY {some} box")
    else:
        other.ask(f"UID MOVE {some} {rng.choice(['aside', 'box'])}")


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_a_copy_is_the_folder(new_server, seed):
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    rng = random.Random(seed)
    other, judge = Session(server), Session(server)
    for name in ("box", "aside"):
        other.ask(f"CREATE {name}")
    for n in range(40):
        other.append(n)
    other.ask("SELECT box")
    copy = Copy(server)
    for step in range(ROUNDS):
        for n in range(rng.randint(0, 4)):
            meddle(other, rng, 100 * step + n)
        if copy.session is None:
            copy.open(rng)
            assert copy.flags == judge.truth(), f"seed {seed}, step {step}"
        for _ in range(rng.randint(0, 3)):
            number = rng.randint(1, max(1, len(copy.uids)))
            copy.command(rng, rng.choice([
                "NOOP", f"FETCH {number} (UID FLAGS MODSEQ)", f"STORE {number} +FLAGS.SILENT (\\Flagged)",
                f"STORE {number} -FLAGS ($work)", f"STORE {number} (UNCHANGEDSINCE {copy.modseq}) +FLAGS.SILENT ($later)",
                f"UID STORE {number}:{number + 3} +FLAGS.SILENT (\\Deleted)", "EXPUNGE"]))
            meddle(other, rng, 100 * step + 50)
        if rng.random() < 0.5:
            copy.drop()
        elif rng.random() < 0.5:
            copy.command(rng, "NOOP")
            assert copy.flags == judge.truth(), f"seed {seed}, step {step}, in the session"
