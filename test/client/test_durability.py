"""What was acknowledged is there, once, whoever is killed and whenever; a full disk refuses mail and loses none."""
import collections
import json
import os
import random
import re
import signal
import smtplib
import subprocess
import sys
import threading
import time

import pytest

from server import BUILD, LONG, PASSWORD, TOP, Server, eventually, is_alive, quoted, without_trace

ROLES = ("front-mx", "front-user", "store", "directory", "parser", "keys")
THREADS = 6


class Load:
    """Threads that hand in messages with ids of their own, each id tried once."""

    def __init__(self, server, count, user="alice"):
        self.server, self.count, self.user = server, count, user
        self.acknowledged, self.tried, self.broken = [], [], 0
        self.enough = threading.Event()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(THREADS)]

    def connect(self, number):
        """Half of them on port 25, half as a person, inside TLS."""
        if number % 2 == 0:
            return self.server.smtp(seconds=20)
        c = self.server.smtp("submission", seconds=20)
        c.starttls()
        c.login("DOM\\bob", PASSWORD)
        return c

    def send(self, c, number):
        with self.lock:
            name = f"id{len(self.tried)}x"
            self.tried.append(name)
        filling = "x" * random.choice((10, 500, 4000, 70000))
        filling = "\r\n".join(filling[i:i + 70] for i in range(0, len(filling), 70))
        c.sendmail("bob@example.org", [f"{self.user}@example.org"],
                   f"From: bob@example.org\r\nSubject: {name}\r\n\r\n{name}\r\n{filling}\r\n".encode())
        with self.lock:
            self.acknowledged.append(name)
            if len(self.acknowledged) >= self.count:
                self.enough.set()

    def run(self, number):
        while not self.enough.is_set():
            c = None
            try:
                c = self.connect(number)
                for _ in range(50):
                    if self.enough.is_set():
                        break
                    self.send(c, number)
                c.quit()
            except (smtplib.SMTPException, OSError):
                self.broken += 1
                if c is not None:
                    c.close()
                time.sleep(0.02)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.enough.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads)


def names_in(messages):
    """The id of each message; whole messages only."""
    names = []
    for octets in messages:
        octets = without_trace(octets)
        name = re.search(rb"^Subject: (id\d+x)\r$", octets, re.M).group(1)
        assert octets.split(b"\r\n\r\n", 1)[1].startswith(name + b"\r\n")
        names.append(name.decode())
    return names


def judge(load, messages):
    found = collections.Counter(names_in(messages))
    lost = [name for name in load.acknowledged if name not in found]
    twice = [name for name, count in found.items() if count > 1]
    unknown = set(found) - set(load.tried)
    assert not lost, f"{len(lost)} of {len(load.acknowledged)} acknowledged messages are lost: {lost[:10]}"
    assert not twice, f"{len(twice)} messages came twice: {twice[:10]}"
    assert not unknown


def make(new_server, config=""):
    s = new_server(config=config)
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    return s.start()


def all_ready(server, killed=()):
    """Every role is ready, and none of them is one that was killed a moment ago and still looks alive."""
    return all(role["state"] == "ready" and role["pid"] not in killed for role in server.status()["roles"])


def once_served(read):
    """What read() gives as soon as no role answers any longer that it has just been started anew."""
    return eventually(lambda: (read(),))[0]


def test_roles_are_killed_under_load(new_server):
    """2,000 acknowledged messages while roles die by kill -9, one after the other."""
    s = make(new_server, "store.index_time_max = 20ms;\n")
    kills = list(ROLES) * (40 if LONG else 3)
    random.shuffle(kills)
    killed = set()
    with Load(s, 20000 if LONG else 2000) as load:
        for role in kills:
            time.sleep(random.uniform(0.05, 0.2))
            eventually(lambda: s.role_pids(role)[0])
            pid = random.choice([pid for pid in s.role_pids(role) if pid] or [0])
            if pid:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
        eventually(load.enough.is_set, 120)
    eventually(lambda: all_ready(s, killed))
    judge(load, once_served(lambda: s.pop3_all("alice")))
    restarts = {role["role"]: 0 for role in s.status()["roles"]}
    for role in s.status()["roles"]:
        restarts[role["role"]] += role["restarts"]
    assert all(restarts[role] > 0 for role in ROLES), restarts
    assert load.broken > 0, "no kill was ever felt: the test proves nothing"
    assert s.json("check")["problems"] == []
    assert s.process.poll() is None
    assert s.stop() == 0


def test_every_kind_of_change_under_kills():
    """64 clients of SMTP, IMAP and POP3; each acknowledged delivery, append, flag, move, expunge and deletion is checked."""
    done = subprocess.run([sys.executable, TOP / "test/power/kill", "--json", "--kills", "2000" if LONG else "20"],
                          capture_output=True, text=True, timeout=14400, env={**os.environ, "BOURSE_BUILD": str(BUILD)})
    assert done.stdout, done.stderr[-4000:]
    result = json.loads(done.stdout)
    print(result)
    assert done.returncode == 0 and result["problems"] == [], result
    assert result["broken_connections"] > 0, "no kill was ever felt: the test proves nothing"
    assert len(result["acknowledged"]) == 7 and all(result["acknowledged"].values()), result


@pytest.mark.parametrize("role", ROLES)
def test_a_killed_role_is_back_at_once(new_server, role):
    s = make(new_server)
    pid = s.role_pids(role)[0]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: all_ready(s, (0, pid)))
    message = s.send("alice@example.org", f"after {role}")
    with s.smtp("submissions") as c:
        c.login("bob", PASSWORD)
        c.sendmail("bob@example.org", ["alice@example.org"], message)
    c = s.pop3("alice", service="pop3s")
    assert c.stat()[0] == 2
    c.quit()


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_the_whole_server_ends_under_load(new_server, how):
    """Killed outright or stopped in good order, then started again, three times; nothing acknowledged is lost."""
    s = make(new_server, "store.segment_octets = 1M;\n")
    with Load(s, 1500) as load:
        for round in range(3):
            target = 150 * (round + 1)
            eventually(lambda: len(load.acknowledged) >= target, 60, 0.01)
            if how == "SIGKILL":
                s.kill_all()
            else:
                pids = s.pids()
                assert s.stop(getattr(signal, how)) == 0
                assert not any(is_alive(pid) for pid in pids)
            s.start()
        eventually(load.enough.is_set, 60)
    judge(load, s.pop3_all("alice"))
    assert s.json("check")["problems"] == []


def test_open_sessions_hear_of_the_end(new_server):
    """SIGTERM: whoever is connected gets a word of farewell, and the server does not wait for him."""
    s = make(new_server)
    smtp, pop3 = s.smtp(), s.pop3("alice")
    smtp.ehlo()
    assert s.stop() == 0
    assert " 1012 " not in s.log(), "a role had to be killed"
    assert smtp.getreply()[0] == 421
    assert pop3.file.readline() in (b"", b"-ERR [SYS/TEMP] the server is stopping\r\n")


def test_attendant_killed_takes_the_roles_with_it(new_server):
    s = make(new_server)
    pids = s.pids()
    os.kill(s.process.pid, signal.SIGKILL)
    s.wait()
    eventually(lambda: not any(is_alive(pid) for pid in pids))
    s.start()
    s.send("alice@example.org")


# ---- a full disk ----

@pytest.fixture
def small_disk(tmp_path):
    """A data folder on a disk of its own of 64 MiB; store and directory keep 16 MiB each in reserve."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "bourse-test", folder], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    tmp_path.chmod(0o755)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def disk_server(small_disk):
    s = Server(config="store.segment_octets = 1M;\nstore.compress = off;\n", data=small_disk)
    s.add_domain()
    s.add_account("DOM\\alice")
    s.add_mailbox("alice", "DOM\\alice", "alice@example.org", retention_days=0)
    s.add_person("bob")
    return s.start()


def fill(s, to="alice"):
    """Messages until one is refused; those that were taken, and the refusal."""
    taken = []
    with s.smtp() as c:
        for number in range(5000):
            message = f"Subject: id{number}x\r\n\r\nid{number}x\r\n".encode() + os.urandom(60000).hex().encode()
            message = re.sub(rb"(.{900})", rb"\1\r\n", message) + b"\r\n"
            try:
                c.sendmail("", [f"{to}@example.org"], message)
                taken.append(message)
            except smtplib.SMTPResponseException as e:
                return taken, (e.smtp_code, e.smtp_error)
            except smtplib.SMTPRecipientsRefused as e:
                return taken, list(e.recipients.values())[0]
    raise AssertionError("the disk never was full")


def test_full_disk(small_disk):
    s = disk_server(small_disk)
    try:
        pids = dict((role["role"], role["pid"]) for role in s.status()["roles"])
        taken, refusal = fill(s)
        assert refusal[0] == 452 and b"4.3.1" in refusal[1], refusal
        assert len(taken) > 20
        # Again, and again: it neither crashes nor forgets.
        for _ in range(20):
            _, refusal = fill(s)
            assert refusal[0] == 452, refusal
        assert pids["store"] == s.role_pids("store")[0], "the store died of a full disk"
        eventually(lambda: " 4008 " in s.log())
        # Reading and deleting go on.
        found = [without_trace(octets) for octets in s.pop3_all("alice")]
        assert found == taken
        c = s.pop3("alice")
        for number in range(1, len(taken) // 2 + 1):
            c.dele(number)
        c.quit()
        s.bourse("compact")
        # Then there is room.
        eventually(lambda: s.send("alice@example.org"))
        assert s.json("check")["problems"] == []
        assert len(s.pop3_all("alice")) == len(taken) - len(taken) // 2 + 1
        # A restart on a disk that is full again.
        fill(s)
        count = s.pop3("alice").stat()[0]
        assert s.stop() == 0
        s.start()
        assert s.pop3("alice").stat()[0] == count
    finally:
        s.destroy()


def test_full_disk_refuses_append(small_disk):
    s = disk_server(small_disk)
    try:
        fill(s)
        c = s.imap("bob")
        status, text = c.append("INBOX", None, None, b"Subject: x\r\n\r\n" + b"x" * 70 + b"\r\n" * 50000)
        assert status == "NO" and b"storage" in text[0], (status, text)
        assert c.select()[0] == "OK"
        c.logout()
    finally:
        s.destroy()
