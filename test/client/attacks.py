"""What an attack must leave behind: the same processes, other people served meanwhile, memory within the budget, and little time spent."""
import contextlib
import os
import pathlib
import re
import threading
import time

from server import PASSWORD, Wire

SANITIZED = "asan" in os.environ.get("BOURSE_BUILD", "")
# Heap and descriptors' memory of one role, in MiB, whatever is thrown at it in these tests.
HASH_THREADS = min(8, os.cpu_count())  # each keeps the memory of its password check
BUDGET_MIB = {"front-mx": 48, "front-user": 48, "directory": 56 + 20 * HASH_THREADS, "store": 160, "parser": 160, "keys": 16, "transport": 16, "netlogon": 32}
SERVED_WITHIN = 60 if SANITIZED else 30


def memory_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return sum(int(n) for n in re.findall(r"(?:RssAnon|RssShmem):\s+(\d+) kB", status)) / 1024


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serves_others(server, within=SERVED_WITHIN):
    """Somebody else gets mail through and sees it, in so many seconds."""
    start = time.monotonic()
    with greeted(server, "smtp") as w:
        begin(w, b"bob@example.org")
        assert w.ask(b"DATA").startswith(b"354")
        assert w.ask(b"Subject: meanwhile\r\n\r\nx\r\n.").startswith(b"250")
    c = server.imap("DOM\\bob")
    assert int(c.select("INBOX")[1][0]) > 0
    c.logout()
    took = time.monotonic() - start
    assert took < within, f"others waited {took:.1f} s"


class Peak(threading.Thread):
    """The most memory each role takes while the attack goes on."""

    def __init__(self, roles):
        super().__init__(daemon=True)
        self.roles, self.most, self.over = roles, {}, threading.Event()

    def look(self):
        for role in self.roles:
            with contextlib.suppress(OSError):
                self.most[role["role"]] = max(self.most.get(role["role"], 0), memory_mib(role["pid"]))

    def run(self):
        while not self.over.wait(0.05):
            self.look()


@contextlib.contextmanager
def unharmed(server, seconds=30, **more_mib):
    """Around an attack; others are served inside it too if it calls serves_others itself, and behind it in any case."""
    before = server.status()["roles"]
    worked = sum(cpu_seconds(role["pid"]) for role in before)
    peak = Peak(before)
    peak.start()
    start = time.monotonic()
    try:
        yield
    finally:
        peak.over.set()
        peak.join()
    took = time.monotonic() - start
    peak.look()
    with contextlib.suppress(OSError):  # one that has died is told below
        worked = sum(cpu_seconds(role["pid"]) for role in before) - worked
    serves_others(server)
    after = {(r["role"], r["instance"]): r for r in server.status()["roles"]}
    for role in before:
        now = after[role["role"], role["instance"]]
        assert (now["pid"], now["restarts"]) == (role["pid"], role["restarts"]), f"{role['role']} died:\n{server.log()[-3000:]}"
    assert "Sanitizer" not in server.log(), server.log()[server.log().index("Sanitizer") - 200:][:4000]
    if not SANITIZED:
        for role, mib in peak.most.items():
            assert mib <= more_mib.get(role.replace("-", "_"), BUDGET_MIB[role]), f"{role} took {mib:.0f} MiB"
    # On a machine that does other things as well it is the roles' own time that counts.
    seconds *= 3 if SANITIZED else 1
    assert took < seconds or (worked < seconds and took < seconds * 6), f"the attack took {took:.1f} s, the roles worked {worked:.1f} s of it"


# ---- talk ----

def greeted(server, service="smtp", hello=True, **options):
    w = Wire(server, service, **options)
    line = w.line()
    assert line is not None and line.startswith((b"220 ", b"+OK ", b"* OK ")), line
    if service in ("smtp", "submission", "submissions") and hello:
        w.send(b"EHLO attacker.example\r\n")
        w.until(b"250 ")
    return w


def begin(w, to=b"alice@example.org", sender=b"x@elsewhere.org"):
    assert w.ask(b"MAIL FROM:<%s>" % sender).startswith(b"250")
    assert w.ask(b"RCPT TO:<%s>" % to).startswith(b"250")


def logged_on(server, name="alice", service="imap", folder="INBOX"):
    w = greeted(server, service)
    if service.startswith("imap"):
        assert w.ask(b'l LOGIN "DOM\\\\%s" "%s"' % (name.encode(), PASSWORD.encode())).startswith(b"l OK")
        if folder:
            w.send(b"s SELECT %s\r\n" % folder.encode())
            assert w.until(b"s ")[-1].startswith(b"s OK")
    else:
        w.ask(b"USER DOM\\%s" % name.encode())
        assert w.ask(b"PASS " + PASSWORD.encode()).startswith(b"+OK")
    return w


def flood(w, octets, pieces=1):
    """Sends until the server hangs up or all is out; True: all."""
    try:
        for _ in range(pieces):
            w.send(octets)
        return True
    except OSError:
        return False


def last_words(w, seconds=60):
    """All lines until the server hangs up."""
    w.socket.settimeout(seconds)
    lines = []
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        while (line := w.line()) is not None:
            lines.append(line)
    return lines
