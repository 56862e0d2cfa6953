"""The rows: what is asked of every server, in turn, and what the machine itself gives."""
import json
import os
import statistics
import subprocess
import time

import peers

STORE_SHARE = 10  # STORE and EXPUNGE take every tenth of the folder
IMAP = [  # name, what is done before and not timed, what is timed, what is done after
    ("FETCH FLAGS", [], "FETCH 1:* (FLAGS)", []),
    ("FETCH UID FLAGS INTERNALDATE SIZE", [], "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)", []),
    ("FETCH ENVELOPE", [], "FETCH 1:* (ENVELOPE)", []),
    ("FETCH BODYSTRUCTURE", [], "FETCH 1:* (BODYSTRUCTURE)", []),
    ("FETCH header fields", [], "FETCH 1:* (BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE MESSAGE-ID)])", []),
    ("FETCH bodies", [], "FETCH 1:* (BODY.PEEK[])", []),
    ("STORE +FLAGS on 10 %", [], "STORE 1:{tenth} +FLAGS (\\Flagged)", ["STORE 1:{tenth} -FLAGS.SILENT (\\Flagged)"]),
    ("SEARCH FROM", [], 'SEARCH FROM "person7@"', []),
    ("SEARCH TEXT", [], 'SEARCH TEXT "quixotically"', []),
]


def load_json(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip() or f"status {done.returncode}")[-300:])
    return json.loads(done.stdout)


class Row:
    """One line of the table: values by server, one a round."""

    def __init__(self, name, unit, more_is_better):
        self.name, self.unit, self.more_is_better = name, unit, more_is_better
        self.values, self.problems, self.unlike = {}, {}, {}

    def add(self, server, value):
        self.values.setdefault(server, []).append(value)

    def median(self, server):
        return statistics.median(self.values[server]) if self.values.get(server) else None


class Rows:
    def __init__(self, bench):
        self.bench, self.rows, self.limits = bench, {}, {}
        self.seconds = 2 if bench.quick else 5
        self.box_count = 10000 if bench.quick else 100000
        self.number = 0  # of the next message: none is ever sent twice

    def row(self, name, unit, more_is_better=False):
        return self.rows.setdefault(name, Row(name, unit, more_is_better))

    def each(self, servers, names, what):
        """what(server) for each server in turn; one that fails is out of these rows, with the reason."""
        for server in servers:
            if any(server.name in self.rows[n].problems for n in names if n in self.rows):
                continue
            try:
                what(server)
            except (RuntimeError, OSError, ValueError, subprocess.SubprocessError) as e:
                peers.say(f"{server.name}: {names[0]}: {e}")
                for n in names:
                    if n in self.rows:
                        self.rows[n].problems[server.name] = str(e)

    def logon_row(self, *args):
        row = self.row(*args)
        row.unlike = {s.name: s.unlike for s in self.readers() if s.unlike}
        return row

    def readers(self):
        return [s for s in self.bench.servers if s.reads]

    def measure(self):
        for name, work in (("memory", self.memory), ("smtp", self.deliveries), ("pop3", self.drains), ("imap", self.imap), ("logon", self.logons),
                           ("tls", self.handshakes), ("idle", self.idle)):
            if self.bench.wants(name):
                began = time.monotonic()
                self.machine()
                work()
                peers.say(f"{name}: {time.monotonic() - began:.0f} s")

    # ---- the machine ----

    def machine(self):
        """Taken before every group of rows, so that a busy neighbour shows."""
        tool, cores = self.bench.tool, os.cpu_count()
        for name, value in (
                ("flushes/s", tool("limits", "flush", self.bench.data / "flushed", 1)["per_second"]),
                ("loopback MB/s", tool("limits", "send", 1000)["octets_per_second"] / 1e6),
                ("TLS handshakes/s of one core", tool("limits", "tls", 1)["per_second"]),
                ("password checks/s", tool("limits", "argon2", 1, cores)["per_second"])):
            self.limits.setdefault(name, []).append(value)

    def limit(self, name):
        return statistics.median(self.limits[name])

    # ---- deliveries ----

    def deliver(self, server, to, connections, messages, *more):
        """Deliveries a second until the last is in its mailbox, and the load's own figures."""
        began = time.monotonic()
        said = self.bench.tool("smtp_load", server.ports["mail"], to + server.address, connections, messages, 4096, "--json",
                               *(["--lmtp"] if server.lmtp else []), *more)
        if server.is_drained():
            return said["per_second"], said
        while not server.is_drained():
            if time.monotonic() - began > 600:
                raise RuntimeError("the queue is not empty after 600 s")
            time.sleep(0.02)
        return said["messages"] / (time.monotonic() - began), said

    def deliveries(self):
        bare = peers.Bare(self.bench)
        bare.start()
        for connections in (1, 8, 64):
            what = f"SMTP, {connections} connection{'s' * (connections > 1)}"
            rate, accepted = self.row(what, "deliveries/s", True), self.row(what + ": accepted", "messages/s", True)
            p50, p99 = self.row(what + ": p50 of the 250", "ms"), self.row(what + ": p99 of the 250", "ms")

            def once(server):
                self.number += 1000000
                per_second, said = self.deliver(server, "u", connections, 200000, "--spread", peers.DELIVERY_BOXES,
                                                "--seconds", self.seconds, "--first", self.number)
                rate.add(server.name, per_second)
                accepted.add(server.name, said["per_second"])
                p50.add(server.name, said["p50_ms"])
                p99.add(server.name, said["p99_ms"])

            for _ in range(self.bench.rounds):
                self.each([bare] + self.bench.servers, [rate.name, accepted.name, p50.name, p99.name], once)
        bare.stop()

    # ---- POP3 ----

    def drains(self):
        share = self.box_count // 10 // peers.DRAIN_BOXES + 500

        def fill(server):
            self.deliver(server, "drain", 8, share * peers.DRAIN_BOXES, "--first", 1)
            self.deliver(server, "p", 8, share * peers.DRAIN_BOXES, "--spread", peers.DRAIN_BOXES, "--first", 1)

        for sessions, user in ((1, "drain"), (peers.DRAIN_BOXES, "p")):
            row = self.row(f"POP3 whole mailbox, {sessions} session{'s' * (sessions > 1)}", "messages/s", True)
            if sessions == 1:
                self.each(self.readers(), [row.name], fill)

            def once(server):
                said = self.bench.tool("session_load", "pop3", server.ports["pop3"], sessions, user, peers.PASSWORD)
                if said["messages"] != share * peers.DRAIN_BOXES:
                    raise RuntimeError(f"{said['messages']} messages instead of {share * peers.DRAIN_BOXES}")
                row.add(server.name, said["per_second"])
                row.add("machine", self.limit("loopback MB/s") * 1e6 / (said["octets"] / said["messages"]))

            for _ in range(self.bench.rounds + 1):
                self.each(self.readers(), [row.name], once)

    # ---- IMAP ----

    def imap_session(self, server, *commands):
        return self.bench.tool("session_load", "imap", server.ports["imap"], server.credentials("box"), *commands)

    def imap(self):
        tenth = self.box_count // STORE_SHARE
        names = ["IMAP LOGIN and SELECT"] + ["IMAP " + name for name, *_ in IMAP]
        for name in names:
            make = self.logon_row if "LOGIN" in name else self.row
            make(name, "ms")
            make(name + ", the first time", "ms")
        self.row("IMAP EXPUNGE of 10 %", "ms")

        def fill(server):
            self.deliver(server, "box", 8, self.box_count, "--first", 1)

        def once(server, suffix):
            commands = ["SELECT INBOX"]
            for _, before, timed, after in IMAP:
                commands += ["-" + c.format(tenth=tenth) for c in before] + [timed.format(tenth=tenth)]
                commands += ["-" + c.format(tenth=tenth) for c in after]
            said = self.imap_session(server, *commands)
            if said[2]["lines"] < self.box_count:
                raise RuntimeError(f"{said[2]['lines']} messages instead of {self.box_count}")
            took = [said[0]["ms"] + said[1]["ms"]] + [s["ms"] for s in said[2:]]
            for name, ms, answer in zip(names, took, [None] + said[2:]):
                self.rows[name + suffix].add(server.name, ms)
                if answer and "machine" not in self.rows[name + suffix].values:
                    self.rows[name + suffix].add("machine", answer["octets"] / self.limit("loopback MB/s") / 1e3)

        def expunge(server):
            count = self.box_count // STORE_SHARE
            said = self.imap_session(server, "SELECT INBOX", f"-STORE 1:{count} +FLAGS.SILENT (\\Deleted)", "EXPUNGE")
            self.rows["IMAP EXPUNGE of 10 %"].add(server.name, said[-1]["ms"])

        self.each(self.readers(), [n + s for n in names for s in ("", ", the first time")] + ["IMAP EXPUNGE of 10 %"], fill)
        for turn in range(1 + max(2, self.bench.rounds)):
            suffix = "" if turn else ", the first time"
            self.each(self.readers(), [n + suffix for n in names], lambda server: once(server, suffix))
        for _ in range(self.bench.rounds):
            self.each(self.readers(), ["IMAP EXPUNGE of 10 %"], expunge)

    # ---- logons, handshakes ----

    def logons(self):
        row = self.logon_row("Logons, 8 at a time", "logons/s", True)

        def once(server):
            said = self.bench.tool("session_load", "logon", server.ports["imap"], 8, self.seconds, server.credentials("crowd"))
            row.add(server.name, said["per_second"])

        for _ in range(self.bench.rounds):
            self.each(self.readers(), [row.name], once)
        row.add("machine", self.limit("password checks/s"))

    def handshakes(self):
        row = self.row("TLS connections, one after the other", "connections/s", True)

        def once(server):
            with Crowd(self.bench, server, 100, "tls", "greeted") as crowd:
                row.add(server.name, crowd.said["per_second"])

        for _ in range(self.bench.rounds):
            self.each(self.readers(), [row.name], once)
        row.add("machine", self.limit("TLS handshakes/s of one core"))

    # ---- IDLE ----

    def idle(self):
        count = 100 if self.bench.quick else 500
        row = self.row(f"{count} sessions in IDLE told, after the 250", "ms")
        whole = self.row(f"{count} sessions in IDLE told, after the data", "ms")

        def once(server):
            said = self.bench.tool("crowd_load", "idle", server.ports["imap"], count, 3 * self.bench.rounds,
                                   server.credentials("crowd"), server.ports["mail"], "lmtp" if server.lmtp else "smtp",
                                   "crowd" + server.address)
            row.add(server.name, said["after_250_ms"])
            whole.add(server.name, said["after_data_ms"])

        self.each(self.readers(), [row.name, whole.name], once)

    # ---- memory ----

    def memory(self):
        """Each row with a server just started: memory that an earlier row left free would hide this row's."""
        count = 200 if self.bench.quick else 500
        for channel in ("plain", "tls"):
            for state in ("greeted", "logged-on"):
                row = self.row(f"Memory of a session, {channel}, {state}", "KiB")

                def once(server):
                    server.restart()
                    with Crowd(self.bench, server, 20, channel, state):
                        time.sleep(0.5)
                        before = server.pss_kib()
                        with Crowd(self.bench, server, count, channel, state):
                            time.sleep(0.5)
                            row.add(server.name, (server.pss_kib() - before) / count)

                self.each(self.readers(), [row.name], once)


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
        time.sleep(0.5)
