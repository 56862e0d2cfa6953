"""How the rows are measured: steps, each of one server, in the order in which they are taken."""
import itertools
import json
import os
import pathlib
import re
import socket
import subprocess
import threading
import time
from typing import Callable, NamedTuple

import memory
import peers
import rows

# Seconds on two idle cores, to tell beforehand how long it takes: filling a mailbox with 1,000 messages, and reading it
# through all commands of the group "imap", its searches through every text, and again.
FILL = {"bourse": 0.2, "dovecot": 0.15, "dovecot-sdbox": 0.5, "cyrus": 0.25, "machine": 0}
READ = {"bourse": 0.02, "dovecot": 0.09, "dovecot-sdbox": 0.09, "cyrus": 0.07, "machine": 0.01}
TEXT = {"bourse": 0.04, "dovecot": 0.3, "dovecot-sdbox": 0.3, "cyrus": 0.4, "machine": 0}

REFUSED = "it refuses the command"


class Step(NamedTuple):
    group: str
    size: int  # of the mailbox, 0 where it plays no part
    server: str
    round: object  # a number, or "fill"
    seconds: float
    run: Callable  # server -> {row's key: value}

    @property
    def name(self):
        return f"{self.group}/{self.size}/{self.server}/{self.round}"


class Measure:
    def __init__(self, bench):
        self.bench, self.rounds = bench, bench.rounds
        self.answers = {}  # (key, size): octets and lines of an answer, which the bare loop sends too

    # ---- the plan ----

    def plan(self):
        """All steps, in order: in each round every server has its turn before the next round begins."""
        self.steps = []
        self.plan_limits()
        for way in ("smtp", "lmtp"):
            for key in ("1", "8", "64", "real"):
                group = f"{way}-{key}"
                self.alternate(group, self.rounds, self.bench.seconds + 0.6, lambda s, g=group: self.deliver(s, g))
        self.alternate("disk", 1, self.bench.disk_count / 800, self.disk)
        self.plan_pop3()
        for size in self.bench.sizes:
            if size == self.bench.main_size:
                self.plan_limits()
            self.plan_box(size)
        self.alternate("logon", min(3, self.rounds), self.bench.seconds + 1, self.logons)
        self.alternate("logon-by", min(3, self.rounds), len(rows.MECHANISMS) * (self.bench.seconds + 1), self.mechanisms)
        self.alternate("tls", min(3, self.rounds), 3, self.handshakes)
        self.alternate("idle", 1, 15 + 0.4 * self.idle_rounds(), self.idle)
        if not self.bench.quick and not self.bench.tiny:
            self.alternate("thousand", 1, 25 + 0.4 * self.idle_rounds(), self.thousand)
        for row in rows.of_group("memory"):
            if self.wants("memory") and self.wants(row.key) and not (self.bench.quick and row.detail):
                self.alternate("memory", 1, 8, lambda s, key=row.key: self.memory(s, key), only=row.key)
        self.plan_limits()
        return self.steps

    def plan_limits(self):
        """At the beginning, before the large mailbox and at the end, so that a busy neighbour shows."""
        count = sum(step.group == "limits" for step in self.steps)
        if count and self.bench.tiny:
            return
        self.steps.append(Step("limits", 0, "machine", count, 5, self.limits))

    def limits(self, _):
        tool, cores = self.bench.tool, os.cpu_count()
        return {"flushes/s of 4 KiB appended": tool("limits", "flush", self.bench.data / "flushed", 1)["per_second"],
                "MB/s through one loopback connection": tool("limits", "send", 2000)["octets_per_second"] / 1e6,
                "TLS handshakes/s of one core, both sides": tool("limits", "tls", 1)["per_second"],
                "password checks/s of one core": tool("limits", "argon2", 1, 1)["per_second"],
                f"password checks/s of {cores} cores": tool("limits", "argon2", 1, cores)["per_second"]}

    def wants(self, group):
        only = self.bench.only
        return not only or any(group.startswith(o) or o.startswith(group + ".") for o in only)

    def who(self, group):
        takes_part = rows.of_group(group)[0].who
        return [n for n in self.bench.names if n in takes_part and not (group.startswith("lmtp") and self.bench.lacks_lmtp(n))]

    def alternate(self, group, rounds, seconds, run, size=0, only="", who=None):
        if not self.wants(group):
            return
        servers = list(who if who is not None else self.who(group))
        if any(row.limit for row in rows.of_group(group)) and "machine" in self.bench.names:
            servers.append("machine")
        for i in range(rounds):
            for server in servers:
                cost = seconds[server] if isinstance(seconds, dict) else seconds
                self.steps.append(Step(group, size, server, f"{only}{i}", cost, run))

    def plan_pop3(self):
        if not self.wants("pop3"):
            return
        for server in self.who("pop3"):
            self.steps.append(Step("pop3", 0, server, "fill", self.bench.drain_count / 400, self.fill_drains))
        self.alternate("pop3", self.rounds + 1, {s: 4 if s == "cyrus" else 1.5 for s in TEXT}, self.drains)

    def plan_box(self, size):
        """One mailbox of so many messages, and what is asked of it; a larger one is the same, filled up."""
        main = size == self.bench.main_size
        groups = [g for g in rows.ON_BOX if self.wants(g)]
        if not groups:
            return
        previous = max([s for s in self.bench.sizes if s < size], default=0)
        for server in self.who("imap"):
            self.steps.append(Step("imap", size, server, "fill", FILL[server] * (size - previous) / 1000 + 1,
                                   lambda s, n=size: self.fill_box(s, n)))
        cost = {s: 0.5 + READ[s] * size / 1000 for s in READ}
        text = {s: 0.5 + 2 * TEXT[s] * size / 1000 for s in TEXT}
        few = self.rounds if main else min(2, self.rounds)
        self.alternate("first", 1, cost, lambda s, n=size: self.imap(s, "first", n), size)
        self.alternate("imap", max(2, few), cost, lambda s, n=size: self.imap(s, "imap", n), size)
        if main or self.bench.growth:
            self.alternate("text", 1, text, lambda s, n=size: self.imap(s, "text", n), size)
            self.alternate("plain", 1, {s: text[s] if s == "bourse" else 0.1 for s in text}, lambda s, n=size: self.plain(s, n), size)
        if main:
            self.alternate("qresync", few, 1.5, lambda s, n=size: self.qresync(s, n), size)
        self.alternate("box", few, 1, lambda s, n=size: self.box(s, n), size)
        self.alternate("drain", 1, {s: 1 + size / (3000 if s == "cyrus" else 40000) for s in TEXT}, lambda s, n=size: self.drain(s, n), size)
        self.alternate("crash", min(3, few), 5, lambda s, n=size: self.crash(s, n), size)
        if size == self.bench.index_size:
            self.alternate("index", 1, {s: 2 + (size / 30 if s == "cyrus" else 0) for s in TEXT}, lambda s, n=size: self.indexed(s, n), size)
        if size <= self.bench.main_size:
            self.alternate("expunge", few, 1.5, lambda s, n=size: self.expunge(s, n), size)

    # ---- deliveries ----

    def send(self, server, way, to, connections, messages, *more):
        """Deliveries a second until the last is in its mailbox, and the load's own figures."""
        began = time.monotonic()
        said = self.bench.tool("smtp_load", server.ports[way], to + server.address, connections, messages, 4096, "--json",
                               *(["--lmtp"] if way == "lmtp" else []), *more)
        if server.is_drained():
            return said["per_second"], said
        while not server.is_drained():
            if time.monotonic() - began > 600:
                raise RuntimeError("the queue is not empty after 600 s")
            time.sleep(0.02)
        return said["messages"] / (time.monotonic() - began), said

    def deliver(self, server, group):
        way, key = group.split("-")
        pack = self.bench.real_pack if key == "real" else self.bench.pack
        seconds = self.bench.seconds if server.way != "smtp" or server.reads else 1  # a queue has to be waited for
        rate, said = self.send(server, way, "u", 64 if key == "real" else int(key), 200000, "--spread", self.bench.boxes,
                               "--seconds", seconds, "--first", self.bench.next_number(), "--pack", pack)
        if said["refused"] > said["messages"] / 50:
            raise RuntimeError(f"{said['refused']} of {said['messages']} messages were refused")
        found = {f"{group}.rate": rate, f"{group}.p99": said["p99_ms"]}
        if f"{group}.accepted" in rows.BY_KEY:
            found[f"{group}.accepted"] = said["per_second"]
        return found

    def disk(self, server):
        before = self.settled(server)
        count = self.bench.disk_count if server.reads else max(64, self.bench.disk_count // 10)
        _, said = self.send(server, server.way, "u", 64, count, "--spread", self.bench.boxes,
                            "--first", self.bench.next_number(), "--pack", self.bench.real_pack)
        device, process, store = (b - a for a, b in zip(before, self.settled(server)))
        return {"disk.device": device / said["octets"], "disk.process": process / said["octets"],
                "disk.store": store / said["octets"], "disk.message": store / said["messages"] / 1024}

    def settled(self, server):
        """Octets written to the device, written by the server's processes, and kept in its folders."""
        time.sleep(0.5)
        os.sync()
        kept = 0
        for folder in server.folders():
            for at, _, names in os.walk(folder):
                for name in names:
                    try:
                        kept += os.lstat(os.path.join(at, name)).st_blocks * 512
                    except FileNotFoundError:
                        pass
        return self.device_octets(), server.octets_written(), kept

    def device_octets(self):
        """Written to the disk that the data lies on; in memory or on an overlay there is none, which only a self-test may do without."""
        number = os.stat(self.bench.data).st_dev
        stat = pathlib.Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}/stat")
        if self.bench.tiny and not stat.exists():
            return 0
        return int(stat.read_text().split()[6]) * 512

    # ---- POP3 ----

    def fill_drains(self, server):
        count = self.bench.drain_count
        lmtp = ["--lmtp"] if server.way == "lmtp" else []
        for to, more in (("drain", []), ("p", ["--spread", peers.DRAIN_BOXES])):
            self.bench.tool("smtp_load", server.ports[server.way], to + server.address, 8, count, 4096, "--json", "--first", 1,
                            *lmtp, *more)
        return {}

    def drains(self, server):
        found = {}
        for key, sessions, user in (("pop3.one", 1, "drain"), ("pop3.many", peers.DRAIN_BOXES, "p")):
            if server.name == "machine":
                server.pop3_messages = self.bench.drain_count // sessions
                server.restart()
            said = self.bench.tool("session_load", "pop3", server.ports["pop3"], sessions, user, peers.PASSWORD)
            if said["messages"] != self.bench.drain_count:
                raise RuntimeError(f"{said['messages']} messages instead of {self.bench.drain_count}")
            found[key] = said["per_second"]
        return found

    def drain(self, server, size):
        if server.name == "machine":
            server.pop3_messages = size
            server.restart()
        said = self.bench.tool("session_load", "pop3", server.ports["pop3"], 1, "box", peers.PASSWORD)
        return {"drain.one": said["per_second"]}

    # ---- IMAP ----

    def session(self, server, *commands):
        user = "box" if server.name != "machine" else "any"
        return self.bench.tool("session_load", "imap", server.ports["imap"], server.credentials(user), *commands)

    def has_count(self, server):
        """Messages in the large mailbox, and the next UID."""
        with socket.create_connection(("127.0.0.1", server.ports["imap"]), 120) as s, s.makefile("rwb") as f:
            f.readline()
            f.write(f"a LOGIN {server.credentials('box')}\r\nb STATUS INBOX (MESSAGES UIDNEXT)\r\nc LOGOUT\r\n".encode())
            f.flush()
            for line in f:
                words = line.replace(b"(", b" ").replace(b")", b" ").split()
                if b"MESSAGES" in words and b"UIDNEXT" in words:
                    return int(words[words.index(b"MESSAGES") + 1]), int(words[words.index(b"UIDNEXT") + 1])
        raise RuntimeError("STATUS says nothing")

    def fill_box(self, server, size):
        count, first = self.has_count(server)
        began = time.monotonic()
        while count < size:
            if time.monotonic() - began > self.bench.fill_seconds:
                raise RuntimeError(f"not filled within {self.bench.fill_seconds} s: {count:,} of {size:,} messages")
            server.lay_down("box", first, min(size - count, 250000))
            before, (count, first) = count, self.has_count(server)
            if count <= before:
                raise RuntimeError(f"{before} messages, and no more come in")
        server.settle()
        return {}

    def imap(self, server, group, size):
        asked = [row for row in rows.of_group(group) if row.ask]
        tenth = size // 10
        if server.name == "machine":
            return self.bare_answers(server, asked, size)
        commands = ["SELECT INBOX"]
        for row in asked:
            before, timed, after = row.ask
            commands += ["-" + c.format(tenth=tenth) for c in before] + [timed.format(tenth=tenth)]
            commands += ["-" + c.format(tenth=tenth) for c in after]
        said = self.session(server, *commands)
        found = {group + ".select": said[0]["ms"] + said[1]["ms"]} if group in ("imap", "first") else {}
        if "problem" in said[-1] and len(said) < 4:
            raise RuntimeError(said[-1]["problem"])
        for row, answer in itertools.zip_longest(asked, said[2:][:len(asked)], fillvalue=said[-1]):
            if "ms" not in answer:
                found[row.key] = answer.get("problem", REFUSED)
                continue
            if row.key.endswith(".flags") and answer["lines"] < size:
                raise RuntimeError(f"{answer['lines']} messages instead of {size}")
            found[row.key] = answer["ms"]
            self.answers[row.key, size] = (answer["octets"], answer["lines"])
        return found

    def bare_answers(self, server, asked, size):
        known = [row for row in asked if (row.key, size) in self.answers]
        said = self.session(server, *["SEND {} {}".format(*self.answers[row.key, size]) for row in known])
        found = {row.key: answer["ms"] for row, answer in zip(known, said[1:])}
        for group in {row.key.split(".")[0] for row in asked} & {"imap", "first"}:
            found[group + ".select"] = said[0]["ms"] + 1000 / self.bench.limit("password checks/s of one core")
        return found

    def plain(self, server, size):
        """Bourse without its index of words; the others have none as shipped, and are not asked again."""
        if server.name == "machine":
            return self.imap(server, "plain", size)
        if server.name != "bourse":
            known = {row.key: self.bench.values.get((row.key.replace("plain", "text"), size), {}).get(server.name)
                     for row in rows.of_group("plain")}
            return {key: values[-1] for key, values in known.items() if values}
        server.words_off()
        try:
            return self.imap(server, "plain", size)
        finally:
            server.words_on()

    def indexed(self, server, size):
        """The searches again, after the server's own index of words was made; it goes when they are done."""
        if server.name == "machine":
            return self.imap(server, "index", size)
        try:
            server.index_on("box")
            return self.imap(server, "index", size)
        finally:
            server.index_off()

    def expunge(self, server, size):
        count = size // 10
        if server.name == "machine":
            said = self.session(server, "SEND {} {}".format(*self.answers.get(("expunge", size), (20 * count, count))))
        else:
            said = self.session(server, "SELECT INBOX", f"-STORE 1:{count} +FLAGS.SILENT (\\Deleted)", "EXPUNGE")
            if "ms" not in said[-1]:
                raise RuntimeError(said[-1].get("problem", REFUSED))
            self.answers["expunge", size] = (said[-1]["octets"], said[-1]["lines"])
        return {"expunge.expunge": said[-1]["ms"]}

    def qresync(self, server, size):
        """A client that comes back: what it knows is from before another session changed one message in a hundred."""
        if server.name == "machine":
            said = self.session(server, "SEND {} {}".format(*self.answers.get(("qresync", size), (size // 2, size // 100))))
            return {"qresync.select": said[-1]["ms"]}
        known = self.known_state(server)
        if not known:
            return {"qresync.select": REFUSED}
        every = ",".join(map(str, range(1, size + 1, 100)))
        self.session(server, "SELECT INBOX", f"-STORE {every} +FLAGS.SILENT (\\Answered)")
        said = self.session(server, "-ENABLE QRESYNC", "SELECT INBOX (QRESYNC ({} {}))".format(*known))
        self.session(server, "SELECT INBOX", f"-STORE {every} -FLAGS.SILENT (\\Answered)")
        if "ms" not in said[-1] or said[-1]["lines"] < size // 100:
            raise RuntimeError(said[-1].get("problem", "it does not tell of the changes"))
        self.answers["qresync", size] = (said[-1]["octets"], said[-1]["lines"])
        return {"qresync.select": said[-1]["ms"]}

    def known_state(self, server):
        """UIDVALIDITY and HIGHESTMODSEQ of the large mailbox; None where there is no QRESYNC."""
        asked = f"a LOGIN {server.credentials('box')}\r\nb ENABLE QRESYNC\r\nc SELECT INBOX\r\nd LOGOUT\r\n"
        with socket.create_connection(("127.0.0.1", server.ports["imap"]), 120) as s, s.makefile("rwb") as f:
            f.readline()
            f.write(asked.encode())
            f.flush()
            said = f.read()
        found = [re.search(rb"\[" + word + rb" (\d+)\]", said) for word in (b"UIDVALIDITY", b"HIGHESTMODSEQ")]
        return [int(m.group(1)) for m in found] if all(found) and re.search(rb"\* ENABLED.*QRESYNC", said) else None

    def box(self, server, size):
        rate, _ = self.send(server, server.way, "box", 1, 200, "--first", self.bench.next_number(), "--pack", self.bench.pack)
        return {"box.deliver": rate}

    def crash(self, server, size):
        load = threading.Thread(target=self.load_to_be_broken, args=(server,))
        load.start()
        time.sleep(1)
        server.kill()
        load.join()
        found = []
        began = time.monotonic()
        asker = threading.Thread(target=self.ask_until_selected, args=(server, began, found))
        asker.start()
        server.begin()  # by this thread: children may be bound to the thread that makes them
        asker.join()
        if not found:
            raise RuntimeError(f"no SELECT within {self.bench.start_seconds} s")
        return {"crash.select": 1000 * found[0]}

    def ask_until_selected(self, server, began, found):
        while not found and time.monotonic() - began < self.bench.start_seconds:
            if self.has_selected(server):
                found.append(time.monotonic() - began)
            time.sleep(0.005)

    def load_to_be_broken(self, server):
        try:
            self.send(server, server.way, "u", 8, 200000, "--spread", self.bench.boxes, "--seconds", 60,
                      "--first", self.bench.next_number(), "--pack", self.bench.pack)
        except RuntimeError:
            pass  # that is what it is for

    def has_selected(self, server):
        try:
            with socket.create_connection(("127.0.0.1", server.ports["imap"]), 600) as s, s.makefile("rwb") as f:
                if not f.readline().startswith(b"* OK"):
                    return False
                f.write(f"a LOGIN {server.credentials('box')}\r\n".encode())
                f.flush()
                if not self.tagged(f, b"a "):
                    return False
                f.write(b"b SELECT INBOX\r\n")
                f.flush()
                return self.tagged(f, b"b ")
        except OSError:
            return False

    @staticmethod
    def tagged(f, tag):
        for line in f:
            if line.startswith(tag):
                return line[len(tag):].startswith(b"OK")
        return False

    # ---- logons, handshakes ----

    def logons(self, server):
        if server.name == "machine":
            return {"logon.rate": self.bench.tool("limits", "argon2", 1, os.cpu_count())["per_second"]}
        said = self.bench.tool("session_load", "logon", server.ports["imap"], 8, self.bench.seconds, server.credentials("crowd"))
        return {"logon.rate": said["per_second"]}

    def mechanisms(self, server):
        """One mechanism after the other: logons a second, and what each took of the processors."""
        if server.name == "machine":
            rate = self.bench.tool("limits", "argon2", 1, os.cpu_count())["per_second"]
            return {row.key: rate for row in rows.of_group("logon-by") if row.limit}
        server.mechanisms_on()
        found = {}
        for name in rows.MECHANISMS:
            key = f"logon-by.{name.lower()}"
            if server.name not in rows.BY_KEY[key].who:
                continue
            before = peers.processor_seconds(server.process.pid)
            try:
                said = self.bench.tool("logon_load", "logon", server.ports["imap"], 8, self.bench.seconds, name, server.user_for(name),
                                       peers.PASSWORD)
            except RuntimeError as e:
                found[key] = found[key + "-cpu"] = str(e)
                continue
            time.sleep(0.3)  # until its sessions have ended
            found[key] = said["per_second"]
            found[key + "-cpu"] = 1000 * (peers.processor_seconds(server.process.pid) - before) / said["logons"]
        return found

    def handshakes(self, server):
        if server.name == "machine":
            return {"tls.rate": self.bench.tool("limits", "tls", 1)["per_second"]}
        with Crowd(self.bench, server, 100, "tls", "greeted") as crowd:
            return {"tls.rate": crowd.said["per_second"]}

    # ---- crowds ----

    def idle_rounds(self):
        return 5 * self.rounds

    def idle(self, server, group="idle", count=0):
        said = self.bench.tool("crowd_load", "idle", server.ports["imap"], count or self.bench.crowd, self.idle_rounds(),
                               server.credentials("crowd"), server.ports[server.way], server.way, "crowd" + server.address)
        return {group + ".after": said["after_250_ms"], group + ".whole": said["after_data_ms"]}

    def thousand(self, server):
        return self.idle(server, "thousand", 1000)

    def memory(self, server, key):
        """With a server just started: memory that an earlier row left free would hide this one's."""
        channel, state = key.split(".")[1].split("-", 1)
        bare = server.name == "machine"
        channel, state, count = ("plain", "greeted", 500) if bare else (channel, state, self.bench.crowd // 2)
        take = memory.kernel_kib if bare else memory.total_kib
        server.restart()
        server.settle()
        with Crowd(self.bench, server, 20, channel, state):
            time.sleep(1)
            before = take(server.pids())
            with Crowd(self.bench, server, count, channel, state):
                time.sleep(0.7)
                after = take(server.pids())
        return {key: (after - before) / count}


class Crowd:
    """Connections that stand while this stands."""

    def __init__(self, bench, server, count, channel, state):
        port = server.ports["imaps" if channel == "tls" else "imap"]
        self.process = subprocess.Popen(
            [bench.build / "bench/crowd_load", "hold", str(port), str(count), channel, state, server.credentials("crowd")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.communicate()[1].strip() or "the crowd did not stand")
        self.said = json.loads(line)
        return self

    def __exit__(self, *_):
        self.process.communicate()
        time.sleep(0.3)
