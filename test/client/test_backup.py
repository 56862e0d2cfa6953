"""Backup while mail comes in, and every kind of restore; what clients remember of the time in between (T27)."""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

import pytest

from server import BOURSE, LONG, Server, eventually, free_base, quoted, without_trace


def restored(server, backup, *options):
    """A second server, made from the backup."""
    other = Server(base=free_base())
    other.bourse("restore", str(backup), *options)
    return other


def texts(server, name, folder="INBOX"):
    return sorted(without_trace(octets) for octets in server.imap_all(name, folder))


def uids(connection, folder="INBOX"):
    """UIDVALIDITY and what each UID is, as a client keeps them."""
    assert connection.select(quoted(folder))[0] == "OK"
    validity = int(connection.response("UIDVALIDITY")[1][0])
    found = {}
    status, rows = connection.uid("FETCH", "1:*", "(BODY.PEEK[])")
    for row in rows or []:
        if isinstance(row, tuple):
            found[int(re.search(rb"UID (\d+)", row[0]).group(1))] = row[1]
    return validity, found


@pytest.fixture
def pair(new_server, tmp_path):
    server = new_server()
    server.add_domain()
    server.add_person("alice")
    server.add_person("bob")
    server.start()
    made = []

    def restore(*options, backup=tmp_path / "backup"):
        made.append(restored(server, backup, *options))
        return made[-1]

    yield server, tmp_path / "backup", restore
    for other in made:
        other.destroy()


def test_whole(pair):
    server, backup, restore = pair
    for n in range(20):
        server.send("alice@example.org", f"number {n}")
    first = server.json("backup", str(backup))
    assert first["copied_octets"] == first["backup_octets"] > 0
    again = server.json("backup", str(backup))
    # A second run copies what is new: here the administrator's own doings at most.
    assert again["copied_octets"] < 2000, again
    for n in range(20, 25):
        server.send("alice@example.org", f"number {n}")
    more = server.json("backup", str(backup))
    assert 0 < more["copied_octets"] < first["copied_octets"]
    assert server.bourse("backup", str(backup), "--verify").returncode == 0
    other = restore()
    other.start()
    assert texts(other, "alice") == texts(server, "alice")
    assert other.json("mailbox", "list")["rows"] == server.json("mailbox", "list")["rows"]
    other.send("bob@example.org", "goes on")
    assert other.bourse("check").returncode == 0
    # It is a store of its own: its backup and that of the first never mix.
    refused = other.bourse("backup", str(backup), check=False)
    assert refused.returncode == 1 and "another server" in refused.stderr


def test_stopped(pair):
    server, backup, restore = pair
    server.send("alice@example.org", "kept")
    server.stop()
    server.bourse("backup", str(backup))
    assert server.json("backup", str(backup), "--verify")["problems"] == []
    assert [b"kept" in t for t in texts(restore().start(), "alice")] == [True]


def test_caching_clients(pair):
    """T27: a client that saw messages after the backup never finds other ones under their UIDs."""
    server, backup, restore = pair
    server.send("alice@example.org", "before")
    server.bourse("backup", str(backup))
    for n in range(3):
        server.send("alice@example.org", f"lost {n}")
    client = server.imap("alice")
    client.create("Later")
    seen = {folder: uids(client, folder) for folder in ("INBOX", "Later")}
    client.logout()
    pop = server.pop3("alice")
    uidls = {line.split()[1]: b"\n".join(pop.retr(int(line.split()[0]))[1]) for line in pop.uidl()[1]}
    pop.quit()
    other = restore()
    other.start()
    for n in range(5):
        other.send("alice@example.org", f"new {n}")
    client = other.imap("alice")
    client.create("Later")
    for folder, (validity, known) in seen.items():
        now_validity, now = uids(client, folder)
        assert now_validity > validity
        if now_validity == validity:  # what a caching client compares
            assert all(now[uid] == known[uid] for uid in now.keys() & known.keys())
    client.logout()
    pop = other.pop3("alice")
    for line in pop.uidl()[1]:
        number, uidl = line.split()
        text = b"\n".join(pop.retr(int(number))[1])
        assert uidls.get(uidl, text) == text
    assert len(pop.uidl()[1]) == 6
    pop.quit()
    validity = uids(other.imap("alice"))[0]
    other.stop()
    other.start()
    assert uids(other.imap("alice"))[0] == validity, "renewed once"


def test_moment(pair):
    server, backup, restore = pair
    server.send("alice@example.org", "first")
    server.bourse("backup", str(backup))
    time.sleep(1.1)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    server.send("alice@example.org", "second")
    server.add_person("carol")
    server.bourse("backup", str(backup))
    other = restore("--at", moment)
    assert "carol" not in json.dumps(other.json("mailbox", "list"))
    other.start()
    assert [b"first" in t for t in texts(other, "alice")] == [True]
    late = server.bourse("restore", str(backup), "--at", "2099-01-01T00:00:00", check=False)
    assert late.returncode == 1 and "knows nothing later" in late.stderr
    early = server.bourse("restore", str(backup), "--at", "2001-01-01T00:00:00", check=False)
    assert early.returncode == 1
    assert server.bourse("restore", str(backup), "--at", "noon", check=False).returncode == 2


def test_refusals(pair, tmp_path):
    server, backup, restore = pair
    inside = server.bourse("backup", str(server.data / "backup"), check=False)
    assert inside.returncode == 1 and "inside the data folder" in inside.stderr
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("do not touch")
    refused = server.bourse("backup", str(foreign), check=False)
    assert refused.returncode == 1 and "thesis.txt" in refused.stderr
    assert [p.name for p in foreign.iterdir()] == ["thesis.txt"]
    assert server.bourse("restore", str(foreign), check=False).returncode == 1
    server.bourse("backup", str(backup))
    running = server.bourse("restore", str(backup), check=False)
    assert running.returncode == 1 and "running" in running.stderr
    server.stop()
    full = server.bourse("restore", str(backup), check=False)
    assert full.returncode == 1 and "holds mail already" in full.stderr


def test_damage(pair):
    """Each octet of every file of a backup, a sample of them: found, and never restored."""
    server, backup, restore = pair
    for n in range(3):
        server.send("alice@example.org", f"number {n}")
    server.bourse("backup", str(backup))
    for part in ("store/journal-0000000001", "directory/journal-0000000001", "bourse-backup"):
        path = backup / part
        good = path.read_bytes()
        for at in range(3, len(good), max(1, len(good) // (200 if LONG else 12))):
            path.write_bytes(good[:at] + bytes([good[at] ^ 0x20]) + good[at + 1:])
            done = server.bourse("backup", str(backup), "--verify", "--json", check=False)
            assert done.returncode in (1, 4), (part, at, done.stdout)
            if done.returncode == 4:
                assert json.loads(done.stdout)["problems"][0]["file"] == part
        path.write_bytes(good[:-1])
        assert server.bourse("backup", str(backup), "--verify", check=False).returncode in (1, 4)
        path.write_bytes(good)
    assert server.bourse("backup", str(backup), "--verify").returncode == 0
    path = backup / "store/journal-0000000001"
    good = path.read_bytes()
    path.write_bytes(good[:300] + bytes([good[300] ^ 1]) + good[301:])
    other = Server(base=free_base())
    try:
        refused = other.bourse("restore", str(backup), check=False)
        assert refused.returncode == 4 or refused.returncode == 1
        assert "segment 1" in refused.stderr
        path.write_bytes(good)
        other.bourse("restore", str(backup))
        assert len(texts(other.start(), "alice")) == 3
    finally:
        other.destroy()


def test_under_load(pair):
    """Backups while mail arrives: each restores to whole messages, none lost that was there before it began."""
    server, backup, restore = pair
    sent, stop, failures = [], threading.Event(), []

    def load():
        n = 0
        while not stop.is_set():
            try:
                server.send("alice@example.org", f"load {n} " + "x" * 3000)
                sent.append(n)
                n += 1
            except Exception as e:
                failures.append(e)
                return

    thread = threading.Thread(target=load)
    thread.start()
    try:
        eventually(lambda: len(sent) >= 10)
        for _ in range(8):
            before = len(sent)
            server.bourse("backup", str(backup))
    finally:
        stop.set()
        thread.join()
    assert not failures
    assert server.bourse("backup", str(backup), "--verify").returncode == 0
    other = restore()
    other.start()
    found = sorted(int(re.search(rb"load (\d+)", t).group(1)) for t in texts(other, "alice"))
    assert found == list(range(len(found))) and len(found) >= before
    assert other.bourse("check").returncode == 0


def killed(args, after):
    process = subprocess.Popen(args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_killed(pair):
    """kill -9 of backup and restore at many moments: what they leave is recognised, the next run succeeds."""
    server, backup, restore = pair
    for n in range(4):
        server.send("alice@example.org", f"number {n} " + "y" * 2000000)
    server.bourse("backup", str(backup))
    for round_ in range(60 if LONG else 8):
        server.send("alice@example.org", f"round {round_} " + "z" * 300000)
        killed([BOURSE, "--data", server.data, "backup", str(backup)], round_ * 0.003)
        assert server.bourse("backup", str(backup), "--verify").returncode == 0
    fresh = backup.with_name("fresh")
    for round_ in range(60 if LONG else 8):
        killed([BOURSE, "--data", server.data, "backup", str(fresh)], round_ * 0.003)
    server.bourse("backup", str(fresh))
    other = Server(base=free_base())
    try:
        for round_ in range(60 if LONG else 8):
            killed([BOURSE, "--data", other.data, "restore", str(fresh)], round_ * 0.003)
            if not (other.data / "restoring").exists():
                shutil.rmtree(other.data / "store", ignore_errors=True)
                shutil.rmtree(other.data / "directory", ignore_errors=True)
        pathlib.Path(other.data / "restoring").mkdir(exist_ok=True)
        status, said = other.start_refused()
        assert status != 0 and "restore" in said
        other.bourse("restore", str(fresh))
        other.start()
        assert texts(other, "alice") == texts(server, "alice")
    finally:
        other.destroy()
