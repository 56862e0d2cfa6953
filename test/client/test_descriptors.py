"""No descriptors left: nobody spins, whoever is connected goes on, and it is over when there are some again."""
import imaplib
import os
import pathlib
import re
import select
import smtplib
import time
import unittest.mock

import pytest

import server
from server import Wire, eventually

CONFIG = "front.connections_per_address_max = 2000;\nfront.unauthenticated_percent_max = 100;\n"


def few(s, count):
    """A program that starts the server with so many descriptors for each process."""
    wrapper = s.data / "few"
    wrapper.write_text(f'#!/bin/sh\nulimit -n {count}\nexec {server.BOURSED} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def served(new_server, count):
    """A server each of whose processes has so many descriptors, no more; alice and bob."""
    s = new_server(config=CONFIG)
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    with unittest.mock.patch.object(server, "BOURSED", few(s, count)):
        return s.start()


def in_use(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def crowd(s, service, count):
    """Connections that say nothing; some are served, some wait or are turned away."""
    made = []
    for _ in range(count):
        try:
            made.append(Wire(s, service, seconds=5, tls=False))
        except OSError:
            break
    return made


def sends(s, service="smtp"):
    """The last reply to a message, or to whatever was refused before it; 250 is a message that was taken."""
    try:
        with s.smtp(service) as c:
            if service != "smtp":
                return c.noop()[0]
            c.sendmail("x@elsewhere.org", ["alice@example.org"], b"Subject: x\r\n\r\nx\r\n")
        return 250
    except smtplib.SMTPRecipientsRefused as e:
        return list(e.recipients.values())[0][0]
    except smtplib.SMTPResponseException as e:
        return e.smtp_code


def limit_of(pid):
    return int(re.search(r"^Max open files +(\d+)", pathlib.Path(f"/proc/{pid}/limits").read_text(), re.M).group(1))


def all_pids(s):
    return {pid: role["role"] for role in s.status()["roles"] if (pid := role["pid"])}


def nobody_spins(pids):
    """The processor's time of every role at once, while the test only waits: what was begun before may still be worked off."""
    def calm():
        before, began = {pid: ticks(pid) for pid in pids}, time.monotonic()
        time.sleep(1)
        share = {f"{role} {pid}": (ticks(pid) - before[pid]) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - began)
                 for pid, role in pids.items()}
        assert all(each < 0.05 for each in share.values()), share
        return True
    eventually(calm)


@pytest.mark.parametrize("count", [64, 256])
def test_more_clients_than_descriptors(new_server, count):
    s = served(new_server, count)
    pids = all_pids(s)
    front = s.role_pids("front-mx")[0]
    assert limit_of(front) <= count
    early = s.smtp(seconds=60)
    early.ehlo()
    made = crowd(s, "smtp", count + 20)
    eventually(lambda: in_use(front) >= limit_of(front) - 4)
    nobody_spins(pids)
    # Whoever stays is served or told, on the port next to it, too.
    assert sends(s, "submission") in (250, 451, 452)
    for w in made:
        w.close()
    eventually(lambda: sends(s) == 250)
    eventually(lambda: "a limit was reached: what=descriptors" in s.log())
    assert all_pids(s) == pids, "a role died of it"


def test_an_early_session_outlives_the_crowd(new_server):
    """It has logged on; strangers are dropped before it is."""
    s = served(new_server, 64)
    pids = all_pids(s)
    early = s.imap("alice")
    early.select()
    made = crowd(s, "imap", 90)
    nobody_spins(pids)
    assert early.noop()[0] == "OK" and early.search(None, "ALL")[0] == "OK"
    for w in made:
        w.close()
    eventually(lambda: s.imap("bob", seconds=20).logout())
    assert early.noop()[0] == "OK"
    early.logout()
    assert all_pids(s) == pids


def test_more_sessions_than_descriptors(new_server):
    """Logged on, so that the store runs out as well; those that are open work, new ones come in when others have left."""
    s = served(new_server, 64)
    pids = all_pids(s)
    early = s.imap("alice")
    early.select()
    made = []
    for _ in range(60):
        try:
            made.append(s.imap("bob", seconds=3))
        except (OSError, imaplib.IMAP4.error):
            break
    assert 5 < len(made) < 60, "the limit was never felt"
    nobody_spins(pids)
    assert early.noop()[0] == "OK" and early.search(None, "ALL")[0] == "OK"
    assert all(c.noop()[0] == "OK" for c in made)
    for c in made:
        c.shutdown()
    eventually(lambda: s.imap("bob", seconds=20).logout())
    assert early.noop()[0] == "OK"
    early.logout()
    assert all_pids(s) == pids, "a role died of it"


@pytest.mark.parametrize("count", [18, 22, 26, 30, 36, 44])
def test_hardly_enough_for_a_start(new_server, count):
    """It serves, or says why not and ends: it never half works."""
    s = new_server(config=CONFIG)
    s.add_domain()
    s.add_person("alice")
    with unittest.mock.patch.object(server, "BOURSED", few(s, count)):
        s.spawn()
    assert select.select([s.process.stdout], [], [], 60)[0], "neither ready nor gone"
    if s.process.stdout.readline() != b"ready\n":
        assert s.wait() > 0
        assert any(line.startswith("boursed: ") for line in s.log().splitlines()), s.log()
        return
    eventually(lambda: sends(s) in (250, 451, 452))
    nobody_spins(all_pids(s))
