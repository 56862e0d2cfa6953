"""The attendant and its roles: deaths, starts, stops, reloads, and what surrounds the server."""
import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import threading
import time

import pytest
from server import BOURSED, eventually

ROOT = os.geteuid() == 0
ROLES = ["directory", "store", "keys", "parser", "transport", "netlogon", "front-mx", "front-user"]

MULTIPART = (b"From: a@example.org\r\nTo: b@example.org\r\nSubject: parts\r\nMIME-Version: 1.0\r\n"
             b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\none\r\n"
             b"--x\r\nContent-Type: text/html\r\n\r\n<p>two\r\n--x--\r\n")


def running(server, role):
    """Process numbers; a role that is down has 0, which would be ourselves."""
    return [pid for pid in server.role_pids(role) if pid > 0]


def all_ready(server):
    return all(r["state"] == "ready" for r in server.status()["roles"])


def kill_role(server, role):
    """Until others have taken their places."""
    before = eventually(lambda: running(server, role))
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    def replaced():
        roles = server.status()["roles"]  # one look: what is ready must be the new ones
        return all(r["state"] == "ready" and r["pid"] not in before for r in roles)

    eventually(replaced)


def works(server):
    mark = f"mark {random.random()}"
    server.send("alice@example.org", text=mark)
    assert any(mark.encode() in octets for octets in server.pop3_all("DOM\\alice"))
    return True


@pytest.mark.parametrize("role", ROLES)
def test_a_role_dies(server, role):
    for _ in range(3):
        kill_role(server, role)
        assert works(server)


def test_roles_that_hang(new_server):
    """A role that is stopped answers nothing: it is ended and replaced, and says why in the log."""
    server = new_server(config="server.answer_time_max = 3s;\n")
    server.add_domain()
    server.add_person("alice")
    server.start()
    assert works(server)
    before = {pid: role["role"] for role in server.status()["roles"] if (pid := role["pid"]) > 0}
    for pid in before:
        os.kill(pid, signal.SIGSTOP)

    def replaced():
        roles = server.status()["roles"]
        return all(r["state"] == "ready" and r["pid"] not in before for r in roles)

    eventually(replaced, 120)
    assert eventually(lambda: works(server), 60)
    hung = [line for line in server.log().splitlines() if " 1014 " in line]
    assert set(before.values()) == set(ROLES)
    for pid, role in before.items():
        assert any(f" role={role} " in line and f" pid={pid} " in line for line in hung), (role, hung)


def test_roles_may_hang_for_ever(new_server):
    """Nobody is asked where it is turned off, until a reload turns it on."""
    server = new_server(config="server.answer_time_max = 0s;\n")
    server.add_domain()
    server.start()
    pid = server.role_pids("parser")[0]
    os.kill(pid, signal.SIGSTOP)
    time.sleep(3)
    assert pid in server.role_pids("parser") and " 1014 " not in server.log()
    server.write_config("server.answer_time_max = 2s;\n")
    server.bourse("reload")
    eventually(lambda: pid not in server.role_pids("parser"), 120)
    eventually(lambda: " 1014 " in server.log())


def test_parsers_die_under_load(new_server):
    """What was asked of a parser that ends is asked of another: mail is taken, and with its structure."""
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    over = threading.Event()

    def killer():
        while not over.is_set():
            with contextlib.suppress(Exception):
                os.kill(random.choice(running(server, "parser")), signal.SIGKILL)
            time.sleep(0.4)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        c = server.imap("DOM\\alice")
        for n in range(150):
            assert c.append("INBOX", "", None, MULTIPART)[0] == "OK"
        for n in range(50):
            with server.smtp() as s:
                s.sendmail("x@elsewhere.org", ["alice@example.org"], MULTIPART)
    finally:
        over.set()
        thread.join()
    c.select("INBOX")
    status, rows = c.fetch("1:*", "(BODYSTRUCTURE)")
    opaque = [row for row in rows if b'"MIXED"' not in row.upper()]
    assert len(rows) == 200
    # A worker killed three times in a row with one message in it is taken for that message's victim; that is rare.
    assert len(opaque) <= 4, opaque[:3]
    c.logout()


def test_orders_during_start(new_server):
    server = new_server()
    server.add_domain()
    server.spawn()
    for _ in range(20):
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.005)
        if server.process.poll() is not None:
            break
    # Before the handlers are in place a hangup ends a process, as it does any other.
    if server.process.poll() == -signal.SIGHUP:
        server.process = None
        server.spawn()
    assert server.process.stdout.readline() == b"ready\n"
    assert server.stop() == 0
    for n in range(12):
        server.spawn()
        time.sleep(n * 0.02)
        server.process.send_signal(signal.SIGTERM)
        status = server.process.wait(60)
        assert status in (0, -signal.SIGTERM), server.log()[-2000:]
        server.process.stdout.close()
        server.process = None
        server.ended_whole()
    server.start()
    server.add_person("alice")
    assert works(server)


def test_a_role_that_cannot_start_says_why(new_server):
    server = new_server()
    server.add_domain()
    files = [f for f in (server.data / "store").iterdir() if f.is_file()]
    assert files
    for f in files:
        f.unlink()
        f.mkdir()
    status, said = server.start_refused()
    assert status == 1
    lines = [line for line in said.splitlines() if line.startswith("boursed: ")]
    assert len(lines) == 1 and "store" in lines[0], said


def test_rebuild(new_server):
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()
    assert works(server)
    before = server.role_pids("store")
    packets = [json.loads(line) for line in server.bourse("rebuild", "--json").stdout.splitlines()]
    assert packets[-1]["ok"] is True and "more" not in packets[-1], packets
    assert server.role_pids("store") != before and all_ready(server)
    assert works(server)
    # Whoever asked and left is not waited for.
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run([BOURSED.parents[1] / "ctl/bourse", "--data", server.data, "rebuild"], timeout=0.05, capture_output=True)
    assert eventually(lambda: all_ready(server) and works(server))
    eventually(lambda: server.log().count("index rebuilt") >= 2)


def test_a_reload_is_taken_whole_or_not_at_all(new_server):
    server = new_server()
    server.add_domain()
    server.start()

    def size():
        with server.smtp() as c:
            c.ehlo("x")
            return c.esmtp_features["size"]

    before = size()
    server.write_config(f"smtp.message_octets_max = 100k;\ntls.certificate = \"{server.data}/none.pem\";\ntls.key = \"{server.data}/none.key\";\n")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "none.pem" in server.log())
    time.sleep(0.3)
    assert size() == before
    server.write_config("smtp.message_octets_max = 100k;\n")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: size() == str(100 * 1024))


class Notified:
    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(60)

    def next(self):
        return self.socket.recv(4096).decode()


def test_service_manager(new_server, tmp_path, monkeypatch):
    server = new_server()
    server.add_domain()
    notified = Notified(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", notified.path)
    server.start()
    assert notified.next() == "READY=1"
    server.process.send_signal(signal.SIGHUP)
    assert notified.next().startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert notified.next() == "READY=1"
    for pid in server.pids()[:-1]:
        assert b"NOTIFY_SOCKET" not in pathlib.Path(f"/proc/{pid}/environ").read_bytes()
    server.stop()
    assert notified.next() == "STOPPING=1"


def test_sockets_from_the_service_manager(new_server):
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    given = socket.socket()
    given.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    given.bind(("127.0.0.1", server.port("smtp")))
    given.listen()
    script = f'exec {BOURSED} --data {server.data} --base-port {server.base} 3<&{given.fileno()}'
    with open(server.log_path, "ab") as log:
        server.process = subprocess.Popen(["bash", "-c", f"export LISTEN_PID=$$ LISTEN_FDS=1; {script}"], stdout=subprocess.PIPE,
                                          stderr=log, stdin=subprocess.DEVNULL, pass_fds=[given.fileno()])
    assert server.process.stdout.readline() == b"ready\n", server.log()[-2000:]
    given.close()
    assert works(server)


def test_roles_inherit_nothing(new_server, tmp_path):
    server = new_server()
    server.add_domain()
    stray = open(tmp_path / "stray", "w")
    with open(server.log_path, "ab") as log:
        server.process = subprocess.Popen([BOURSED, "--data", server.data, "--base-port", str(server.base)], stdout=subprocess.PIPE,
                                          stderr=log, pass_fds=[stray.fileno()])
    assert server.process.stdout.readline() == b"ready\n"
    for pid in server.pids()[:-1]:
        links = {fd: os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
        assert links["0"] == links["1"] == "/dev/null", links
        assert not any("stray" in link for link in links.values()), links


@pytest.mark.skipif(not ROOT, reason="capabilities are root's")
def test_root_with_fewer_rights(new_server):
    """As in a container: what is missing there must not be asked for."""
    server = new_server()
    server.data.chmod(0o755)
    server.add_domain()
    server.add_person("alice")
    with open(server.log_path, "ab") as log:
        server.process = subprocess.Popen(
            ["setpriv", "--bounding-set", "-sys_ptrace,-dac_read_search,-sys_admin", BOURSED, "--data", server.data, "--base-port", str(server.base)],
            stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
    assert server.process.stdout.readline() == b"ready\n", server.log()[-2000:]
    assert works(server)
    for pid in server.pids()[:-1]:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        assert "CapEff:\t0000000000000000" in text and "CapPrm:\t0000000000000000" in text


@pytest.mark.skipif(not ROOT, reason="users are changed by root")
def test_users_that_change(new_server):
    """The package with its users came later: the folders and what is in them go to the new ones."""
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    for role in ("store", "directory"):
        for path in [server.data / role, *(server.data / role).rglob("*")]:
            os.chown(path, 60321, 60321)
    server.start()
    assert works(server)
    owners = {path.stat().st_uid for path in (server.data / "store").rglob("*")}
    assert len(owners) == 1 and 60321 not in owners
    assert len({path.stat().st_uid for path in (server.data / "directory").iterdir()} | owners) == 2


def test_everybody_ends_with_the_attendant(new_server):
    """Killed at any moment, of its start or later, it leaves nobody behind; the next one may begin at once."""
    server = new_server()
    server.add_domain()
    for n in range(8):
        if n % 2:
            server.start()
        else:
            server.spawn()
            time.sleep(n * 0.02)
        os.kill(server.process.pid, signal.SIGKILL)
        server.wait()
        if n > 5:
            eventually(lambda: not server.left_behind())
    server.start()
    eventually(lambda: sorted(server.left_behind()) == sorted(server.pids()))


def test_quota_outlives_the_directory(new_server):
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.start()

    def refused():
        with server.smtp() as c:
            c.helo("x")
            c.mail("x@elsewhere.org")
            return c.rcpt("alice@example.org")[0] in (452, 552)

    server.send("alice@example.org", text="x" * 500 + "\r\n" + "x" * 900)
    assert not refused()
    server.bourse("mailbox", "set", "alice", "--quota-receive=1024")
    eventually(refused)
    kill_role(server, "directory")
    eventually(refused)
    kill_role(server, "store")  # this one finds it out when the mailbox is next looked at
    with contextlib.suppress(Exception):
        server.send("alice@example.org")
    eventually(refused)
