"""Compares a disk after a cut with what was acknowledged before it."""
import json
import re
import subprocess

from load import body_of
from rig import TOOLS
from server import TRACE, Server, quoted


def read_folder(c, folder):
    """(uidvalidity, uidnext, {uid: (name, flags)}) as a client sees it; every octet of every message is compared."""
    kind, rows = c.status(quoted(folder), "(UIDVALIDITY UIDNEXT MESSAGES UNSEEN)")
    assert kind == "OK", rows
    words = rows[0].decode().rsplit("(", 1)[1].rstrip(")").split()
    status = dict(zip(words[::2], map(int, words[1::2])))
    messages = {}
    if status["MESSAGES"] > 0:
        kind, rows = c.select(quoted(folder), readonly=True)
        assert kind == "OK", rows
        kind, rows = c.uid("FETCH", "1:*", "(UID FLAGS RFC822.SIZE BODY.PEEK[])")
        assert kind == "OK", rows
        for row in rows:
            if not isinstance(row, tuple):
                continue
            head = row[0].decode()
            flags = frozenset(re.search(r"FLAGS \(([^)]*)\)", head).group(1).split()) - {"\\Recent"}
            octets = TRACE.sub(b"", row[1], 1) if TRACE.match(row[1]) else row[1]
            name = octets.split(b"Subject: ", 1)[1].split(b"\r\n", 1)[0].decode()
            assert octets == body_of(name), f"{name} has other octets"
            assert int(re.search(r"RFC822.SIZE (\d+)", head).group(1)) == len(row[1])
            messages[int(re.search(r"UID (\d+)", head).group(1))] = (name, flags)
    assert status["MESSAGES"] == len(messages), f"{folder}: MESSAGES {status['MESSAGES']}, {len(messages)} are there"
    unseen = sum("\\Seen" not in flags for _, flags in messages.values())
    assert status["UNSEEN"] == unseen, f"{folder}: UNSEEN {status['UNSEEN']}, {unseen} are"
    return status["UIDVALIDITY"], status["UIDNEXT"], messages


def read_mailbox(c):
    names = []
    for row in c.list()[1]:
        text = row.decode()
        assert "\\NonExistent" not in text, text
        names.append(text.rsplit('"/" ', 1)[1].strip('"'))
    return {name: read_folder(c, name) for name in names}


def difference(want, got):
    """What is not as it should be, for a person."""
    lines = []
    for name in sorted(set(want) | set(got)):
        a, b = want.get(name), got.get(name)
        if a == b:
            continue
        if a is None or b is None:
            lines.append(f"{name}: {'not expected' if a is None else 'missing'}")
            continue
        if a[:2] != b[:2]:
            lines.append(f"{name}: UIDVALIDITY, UIDNEXT {b[:2]}, should be {a[:2]}")
        for uid in sorted(set(a[2]) | set(b[2])):
            if a[2].get(uid) != b[2].get(uid):
                lines.append(f"{name} {uid}: {b[2].get(uid)}, should be {a[2].get(uid)}")
    return "; ".join(lines[:8])


def judge_worker(server, worker, position, seen):
    """Problems of one mailbox; afterwards a message and a folder are added, which must get new numbers."""
    possible = worker.history.possible(position, seen)
    c = server.imap(worker.user)
    got = read_mailbox(c)
    if not worker.history.is_possible(got, position, seen):
        lines = [f"{worker.user}: after {change.what}: {difference(change.state, got)}" for change in possible]
        return [" | ".join(lines)]
    problems = []
    known = max(row[0] for change in worker.history.changes
                if change.acked is not None and change.acked <= position for row in change.state.values())
    kind, rows = c.append("INBOX", None, None, body_of("later"))
    code = re.search(rb"APPENDUID (\d+) (\d+)", rows[0])
    if kind != "OK" or (int(code.group(1)), int(code.group(2))) != got["INBOX"][:2]:
        problems.append(f"{worker.user}: a message after the cut: {kind} {rows}, INBOX was {got['INBOX'][:2]}")
    assert c.create("later")[0] == "OK"
    validity = int(re.search(rb"UIDVALIDITY (\d+)", c.status("later", "(UIDVALIDITY)")[1][0]).group(1))
    if validity <= known:
        problems.append(f"{worker.user}: UIDVALIDITY {validity} after the cut, {known} was given out before")
    c.logout()
    return problems


def judge_directory(server, administrator, position):
    def shown(name):
        rows = {row["property"]: row["value"] for row in server.json("mailbox", "show", name)["rows"]}
        return rows["account"], rows["display"], rows["quota-receive"]

    got = {"accounts": frozenset(row["name"] for row in server.json("account", "list")["rows"]),
           "mailboxes": {row["name"]: shown(row["name"]) for row in server.json("mailbox", "list")["rows"]}}
    possible = administrator.history.possible(position)
    if administrator.history.is_possible(got, position):
        return []
    return [f"directory: is {got}, should be {' or '.join(str(change.state) for change in possible)}"]


def dump(folder, *options):
    done = subprocess.run([TOOLS / "power_dump", folder, *options], capture_output=True, text=True)
    return json.loads(done.stdout or "{}"), done.stderr.strip()


def judge_index(data, part):
    """Index as it is against the journal, then against one made anew."""
    before, text = dump(data / part, "--verify")
    if before.get("error", "?"):
        return [f"{part}: {before} {text}"]
    after, text = dump(data / part, "--rebuild", "--verify")
    same = all(before.get(key) == after.get(key) for key in ("digest", "keys", "blobs"))
    if after.get("error", "?") or not same:
        return [f"{part}: rebuilt index differs: {before}, {after} {text}"]
    return []


def judge(folder, recording, position, log_path):
    """Everything wrong with the disk mounted at `folder`, in sentences."""
    (folder / "data").mkdir(exist_ok=True)
    server = Server(data=folder / "data")
    server.log_path = log_path
    problems = []
    try:
        server.start()
    except AssertionError as e:
        return [f"the server does not start: {str(e)[-600:]}"]
    try:
        for worker in recording.workers if position >= recording.first else ():
            seen = recording.observer.seen if worker.user == recording.observer.user else ()
            problems += judge_worker(server, worker, position, seen)
        if position >= recording.first:
            problems += judge_directory(server, recording.administrator, position)
        checked = server.json("check")
        if checked.get("problems") != []:
            problems.append(f"check: {checked}")
    except Exception as e:
        problems.append(f"{type(e).__name__}: {e}")
    finally:
        if server.stop() != 0:
            problems.append("the server did not stop in good order")
    for part in ("store", "directory"):
        problems += judge_index(folder / "data", part)
    return problems
