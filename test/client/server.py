"""A Bourse server of the tests' own: a temporary data folder, ports on loopback, the administrator's tool, clients."""
import contextlib
import imaplib
import json
import os
import pathlib
import poplib
import random
import re
import select
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time

import records

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BOURSE_BUILD", TOP / "build")).resolve()
BOURSED = BUILD / "src/boursed/boursed"
BOURSE = BUILD / "src/ctl/bourse"
CORPUS = TOP.parent / "shared/corpus"
LONG = os.environ.get("BOURSE_LONG") == "yes"
PORTS = {"smtp": 25, "pop3": 110, "imap": 143, "submissions": 465, "submission": 587, "imaps": 993, "pop3s": 995, "https": 443, "nntp": 119, "nntps": 563}
UNUSUAL_PORTS = {"lmtp": 24, "http": 80}  # closed unless a test's configuration opens them
IMPLICIT_TLS = ("submissions", "pop3s", "imaps", "https", "nntps")
PASSWORD = "correct horse battery"

poplib._MAXLINE = 1 << 26
imaplib._MAXLINE = 1 << 26


def base_ports():
    """Where base ports are taken from: not where the system takes the ports of clients from, which need no leave of ours."""
    low, high = (int(n) for n in pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    most = max(PORTS.values())
    ranges = [(20000, 31000), (2000, low - most), (high + 1, 60000)]
    return next((range(first, last) for first, last in ranges if last - first > 1000 and (last + most <= low or first > high)),
                range(20000, 31000))


taken = {}  # base port -> what holds its ports against other servers of tests, in this process and in others


def free_base():
    """A base port with which all ports are free now, and stay so for whoever asks here until free_again."""
    while True:
        base = random.choice(base_ports())
        with contextlib.ExitStack() as held, contextlib.ExitStack() as probes:
            try:
                for port in [*PORTS.values(), *UNUSUAL_PORTS.values()]:
                    held.enter_context(socket.socket(socket.AF_UNIX)).bind(f"\0bourse-test-port-{base + port}")
                    s = probes.enter_context(socket.socket())
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.bind(("127.0.0.1", base + port))
            except OSError:
                continue
            taken[base] = held.pop_all()
            return base


def free_port():
    """A port for a program that is no server of ours, out of nobody's way; it stays so as long as this process lives."""
    return free_base() + PORTS["smtp"]


def free_again(base):
    if base in taken:
        taken.pop(base).close()


def any_tls():
    """A context that asks nothing of the certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def eventually(what, seconds=60, pause=0.05):
    """The first true value of what(); an exception inside counts as not yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            value, problem = what(), None
        except Exception as e:
            value, problem = None, e
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {problem or value!r}")
        time.sleep(pause)


def is_alive(pid):
    """True while the process runs; one that has ended and waits for its parent does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


TRACE = re.compile(rb"Return-Path: <[^\r\n]*>\r\nReceived: [^\r\n]*\r\n(?:[\t ][^\r\n]*\r\n)*")


def without_trace(octets):
    """A delivered message without the fields that delivery puts in front."""
    found = TRACE.match(octets)
    assert found, f"no trace fields in front: {octets[:200]!r}"
    return octets[found.end():]


class Wire:
    """A connection whose every octet the test chooses."""

    def __init__(self, server, service, seconds=60, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", server.port(service)), seconds)
        self.rest = b""
        if tls if tls is not None else service in IMPLICIT_TLS:
            self.tls()

    def tls(self, context=None):
        self.socket = (context or any_tls()).wrap_socket(self.socket)
        return self

    def send(self, octets):
        self.socket.sendall(octets)
        return self

    def line(self):
        """The next line without its CRLF; None when the server has closed."""
        while b"\r\n" not in self.rest:
            try:
                got = self.socket.recv(1 << 20)
            except (ConnectionResetError, ssl.SSLError):
                got = b""
            if not got:
                assert not self.rest, f"the connection ended inside a line: {self.rest!r}"
                return None
            self.rest += got
        line, self.rest = self.rest.split(b"\r\n", 1)
        return line

    def ask(self, command):
        self.send(command + b"\r\n")
        return self.line()

    def reply(self):
        """A whole SMTP reply."""
        lines = [self.line()]
        while lines[-1] is not None and lines[-1][3:4] == b"-":
            lines.append(self.line())
        return lines

    def until(self, end):
        """Lines up to and with the first one that begins so."""
        lines = []
        while not lines or not lines[-1].startswith(end):
            lines.append(self.line())
            assert lines[-1] is not None, f"the connection ended before {end!r}: {lines[-5:]}"
        return lines

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Server:
    def __init__(self, config="", base=None, data=None):
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="bourse-"))
        self.base = base or free_base()
        self.process = None
        self.log_path = self.data.with_name(self.data.name + ".log")
        self.write_config(config)

    def write_config(self, more=""):
        usual = {"front.mx_processes": 1, "front.user_processes": 1, "parser.processes": 2}
        self.data.joinpath("bourse.conf").write_text(
            'listen.addresses = ["127.0.0.1"];\nauth.plaintext_without_tls = loopback;\n' +
            "".join(f"{key} = {value};\n" for key, value in usual.items() if key not in more) + more)

    def port(self, service):
        return self.base + {**PORTS, **UNUSUAL_PORTS}[service]

    # ---- life ----

    def spawn(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BOURSED, "--data", self.data, "--base-port", str(self.base)],
                                            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)

    def start(self, seconds=60):
        self.spawn()
        readable, _, _ = select.select([self.process.stdout], [], [], seconds)
        line = self.process.stdout.readline() if readable else "nothing"
        if line != b"ready\n":
            raise AssertionError(f"no 'ready' but {line!r}; log:\n{self.log()[-4000:]}")
        return self

    def start_refused(self, seconds=60):
        """Starts a server that must not come up; its exit status and what it said since."""
        before = len(self.log())
        self.spawn()
        try:
            out, _ = self.process.communicate(timeout=seconds)
        finally:
            status = self.process.poll()
            if status is not None:
                self.process = None
        assert out == b"", f"it said {out!r}"
        self.ended_whole()
        return status, self.log()[before:]

    def left_behind(self):
        """Processes that write to the log of this server."""
        found, log = [], os.path.realpath(self.log_path)
        for errors in pathlib.Path("/proc").glob("[0-9]*/fd/2"):
            with contextlib.suppress(OSError):
                if os.readlink(errors) == log:
                    found.append(int(errors.parts[2]))
        return found

    def ended_whole(self):
        left = self.left_behind()
        assert not left, f"roles run on though the server has ended: {left}"

    def stop(self, signal_number=signal.SIGTERM, seconds=60):
        if self.process is None:
            return None
        self.process.send_signal(signal_number)
        return self.wait(seconds)

    def wait(self, seconds=60):
        status = self.process.wait(seconds)
        self.process.stdout.close()
        self.process = None
        if status >= 0:
            self.ended_whole()
        return status

    def pids(self):
        return [role["pid"] for role in self.status()["roles"] if role["pid"] > 0] + [self.process.pid]

    def kill_all(self):
        """kill -9 of every process of the server at once, as a power cut of the machine's memory would."""
        pids = self.pids()
        os.kill(self.process.pid, signal.SIGSTOP)  # it must not start a role again, nor tell one to stop
        for pid in pids[:-1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os.kill(self.process.pid, signal.SIGKILL)
        self.wait()
        eventually(lambda: not any(is_alive(pid) for pid in pids))

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # ---- administration ----

    def bourse(self, *args, stdin=None, check=True):
        done = subprocess.run([BOURSE, "--data", self.data, *args], input=stdin, capture_output=True, text=True, timeout=120)
        if check and done.returncode != 0:
            raise AssertionError(f"bourse {' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *args, check=True, stdin=None):
        """The answer; one that took a while comes after lines of progress."""
        lines = self.bourse(*args, "--json", check=check, stdin=stdin).stdout.splitlines()
        return json.loads(next((line for line in reversed(lines) if line.startswith("{")), "\n".join(lines)))

    def status(self):
        return self.json("status")

    def role_pids(self, role):
        # A role that is down has pid 0, and kill(0) would end our own group.
        return [r["pid"] for r in self.status()["roles"] if r["role"] == role and r["pid"] > 0]

    def add_domain(self, name="DOM", mail="example.org"):
        self.bourse("domain", "add", name, "--mail", mail)

    def add_account(self, name, password=PASSWORD, **options):
        args = [f"--{key.replace('_', '-')}" if value is True else f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        self.bourse("account", "add", name, "--full-name", name, *args, "--password-stdin", stdin=password + "\n")

    def add_mailbox(self, alias, account, address, **options):
        args = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        self.bourse("mailbox", "add", alias, "--account", account, "--address", address, *args)

    def add_person(self, name, domain="DOM", mail="example.org"):
        self.add_account(f"{domain}\\{name}")
        self.add_mailbox(name, f"{domain}\\{name}", f"{name}@{mail}")

    # ---- clients ----

    def smtp(self, service="smtp", seconds=60):
        kind = smtplib.SMTP
        if service in IMPLICIT_TLS:
            return smtplib.SMTP_SSL("127.0.0.1", self.port(service), timeout=seconds, context=any_tls())
        return kind("127.0.0.1", self.port(service), timeout=seconds)

    def send(self, to, text="hello", subject="test", sender="x@elsewhere.org"):
        """One message through port 25; what is sent as its octets."""
        message = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()
        with self.smtp() as c:
            c.sendmail(sender, [to], message)
        return message

    def pop3(self, name, password=PASSWORD, service="pop3", seconds=60):
        if service in IMPLICIT_TLS:
            c = poplib.POP3_SSL("127.0.0.1", self.port(service), timeout=seconds, context=any_tls())
        else:
            c = poplib.POP3("127.0.0.1", self.port(service), timeout=seconds)
        c.user(name)
        c.pass_(password)
        return c

    def imap(self, name, password=PASSWORD, service="imap", seconds=60):
        """Names are quoted as RFC 9051 section 4.3 has it: imaplib quotes the password only."""
        if service in IMPLICIT_TLS:
            c = imaplib.IMAP4_SSL("127.0.0.1", self.port(service), timeout=seconds, ssl_context=any_tls())
        else:
            c = imaplib.IMAP4("127.0.0.1", self.port(service), timeout=seconds)
        # imaplib sends a literal and its line end apart: Nagle would hold the second back for 40 ms each time.
        c.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        c.login(quoted(name), password)
        return c

    def pop3_all(self, name):
        """Every message of a mailbox, octet for octet."""
        c = self.pop3(name)
        sizes = [int(line.split()[1]) for line in c.list()[1]]
        found = [b"\r\n".join(c.retr(n)[1]) + b"\r\n" for n in range(1, len(sizes) + 1)]
        c.quit()
        assert [len(octets) for octets in found] == sizes
        return found

    def imap_all(self, name, folder="INBOX", step=100):
        """Every message of a folder, octet for octet, in the order of UIDs."""
        c = self.imap(name)
        count = int(c.select(quoted(folder), readonly=True)[1][0])
        found = []
        for first in range(1, count + 1, step):
            status, rows = c.fetch(f"{first}:{min(first + step - 1, count)}", "(RFC822.SIZE BODY.PEEK[])")
            assert status == "OK", rows
            for row in rows:
                if isinstance(row, tuple):
                    assert int(re.search(rb"RFC822.SIZE (\d+)", row[0]).group(1)) == len(row[1])
                    found.append(row[1])
        c.logout()
        assert len(found) == count
        return found

    def destroy(self):
        with contextlib.suppress(Exception):
            self.stop()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        eventually(lambda: not self.left_behind())  # whoever was killed takes its roles along, in a moment
        free_again(self.base)
        shutil.rmtree(self.data, ignore_errors=True)
        octets = self.log_path.read_bytes() if self.log_path.exists() else b""
        self.log_path.unlink(missing_ok=True)
        records.check(octets)  # whatever the test was about: one event is one line that can be read


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
