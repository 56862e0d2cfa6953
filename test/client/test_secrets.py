"""T36 (G9): what each role's memory holds after many logons. No password anywhere, for directory, front and
attendant, through which they went, have wiped them; the private key of TLS in keys, and in the attendant, which reads it and starts
keys anew. No process that hears a client has it."""
import base64
import os
import re
import secrets
import subprocess
import threading

import pytest

from attacks import greeted
from server import LONG, eventually

LOGONS = 1000 if LONG else 60
PEOPLE = 12

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root reads the memory of another process")


def resident(pid):
    """Regions as (first, last) that have pages in memory; the rest of a large map is zeros."""
    rows, at = [], None
    for line in open(f"/proc/{pid}/smaps"):
        found = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line)
        if found:
            at = (int(found.group(1), 16), int(found.group(2), 16), found.group(3))
        elif line.startswith("Rss:") and int(line.split()[1]) > 0 and "w" in at[2]:
            rows.append(at[:2])
    return rows


def holds(pid, needles):
    """Names of the needles that stand somewhere in the process's writable memory."""
    found = set()
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for first, last in resident(pid):
            tail = b""
            while first < last:
                try:
                    mem.seek(first)
                    octets = mem.read(min(last - first, 1 << 22))
                except OSError:
                    break
                if not octets:
                    break
                both = tail + octets
                found |= {name for name, needle in needles.items() if needle in both}
                tail, first = octets[-256:], first + len(octets)
    return found


def private_numbers(path):
    """The secret numbers of a PEM key, as a program may keep them."""
    text = subprocess.run(["openssl", "pkey", "-in", path, "-text", "-noout"], capture_output=True, text=True, check=True).stdout
    wanted = {}
    for name, digits in re.findall(r"^(priv|privateExponent|prime1|prime2):\n((?:    .*\n)+)", text, re.M):
        octets = bytes.fromhex(re.sub(r"[^0-9a-f]", "", digits)).lstrip(b"\0")
        wanted[name] = octets
        wanted[name + " as words"] = octets[::-1][:len(octets) // 8 * 8]
    body = "".join(line for line in open(path) if not line.startswith("-"))
    wanted["the PEM text"] = body.split()[1].encode()
    return wanted


def logon(server, number, password):
    name = f"DOM\\p{number % PEOPLE}"
    plain = base64.b64encode(f"\0{name}\0{password}".encode())
    service = ("imap", "imaps", "pop3", "pop3s", "submission", "submissions")[number % 6]
    with greeted(server, service, seconds=60) as w:
        if service.startswith("imap"):
            quoted = name.replace("\\", "\\\\").encode()
            good = (w.ask(b'a LOGIN "%s" "%s"' % (quoted, password.encode())).startswith(b"a OK") if number % 4 < 2 else
                    w.ask(b"a AUTHENTICATE PLAIN " + plain).startswith(b"a OK"))
        elif service.startswith("pop3"):
            w.ask(b"USER " + name.encode())
            good = w.ask(b"PASS " + password.encode()).startswith(b"+OK")
        else:
            good = w.ask(b"AUTH PLAIN " + plain).startswith(b"235")
    assert good, service


def test_t36_no_secret_where_it_is_not_needed(new_server):
    s = new_server(config="auth.failures_max = 1000;\nfront.connections_per_address_max = 1000;\n")
    passwords = [f"Pw-{secrets.token_hex(8)}-{i}" for i in range(PEOPLE)]
    s.add_domain()
    for i, password in enumerate(passwords):
        s.add_account(f"DOM\\p{i}", password=password)
        s.add_mailbox(f"p{i}", f"DOM\\p{i}", f"p{i}@example.org")
    s.start()
    changed = f"Pw-{secrets.token_hex(8)}-set"
    s.bourse("account", "password", "DOM\\p0", "--password-stdin", stdin=changed + "\n")  # through the attendant
    passwords[0] = changed
    problems = []

    def work(first):
        try:
            for i in range(first, LOGONS, 4):
                logon(s, i, passwords[i % PEOPLE])
        except Exception as e:
            problems.append(e)
    threads = [threading.Thread(target=work, args=(first,)) for first in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not problems, problems[0]
    needles = {f"password {i}": p.encode() for i, p in enumerate(passwords)}
    for i, p in enumerate(passwords):
        octets = base64.b64encode(f"\0DOM\\p{i}\0{p}".encode())
        needles[f"PLAIN response {i}"] = octets[8:32]
    keys = [path for path in s.data.joinpath("tls").iterdir() if b"PRIVATE KEY" in path.read_bytes()]
    for name, octets in private_numbers(keys[0]).items():
        needles[f"TLS key: {name}"] = octets
    assert sum(name.startswith("TLS") for name in needles) >= 3

    def all_wiped():
        found = {}
        for role in s.status()["roles"]:
            found.setdefault(role["role"], set()).update(holds(role["pid"], needles))
        found["attendant"] = holds(s.process.pid, needles)
        assert any(name.startswith("TLS") for name in found["keys"]), "the search itself finds what is there"
        for role, names in found.items():
            bad = {n for n in names if not (n.startswith("TLS") and role in ("keys", "attendant"))}
            assert not bad, (role, sorted(bad))
        return True

    eventually(all_wiped, pause=0.5)  # the end of the last connection may be news still
