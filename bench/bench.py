"""One run of the bench: its servers, its steps, and the journal from which a broken run is gone on with."""
import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import corpus
import measure
import peers
import rows

SELF_TEST = ("smtp-8", "smtp-real", "lmtp-8", "disk", "pop3", "first", "imap", "text", "plain", "box", "expunge", "crash", "logon", "logon-by", "tls", "idle", "memory.plain-idling")
EXPECTED = (RuntimeError, OSError, ValueError, KeyError, StopIteration, subprocess.SubprocessError)


class Bench:
    def __init__(self, args):
        self.out = pathlib.Path(args.resume or args.out).resolve()
        self.build = pathlib.Path(args.build).resolve() if args.build else self.out
        self.data, self.journal = self.out / "data", self.out / "run.jsonl"
        self.resumed = args.resume is not None
        if self.resumed:
            self.take_over(args)
        self.args = args
        self.quick, self.growth, self.only, tiny = args.quick, args.growth, args.only, args.self_test
        self.rounds = args.rounds or (1 if self.quick or tiny else 2 if self.growth else 5)
        self.seconds = 1 if self.quick or tiny else 2
        self.main_size = args.messages or (200 if tiny else 10000 if self.quick else 100000)
        self.sizes = [n for n in ((1000,) if self.quick else (1000, 10000, 100000)) if n < self.main_size] + [self.main_size]
        if self.growth:
            self.sizes.append(10 * self.main_size)
            self.only = self.only or list(rows.ON_BOX)
        self.index_size = self.sizes[0]  # Cyrus needs minutes for 10,000
        self.drain_count = 160 if tiny else 1600 if self.quick else 8000
        self.disk_count = 200 if tiny else 2000 if self.quick else 10000
        self.tiny, self.boxes = tiny, 10 if tiny else 100
        self.users = peers.users(self.boxes)
        self.crowd = 20 if tiny else 200 if self.quick else 500
        self.start_seconds = 300 if self.growth else 60
        self.fill_seconds = 60 * args.fill_minutes
        self.names = [n for n in peers.TITLES if not args.servers or n in args.servers]
        if "postfix" in self.names and "dovecot" not in self.names:
            self.names.insert(self.names.index("postfix"), "dovecot")
        self.pack, self.real_pack = self.data / "4k.pack", self.data / "real.pack"
        self.roots, self.servers, self.absent = {}, {}, {}
        self.values, self.problems, self.outside, self.limits = {}, {}, set(), {}
        self.count, self.is_done, self.mail, self.watches = 0, False, "", None

    def take_over(self, args):
        """The broken run's own options, but for where the results go."""
        first = json.loads(self.journal.read_text().splitlines()[0])["options"]
        for name in ("quick", "growth", "rounds", "messages", "only", "servers", "corpus", "fill_minutes"):
            setattr(args, name, first[name])

    # ---- for the servers and the measuring ----

    def lacks_lmtp(self, name):
        return name == "bourse" and "bourse" in self.servers and "lmtp" not in self.servers["bourse"].ports

    def root(self, name):
        if name not in self.roots:
            self.roots[name] = None  # a second server of a root that failed is not worth another try
            self.roots[name] = peers.Root(name, self.out / "peers", self.data).open()
        if self.roots[name] is None:
            raise RuntimeError("its private root could not be made")
        return self.roots[name]

    def peer(self, name):
        if name not in self.servers:
            raise RuntimeError(f"{name} does not run")
        return self.servers[name]

    def tool(self, name, *args):
        """What a load generator says, from its JSON. A list of one that broke off ends with the problem."""
        done = subprocess.run([self.build / "bench" / name, *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=3600)
        said = done.stdout
        if done.returncode != 0 and not said.startswith("["):
            raise RuntimeError((done.stderr.strip() or f"status {done.returncode}")[-300:])
        if done.returncode != 0:
            return [*json.loads(said.rstrip("\n]") + "]"), {"problem": done.stderr.strip()[-300:] or f"status {done.returncode}"}]
        return json.loads(said)

    def tool_quietly(self, name, *args):
        subprocess.run([self.build / "bench" / name, *map(str, args)], stdin=subprocess.DEVNULL, check=True)

    def next_number(self):
        """The first number of messages that no one has had yet."""
        return 10000000 + 250000 * self.count

    def limit(self, name):
        found = self.limits.get(name)
        return sorted(found)[len(found) // 2] if found else None

    # ---- the run ----

    def prepare(self):
        if not self.resumed:
            shutil.rmtree(self.data, ignore_errors=True)
            self.journal.unlink(missing_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o755)
        self.certificate, self.key = self.data / "certificate.pem", self.data / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                        "-subj", "/CN=mail.example.org", "-keyout", self.key, "-out", self.certificate],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.key.chmod(0o644)  # a key of this run only, which servers of several users must read
        self.hash = self.tool("limits", "hash", peers.PASSWORD)["hash"]
        self.password_hash = "{ARGON2ID}" + self.hash
        self.make_packs()
        if not self.resumed:
            with open(self.journal, "w", encoding="utf-8") as f:
                f.write(json.dumps({"options": vars(self.args)}) + "\n")

    def make_packs(self):
        self.tool_quietly("mail_files", "pack", self.pack, 997, 4096)
        if pathlib.Path(self.args.corpus).is_dir():
            taken, left_out = corpus.pack(self.args.corpus, self.real_pack)
            if taken >= 20:
                self.mail = f"{taken:,} real messages ({left_out:,} left out that a server may refuse)"
                return
            peers.say(f"{self.args.corpus}: only {taken} messages that can be used")
        self.tool_quietly("mail_files", "pack", self.real_pack, 2000, "real")
        self.mail = "2,000 messages made like real mail: log-normal sizes, multipart, attachments"

    def raise_watches(self, number=None):
        """Dovecot watches one file for each IDLE session, by an inotify instance; Debian allows 128 for each user, and beyond
        them it looks every half a minute only. An administrator would raise that, so it is raised for the run."""
        place = pathlib.Path("/proc/sys/fs/inotify/max_user_instances")
        with contextlib.suppress(OSError):
            shipped = int(place.read_text())
            if number or shipped < 8192:
                place.write_text(str(number or 8192))
            return shipped
        return None

    def start(self):
        self.watches = self.raise_watches()
        for name in {kind.root_name for kind in peers.ALL if kind.root_name and kind.name in self.names}:
            with contextlib.suppress(*EXPECTED):  # said when its servers start
                self.root(name)
        self.leave_network()
        for kind in peers.ALL:
            if kind.name not in self.names:
                continue
            try:
                server = kind(self)
                server.start()
                self.servers[kind.name] = server
            except EXPECTED as e:
                self.absent[kind.name] = f"{type(e).__name__}: {e}"
                peers.say(f"{kind.name}: not measured: {e}")
        self.names = [n for n in self.names if n in self.servers]

    def leave_network(self):
        """Packages are there now; from here on all is on a loopback of this run's own, where every port is free."""
        if os.geteuid() != 0 or not shutil.which("ip"):
            return
        if ctypes.CDLL(None).unshare(0x40000000) != 0:  # CLONE_NEWNET; a container may forbid it
            return
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def measure(self):
        self.measuring = measure.Measure(self)
        steps = self.measuring.plan()
        done = self.replay() if self.resumed else {}
        progress = Progress(steps)
        for step in steps:
            if step.name in done or (step.group, step.size, step.server) in self.outside:
                progress.skip(step)
                continue
            progress.begin(step)
            self.take(step)
            progress.end(step)
        progress.close()
        self.is_done = True

    def take(self, step):
        server, known = self.servers.get(step.server), dict(self.measuring.answers)
        record, began = {"step": step.name, "values": {}}, time.monotonic()
        try:
            if server and server.process.poll() is not None:
                server.begin()
            record["values"] = step.run(server)
        except EXPECTED as e:
            text = str(e) or type(e).__name__
            record["problem"] = text
            peers.say(f"\n{step.name}: {text}")
        record["seconds"] = round(time.monotonic() - began, 2)
        record["answers"] = [[*k, *v] for k, v in self.measuring.answers.items() if known.get(k) != v]
        with open(self.journal, "a", encoding="utf-8") as f:
            f.write(json.dumps(record) + "\n")
        self.count += 1
        self.keep(step, record)

    def replay(self):
        steps = {step.name: step for step in self.measuring.steps}
        done = {}
        for line in self.journal.read_text().splitlines()[1:]:
            try:
                record = json.loads(line)
            except ValueError:
                continue  # the last line of a run that was killed
            self.count += 1
            if record["step"] not in steps or "problem" in record:
                continue  # what failed is tried again
            for key, size, octets, lines in record["answers"]:
                self.measuring.answers[key, size] = (octets, lines)
            done[record["step"]] = True
            self.keep(steps[record["step"]], record)
        return done

    def keep(self, step, record):
        for key, value in record["values"].items():
            if step.group == "limits":
                self.limits.setdefault(key, []).append(value)
                continue
            place = self.values.setdefault((key, step.size), {})
            if isinstance(value, str):
                self.problems.setdefault((step.group, step.size, step.server), {})[key] = value
                continue
            if value is not None:
                place.setdefault(step.server, []).append(value)
        if "problem" in record:
            self.out_of(step, record["problem"])

    def out_of(self, step, why):
        """The server takes no further part in this group; after a fill that failed, in none that needs the mailbox."""
        places = [(step.group, step.size)]
        if step.round == "fill" and step.group == "imap":
            places = [(g, n) for g in rows.ON_BOX for n in self.sizes if n >= step.size]
        for group, size in places:
            self.outside.add((group, size, step.server))
            problems = self.problems.setdefault((group, size, step.server), {})
            for row in rows.of_group(group):
                problems[row.key] = why
                self.values.setdefault((row.key, size), {})

    def stop(self):
        for server in reversed(list(self.servers.values())):
            server.stop()
        if self.watches:
            self.raise_watches(self.watches)


class Progress:
    """A bar on a terminal, otherwise a line whenever another group of rows begins."""

    def __init__(self, steps):
        self.total = sum(step.seconds for step in steps)
        self.left, self.spent, self.worked, self.group = self.total, 0.0, 0.0, None
        self.is_terminal = sys.stderr.isatty()
        peers.say(f"{len(steps)} steps; about {self.minutes(self.total)} on two idle cores")

    @staticmethod
    def minutes(seconds):
        return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{seconds:.0f} seconds"

    def skip(self, step):
        self.left -= step.seconds

    def begin(self, step):
        self.began = time.monotonic()
        pace = self.spent / self.worked if self.worked > 30 else 1
        size = f", {step.size:,} messages" if step.size else ""
        left = self.minutes(self.left * pace)
        if self.is_terminal:
            share = 1 - self.left / self.total
            bar = ("#" * round(24 * share)).ljust(24, "-")
            sys.stderr.write(f"\r\033[K[{bar}] {100 * share:3.0f} %  {left} left  {step.group}{size}: {step.server}, {step.round}")
            sys.stderr.flush()
        elif self.group != (step.group, step.size):
            peers.say(f"{step.group}{size}; about {left} left")
        self.group = step.group, step.size

    def end(self, step):
        self.left -= step.seconds
        self.worked += step.seconds
        self.spent += time.monotonic() - self.began

    def close(self):
        if self.is_terminal:
            sys.stderr.write("\r\033[K")
