"""bourse doctor: what is wrong is said, and the command it prints mends it."""
import json
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading

import pytest

from server import BOURSE, PASSWORD, PORTS, TOP, Server, Wire, eventually, is_alive


@pytest.fixture(scope="module")
def server():
    s = Server("auth.failures_max = 1000;\n")
    try:
        s.add_domain()
        s.add_domain("OTHER", "other.example")
        s.start()
        yield s
    finally:
        s.destroy()


def closed_hours(server):
    """Hours that do not hold this one, whatever the time is."""
    hour = int(subprocess.run(["date", "-u", "+%H"], capture_output=True, text=True).stdout)
    return f"sun-sat {(hour + 6) % 18:02}-{(hour + 6) % 18 + 1:02}"


def person(s, name, **account):
    s.add_account(f"DOM\\{name}", **account)
    s.add_mailbox(name, f"DOM\\{name}", f"{name}@example.org")


def set_up_contact(s):
    s.add_account("DOM\\dora")
    s.add_mailbox("dorabox", "DOM\\dora", "dora@example.org")
    s.bourse("contact", "add", "dora", "--remote", "dora@elsewhere.org")


def set_up_no_right(s):
    person(s, "norah")
    person(s, "owner")


# name given, set-up, options of the doctor, failing step, and whether the printed command alone makes the logon work
CASES = {
    "unknown domain": ("NODOM\\alice", lambda s: None, {}, "find the domain", False),
    "unknown mail domain": ("alice@nodom.example", lambda s: None, {}, "find the domain", False),
    "unknown account": ("DOM\\nobody", lambda s: None, {}, "find the account", False),
    "wrong password": ("DOM\\walter", lambda s: person(s, "walter", password="an old password"), {"password": PASSWORD}, "check the password", True),
    "no password yet": ("DOM\\nopass", lambda s: (s.bourse("account", "add", "DOM\\nopass", "--no-password"),
                                                 s.add_mailbox("nopass", "DOM\\nopass", "nopass@example.org")),
                        {}, "check the password", True),
    "disabled": ("DOM\\dan", lambda s: person(s, "dan", disabled=True), {}, "account is enabled", True),
    "expired": ("DOM\\eve", lambda s: person(s, "eve", expires="2020-01-31"), {}, "account has not expired", True),
    "must change": ("DOM\\max", lambda s: person(s, "max", must_change=True), {}, "password need not be changed first", True),
    "hours": ("DOM\\hugo", lambda s: person(s, "hugo", hours=closed_hours(s)), {}, "account may log on at this hour", True),
    "no mailbox at all": ("DOM\\nobox", lambda s: s.add_account("DOM\\nobox"), {}, "find the mailbox", True),
    "no such mailbox": ("DOM\\frank\\nowhere", lambda s: person(s, "frank"), {}, "find the mailbox", True),
    "alias of a contact": ("DOM\\dora", set_up_contact, {}, "find the mailbox", False),
    "no right": ("DOM\\norah\\owner", set_up_no_right, {}, "account has a right to the mailbox", True),
    "mailbox disabled": ("DOM\\mia", lambda s: (person(s, "mia"), s.bourse("mailbox", "set", "mia", "--disabled")), {},
                         "mailbox is enabled", True),
    "IMAP off": ("DOM\\ivan", lambda s: (person(s, "ivan"), s.bourse("mailbox", "set", "ivan", "--no-imap")),
                 {"protocol": "imap"}, "protocol is on for the mailbox", True),
    "POP3 off": ("DOM\\pia", lambda s: (person(s, "pia"), s.bourse("mailbox", "set", "pia", "--no-pop3")),
                 {"protocol": "pop3"}, "protocol is on for the mailbox", True),
    "submission off": ("DOM\\sam", lambda s: (person(s, "sam"), s.bourse("mailbox", "set", "sam", "--no-smtp")),
                       {"protocol": "smtp"}, "protocol is on for the mailbox", True),
    "odd characters": ("DOM\\o'neil $(x)", lambda s: (s.bourse("account", "add", "DOM\\o'neil $(x)", "--disabled", "--password-stdin",
                                                            stdin=PASSWORD + "\n"),
                                                      s.add_mailbox("oneil", "DOM\\o'neil $(x)", "oneil@example.org")),
                       {"mailbox": "oneil"}, "account is enabled", True),
}


def ask(s, name, password=None, **options):
    args = ["doctor", "logon", name] + [f"--{key}={value}" for key, value in options.items()]
    if password is not None:
        args.append("--password-stdin")
    return args, (password + "\n" if password is not None else None)


def failing(reply):
    rows = [row for row in reply["rows"] if row["ok"] == "no"]
    assert len(rows) == 1, rows
    return rows[0]


def is_good(reply):
    return not any(row["ok"] == "no" for row in reply["rows"])


def run_as_printed(s, command):
    """What an administrator does with it: puts it into a shell, and answers when asked for a password."""
    folder = BOURSE.parent
    stdin = None
    if "password" in command or "account add" in command:
        stdin = PASSWORD + "\n"
        if "--password-stdin" not in command:
            command += " --password-stdin"
    return subprocess.run(["sh", "-c", command], input=stdin, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "BOURSE_DATA": str(s.data)})


def logon(s, name, protocol, mailbox):
    """The real thing: the password goes to the server."""
    import base64
    secret = base64.b64encode("\0".join((mailbox or "", name, PASSWORD)).encode())
    if protocol == "smtp":
        with Wire(s, "submission") as w:
            w.line()
            w.send(b"EHLO x\r\n")
            w.until(b"250 ")
            return w.ask(b"AUTH PLAIN " + secret).startswith(b"235")
    with Wire(s, "pop3") as w:
        w.line()
        return w.ask(b"AUTH PLAIN " + secret).startswith(b"+OK")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.replace(" ", "-"))
def test_broken_set_up(server, case):
    name, set_up, options, step, mends = CASES[case]
    options = dict(options)
    set_up(server)
    protocol = options.get("protocol", "imap")
    args, stdin = ask(server, name, **options)
    options.pop("password", None)
    done = server.bourse(*args, check=False, stdin=stdin)
    assert done.returncode == 4, done
    assert done.stderr == "" and step in done.stdout
    reply = server.json(*args, check=False, stdin=stdin)
    row = failing(reply)
    assert row["step"] == step, reply
    assert row["detail"]
    assert row["mend"] in done.stdout, "people must get the command to copy in one piece"
    if protocol != "imap" or "IMAP" not in case:
        assert not logon(server, name, protocol if protocol == "smtp" else "pop3", options.get("mailbox"))
    commands = 0
    while row["mend"].startswith("bourse "):
        mended = run_as_printed(server, row["mend"])
        assert mended.returncode == 0, f"{row['mend']}: {mended.stdout}{mended.stderr}"
        commands += 1
        args, stdin = ask(server, name, password=PASSWORD, **options)
        reply = server.json(*args, check=False, stdin=stdin)
        if is_good(reply):
            break
        before, row = row["step"], failing(reply)
        assert row["step"] != before, "the printed command did not mend it"
        assert not mends, f"one command must be enough: {row}"
    if mends:
        assert commands == 1
    if commands and is_good(reply):
        assert server.bourse(*args, stdin=stdin).returncode == 0
        assert logon(server, name, protocol if protocol == "smtp" else "pop3", options.get("mailbox"))


def test_good_set_up(server):
    person(server, "gwen")
    for protocol in ("smtp", "pop3", "imap"):
        args, stdin = ask(server, "DOM\\gwen", protocol=protocol, password=PASSWORD)
        assert server.bourse(*args, stdin=stdin).returncode == 0
    rows = server.json("doctor", "logon", "gwen@example.org")["rows"]
    assert all(row["ok"] != "no" for row in rows)


def test_works_without_a_server(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.bourse("account", "set", "DOM\\alice", "--disabled")
    done = s.bourse("doctor", "logon", "DOM\\alice", check=False)
    assert done.returncode == 4 and "--disabled no" in done.stdout


def test_password_never_shows(server):
    person(server, "secretive")
    args, stdin = ask(server, "DOM\\secretive", password="hunter2hunter2")
    done = server.bourse(*args, stdin=stdin, check=False)
    assert "hunter2" not in done.stdout + done.stderr + server.log()


# ---- ports ----

def test_ports_are_ours(server):
    done = server.bourse("doctor", "ports")
    rows = server.json("doctor", "ports")["rows"]
    assert len(rows) == len(PORTS) and all(row["ok"] for row in rows)
    for service in PORTS:
        assert str(server.port(service)) in done.stdout


HOLDER = """
import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
print("listening", flush=True)
time.sleep(600)
"""


def test_a_held_port_stops_the_start(new_server):
    """The message names address, port, process and program; nothing of us is left running."""
    s = new_server()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(s.port("imap"))], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"listening\n"
        status, said = s.start_refused()
        assert status not in (0, None)
        lines = [line for line in said.splitlines() if line.startswith("boursed: ")]
        assert len(lines) == 1, said
        program = pathlib.Path(f"/proc/{holder.pid}/comm").read_text().strip()
        for part in ("127.0.0.1", str(s.port("imap")), "(imap)", f"process {holder.pid} ", f"({program})", f"kill {holder.pid}"):
            assert part in lines[0], lines[0]
        assert left_of(s) == []
        # The other ports are free again.
        for service in PORTS:
            if service != "imap":
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", s.port(service)))
        # What it says to do helps.
        subprocess.run(["sh", "-c", f"kill {holder.pid}"], check=True)
        holder.wait()
        s.start()
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def left_of(s):
    """Processes that still have to do with this data folder, roles included."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                words = open(f"/proc/{entry}/cmdline", "rb").read().split(b"\0")
                parent = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()[1]
            except OSError:
                continue
            if str(s.data).encode() in words or (b"--role" in words and parent == "1"):
                found.append((entry, words))
    return found


def test_two_servers_on_one_folder(new_server):
    s = new_server()
    s.start()
    second = Server(data=s.data)
    second.log_path = s.data.with_name(s.data.name + ".second.log")
    status, said = second.start_refused()
    assert status not in (0, None)
    assert "another Bourse server uses this data folder" in said
    second.log_path.unlink()
    assert s.bourse("status").returncode == 0


INSIDE = r"""
set -e
ip link set lo up
"$BOURSED" --data "$DATA" --base-port 3000 >"$DATA/out" 2>"$DATA/err" &
server=$!
for i in $(seq 200); do grep -q ready "$DATA/out" && break; sleep 0.1; done
"$BOURSE" --data "$DATA" doctor ports --json >"$DATA/before" && echo "before $?" || echo "before $?"
"$PYTHON" -c '
import socket
s = socket.socket()
s.bind(("127.0.0.1", 9999))
s.listen()
print("listening", flush=True)
while True:
    c = s.accept()[0]
    c.sendall(b"220 other.example ESMTP Postfix\r\n")
    c.close()
' >"$DATA/other" &
other=$!
for i in $(seq 100); do grep -q listening "$DATA/other" && break; sleep 0.1; done
nft add table ip t
nft add chain ip t out '{ type nat hook output priority -100; }'
nft add rule ip t out tcp dport 3025 redirect to :9999
"$BOURSE" --data "$DATA" doctor ports >"$DATA/text" && echo "after $?" || echo "after $?"
"$BOURSE" --data "$DATA" doctor ports --json >"$DATA/after" || true
nft delete table ip t
"$BOURSE" --data "$DATA" doctor ports >/dev/null && echo "mended $?" || echo "mended $?"
kill $server $other
wait $server && echo "stopped $?" || echo "stopped $?"
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("nft") or not shutil.which("ip"),
                    reason="a network of the test's own needs root, nft and ip")
def test_a_redirected_port_is_found(new_server):
    """A rule of the packet filter sends port 25 to somebody else: everything looks well but the greeting."""
    probe = subprocess.run(["unshare", "-n", "sh", "-c", "ip link set lo up && nft add table ip t && nft add chain ip t c "
                            "'{ type nat hook output priority -100; }' && nft add rule ip t c tcp dport 1 redirect to :2"],
                           capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"the kernel gives no network namespace with nftables: {probe.stderr.strip()}")
    from server import BOURSED
    s = new_server()
    done = subprocess.run(["unshare", "-n", "sh", "-c", INSIDE], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "DATA": str(s.data), "BOURSED": str(BOURSED), "BOURSE": str(BOURSE), "PYTHON": sys.executable})
    assert done.stdout.split("\n")[:4] == ["before 0", "after 4", "mended 0", "stopped 0"], (
        done.stdout, done.stderr, s.data.joinpath("err").read_text()[-2000:])
    assert all(row["ok"] for row in json.loads(s.data.joinpath("before").read_text())["rows"])
    wrong = [row for row in json.loads(s.data.joinpath("after").read_text())["rows"] if not row["ok"]]
    assert len(wrong) == 1
    assert "3025" in wrong[0]["step"] and "Postfix" in wrong[0]["detail"]
    assert "nft list ruleset" in wrong[0]["mend"]
    assert "nft list ruleset" in s.data.joinpath("text").read_text()


def test_a_stopped_process_is_found(server):
    """A front that hangs answers nobody; the doctor says so instead of hanging as well."""
    import signal
    pid = server.role_pids("front-mx")[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        rows = server.json("doctor", "ports", check=False)["rows"]
    finally:
        os.kill(pid, signal.SIGCONT)
    wrong = [row for row in rows if not row["ok"]]
    assert len(wrong) == 1 and str(server.port("smtp")) in wrong[0]["step"], rows
