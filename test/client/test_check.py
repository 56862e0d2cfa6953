"""`bourse check` beside everybody's work: in slices, with progress, given up when nobody waits, one at a time; what it finds has a name."""
import json
import os
import subprocess
import threading

from server import BOURSE, eventually

TRIES = 20  # a check may end before we get to what we want to do beside it
CONFIG = "store.compress = off;\n"


def filled(new_server, config=CONFIG, count=24, octets=1000000):
    s = new_server(config=config)
    s.add_domain()
    s.add_person("alice")
    s.start()
    for n in range(count):
        s.send("alice@example.org", os.urandom(30).hex() * (octets // 60), subject=f"no {n}")
    return s


class Check:
    """A check that has begun: its first line of progress is there."""

    def __init__(self, server):
        self.process = subprocess.Popen([BOURSE, "--data", server.data, "check", "--json"], stdout=subprocess.PIPE, text=True)
        self.first = json.loads(self.process.stdout.readline())

    def running(self):
        """Not ended, and no answer is there that we have not read."""
        return "progress" in self.first and self.process.poll() is None

    def end(self):
        rest = self.process.stdout.read().splitlines()
        self.process.wait()
        return json.loads(rest[-1]) if rest else self.first


def test_progress(new_server):
    s = filled(new_server, count=2, octets=1000)
    check = Check(s)
    assert check.first["more"] and set(check.first["progress"]) == {"done", "total", "what"}, check.first
    last = check.end()
    assert last["ok"] and last["sound"] and last["problems"] == [] and last["directory"]["sound"], last
    text = s.bourse("check").stdout
    assert "store and directory are sound" in text and "directory" in text


def test_served_beside_it(new_server):
    """A whole FETCH and a whole delivery begin and end while one check runs."""
    s = filled(new_server, octets=4000000)
    imap = s.imap("alice")
    imap.select()
    served = 0
    for n in range(TRIES):
        check = Check(s)
        imap.fetch("1", "(FLAGS ENVELOPE)")
        s.send("alice@example.org", "beside", subject=f"beside {n}")
        served += check.running()
        last = check.end()
        assert last["problems"] == [], last
        if served:
            break
    assert served
    imap.logout()


def test_changes_are_no_faults(new_server):
    """Messages come, get flags, are copied and expunged while everything is counted."""
    s = filled(new_server, count=8)
    stop, failed = threading.Event(), []

    def change():
        try:
            imap = s.imap("alice")
            n = 0
            while not stop.is_set():
                n += 1
                s.send("alice@example.org", f"short {n}")
                imap.select()
                imap.store("9:*", "+FLAGS", r"(\Seen \Flagged)")
                imap.copy("9", "Archive")
                imap.store("9", "+FLAGS", r"(\Deleted)")
                imap.expunge()
            imap.logout()
        except Exception as e:
            failed.append(e)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(10):
            last = s.json("check")
            assert last["ok"] and last["problems"] == [], last
    finally:
        stop.set()
        thread.join()
    assert failed == []


def test_given_up(new_server):
    s = filled(new_server)
    for _ in range(TRIES):
        check = Check(s)
        check.process.kill()
        check.process.wait()
        # Whether it was given up or had ended: the next one may begin.
        eventually(lambda: s.json("check", check=False)["ok"])
        if " 4017 a check" in s.log():
            break
    eventually(lambda: " 4017 a check" in s.log())
    assert s.json("check")["problems"] == []


def test_second_asker(new_server):
    s = filled(new_server)
    for _ in range(TRIES):
        check = Check(s)
        second = s.bourse("check", check=False)
        busy = "running already" in second.stdout + second.stderr
        assert check.end()["ok"]
        if busy:
            assert second.returncode != 0
            break
        assert second.returncode == 0, second
    assert busy
    assert s.json("check")["ok"]


def flip(path, needle):
    """Turns one bit in the only place where that stands."""
    octets = path.read_bytes()
    assert octets.count(needle) == 1
    with open(path, "r+b") as f:
        f.seek(octets.index(needle))
        f.write(bytes([needle[0] ^ 1]))


def test_damage_has_a_name(new_server):
    s = filled(new_server, count=0)
    for text in ("first", "second-and-damaged", "third"):
        s.send("alice@example.org", text)
    imap = s.imap("alice")
    imap.select()
    imap.copy("2", "Archive")
    flip(s.data / "store/journal-0000000001", b"second-and-damaged")
    answer = s.bourse("check", "--json", check=False)
    assert answer.returncode == 4
    problems = json.loads(answer.stdout.splitlines()[-1])["problems"]
    mailbox = s.json("mailbox", "show", "alice")
    named = [p for p in problems if p["where"] == "mailbox"]
    assert sorted(p["uid"] for p in named) == [1, 2] and len({p["folder"] for p in named}) == 2, problems
    assert len({p["mailbox"] for p in named}) == 1 and str(named[0]["mailbox"]) in json.dumps(mailbox), (named, mailbox)
    assert [p["of"] for p in problems if p["where"] == "journal"] == ["store"], problems
    assert imap.fetch("1", "(BODY[])")[1][0][1].endswith(b"first\r\n")
    imap.logout()


def test_damage_in_the_directory(new_server):
    s = filled(new_server, count=0)
    s.bourse("account", "set", "DOM\\alice", "--full-name", "Only In One Place")
    flip(s.data / "directory/journal-0000000001", b"Only In One Place")
    answer = s.bourse("check", "--json", check=False)
    last = json.loads(answer.stdout.splitlines()[-1])
    assert answer.returncode == 4 and not last["directory"]["sound"], last
    assert [(p["of"], p["where"]) for p in last["problems"]] == [("directory", "journal")], last
