"""bourse logon list: every logon that was tried, whatever became of it; and bourse doctor logon --follow."""
import base64
import json
import poplib
import subprocess
import time

import pytest

from server import BOURSE, PASSWORD, Server, Wire, eventually


@pytest.fixture(scope="module")
def server():
    s = Server("auth.failures_max = 1000;\n")
    try:
        s.add_domain()
        s.add_person("alice")
        s.add_person("bob")
        s.start()
        yield s
    finally:
        s.destroy()


def tries(server, name, password, service="imap"):
    if service.startswith("imap"):
        with Wire(server, service) as w:
            w.line()
            return w.ask(f'a LOGIN "{name}" "{password}"'.replace("\\", "\\\\").encode())
    with Wire(server, service) as w:
        w.line()
        w.send(b"EHLO x\r\n")
        w.until(b"250 ")
        return w.ask(b"AUTH PLAIN " + base64.b64encode(f"\0{name}\0{password}".encode()))


def trail(server, *args):
    return server.json("logon", "list", *args)["rows"]


def whole_trail(server, *args):
    lines = server.bourse("logon", "list", *args, "--json").stdout.splitlines()
    return [row for line in lines for row in json.loads(line)["rows"]]


def test_what_is_kept(server):
    tries(server, "DOM\\alice", PASSWORD, "imaps")
    tries(server, "DOM\\alice", "wrong", "submission")
    tries(server, "DOM\\nobody", PASSWORD)
    server.bourse("mailbox", "grant", "alice", "DOM\\bob")
    tries(server, "DOM\\bob\\alice", PASSWORD)
    good, wrong, nobody, delegate = trail(server)[-4:]
    assert (good["logged_on"], good["code"], good["account"], good["mailbox"], good["service"], good["tls"], good["right"], good["secret"]) == (
        "yes", 7001, "DOM\\alice", "alice", "imaps", "yes", "primary", "password"), good
    assert good["from"].startswith("127.0.0.1:") and good["mechanism"] == "name and password" and good["reason"] == ""
    assert (wrong["logged_on"], wrong["event"], wrong["mechanism"], wrong["tls"]) == ("no", "wrong_password", "PLAIN", "no")
    assert "wrong password for DOM\\alice" in wrong["reason"]
    assert nobody["code"] == 7103 and "nobody" in nobody["account"] and nobody["mailbox"] == ""
    assert (delegate["code"], delegate["right"], delegate["mailbox"]) == (7002, "delegate", "alice")
    assert PASSWORD not in json.dumps(trail(server))


def test_options_of_the_list(server):
    server.add_person("lina")
    for _ in range(3):
        tries(server, "DOM\\lina", "wrong")
    tries(server, "DOM\\lina", PASSWORD)
    assert [row["code"] for row in trail(server, "--account", "LINA")] == [7202, 7202, 7202, 7001]
    assert [row["code"] for row in trail(server, "--account", "lina", "--refused")] == [7202, 7202, 7202]
    assert [row["code"] for row in trail(server, "--account", "lina", "--limit", "2")] == [7202, 7001]
    assert len(trail(server, "--account", "lina", "--since", "1h")) == 4
    assert len(trail(server, "--account", "lina", "--since", time.strftime("%Y-%m-%dT00:00:00", time.gmtime(time.time() - 86400)))) == 4
    assert trail(server, "--account", "lina", "--since", "2100-01-01") == []
    assert "wrong_password" in server.bourse("logon", "list", "--account", "lina").stdout
    for args in (("--since", "yesterday"), ("--since", "2026-02-30"), ("--limit", "0"), ("--limit", "many")):
        done = server.bourse("logon", "list", *args, check=False)
        assert done.returncode == 2 or done.returncode == 1, done
        assert args[0] in done.stderr


def test_cancelled_and_malformed(server):
    with Wire(server, "imap") as w:
        w.line()
        w.send(b"a AUTHENTICATE PLAIN\r\n")
        w.line()
        w.ask(b"*")
    with Wire(server, "imap") as w:
        w.line()
        w.send(b"a AUTHENTICATE PLAIN\r\n")
        w.line()
        w.ask(base64.b64encode(b"no nul at all"))
    codes = eventually(lambda: [row["code"] for row in trail(server, "--limit", "2")] == [7604, 7603])
    assert codes


def test_turned_away_by_the_front(new_server):
    """Outside TLS no password is asked for; that somebody tried is kept."""
    s = new_server()
    file = s.data / "bourse.conf"
    file.write_text(file.read_text().replace("without_tls = loopback", "without_tls = never"))
    s.add_domain()
    s.add_person("alice")
    s.start()
    began = time.monotonic()
    tries(s, "DOM\\alice", PASSWORD)
    tries(s, "DOM\\alice", PASSWORD, "submission")
    with Wire(s, "pop3") as w:
        w.line()
        w.ask(b"USER DOM\\alice")
    rows = eventually(lambda: len(trail(s)) == 3 and trail(s))
    assert {row["event"] for row in rows} == {"need_tls"} and {row["tls"] for row in rows} == {"no"}
    assert rows[0]["account"] == "DOM\\alice" and rows[1]["mechanism"] == "PLAIN" and rows[2]["service"] == "pop3"
    # a flood of what costs nothing does not wash out the rest
    for _ in range(80):
        tries(s, "DOM\\alice", PASSWORD, "submission")
    seconds = time.monotonic() - began
    with Wire(s, "imaps") as w:
        w.line()
        assert b"OK" in w.ask(f'a LOGIN "DOM\\\\alice" "{PASSWORD}"'.encode())
    rows = trail(s, "--limit", "1000")
    # 60 at once and one more each second, the first three among them; and the good one
    assert 60 <= len(rows) <= 64 + seconds and rows[-1]["event"] == "ok", len(rows)


def test_survives(new_server):
    """A stop loses nothing; a kill loses the last second at most, and nothing that was there before it."""
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    tries(s, "DOM\\alice", PASSWORD)
    tries(s, "DOM\\alice", "wrong")
    s.stop()
    s.start()
    assert [row["code"] for row in trail(s)] == [7001, 7202]
    tries(s, "DOM\\alice", "wrong again")
    assert len(trail(s)) == 3  # asking has written it
    s.kill_all()
    s.start()
    assert [row["code"] for row in trail(s)] == [7001, 7202, 7202]


def test_bounded(new_server):
    s = new_server(config="audit.octets_max = 8k;\nauth.failures_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    for _ in range(60):
        tries(s, "DOM\\alice", PASSWORD)
    s.stop()
    folder = s.data / "directory/logons"
    octets = sum(f.stat().st_size for f in folder.iterdir())
    assert len(list(folder.iterdir())) <= 8 and 2048 < octets <= 8192, octets
    s.start()
    kept = whole_trail(s, "--limit", "1000")
    assert 10 < len(kept) < 60 and kept == sorted(kept, key=lambda row: row["time"])
    s.stop()
    s.write_config("audit.octets_max = 0;\n")
    s.start()
    tries(s, "DOM\\alice", PASSWORD)
    assert trail(s) == []


def test_many_rows(server):
    """More than one packet takes."""
    name = "none-of-them-" + "x" * 230
    for _ in range(130):
        tries(server, "DOM\\" + name, "x")
    lines = server.bourse("logon", "list", "--account", "none-of-them", "--limit", "10000", "--json").stdout.splitlines()
    assert len(lines) > 1 and sum(len(json.loads(line)["rows"]) for line in lines) == 130


# ---- following ----

class Follower:
    def __init__(self, server, *args):
        self.process = subprocess.Popen([BOURSE, "--data", server.data, "doctor", "logon", *args, "--follow", "--json"],
                                        stdout=subprocess.PIPE, text=True)
        assert "following" in json.loads(self.process.stdout.readline())

    def next(self):
        return json.loads(self.process.stdout.readline())["attempt"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def test_follow(server):
    with Follower(server, "alice") as one, Follower(server) as all_of_them:
        tries(server, "DOM\\bob", PASSWORD)
        tries(server, "DOM\\alice", "wrong")
        assert all_of_them.next()["account"] == "DOM\\bob"
        seen = all_of_them.next()
        assert seen["event"] == "wrong_password" and "account password" in seen["mend"]
        assert one.next()["code"] == 7202
        tries(server, "alice@example.org", PASSWORD)
        assert one.next()["logged_on"] == "yes"


def test_follow_as_text(server):
    process = subprocess.Popen([BOURSE, "--data", server.data, "doctor", "logon", "alice", "--follow"], stdout=subprocess.PIPE, text=True)
    try:
        assert "as they come" in process.stdout.readline()
        tries(server, "DOM\\alice", "wrong")
        lines = []
        while not any("mend" in line for line in lines):
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        assert any("wrong password for DOM\\alice" in line for line in lines), lines
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_followers_are_few(server):
    followers = [Follower(server) for _ in range(8)]
    try:
        refused = server.bourse("doctor", "logon", "--follow", check=False)
        assert refused.returncode == 1 and "too many" in refused.stderr
    finally:
        for f in followers:
            f.__exit__()
    # whoever has gone makes room
    def again():
        with Follower(server):
            return True
    assert eventually(again)


# ---- an address that failed too often ----

def test_allow(new_server):
    s = new_server(config="auth.failures_max = 2;\nauth.failures_time = 1h;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    for _ in range(4):
        tries(s, "DOM\\none", "x")
    assert b"OK" not in tries(s, "DOM\\alice", PASSWORD).split(b" ")[1:2]
    assert trail(s)[-1]["event"] == "throttled"
    row = [r for r in s.json("doctor", "logon", "DOM\\alice", "--source", "127.0.0.1", check=False)["rows"] if r["ok"] == "no"][0]
    assert row["event"] == "throttled" and row["mend"] == "bourse logon allow 127.0.0.1"
    s.bourse("logon", "allow", "127.0.0.1")
    assert tries(s, "DOM\\alice", PASSWORD).split(b" ")[1] == b"OK"
    assert s.bourse("logon", "allow", "192.0.2.9", check=False).returncode == 1


# ---- paces ----

@pytest.mark.parametrize("option,event", [("auth.account_logons_max", "account_pace"), ("auth.source_logons_max", "source_pace")])
def test_pace(new_server, option, event):
    s = new_server(config=f"{option} = 2;\nauth.failures_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.add_person("bob")
    s.start()
    assert tries(s, "DOM\\alice", "wrong").split(b" ")[1] == b"NO"
    assert tries(s, "DOM\\alice", "wrong").split(b" ")[1] == b"NO"
    assert b"[LIMIT]" in tries(s, "DOM\\alice", PASSWORD)
    assert trail(s)[-1]["event"] == event
    assert (b"[LIMIT]" in tries(s, "DOM\\bob", PASSWORD)) == (event == "source_pace")
    s.write_config(f"{option} = 0;\n")
    s.bourse("reload")
    assert eventually(lambda: tries(s, "DOM\\alice", PASSWORD).split(b" ")[1] == b"OK")


def test_guesses_do_not_shut_out(new_server):
    """What strangers use up of an account's pace is not that of who has logged on from there before: loopback has many addresses."""
    import socket
    s = new_server(config="auth.account_logons_max = 3;\nauth.failures_max = 1000;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    assert tries(s, "DOM\\alice", PASSWORD).split(b" ")[1] == b"OK"
    for _ in range(6):
        with socket.create_connection(("127.0.0.1", s.port("imap")), 60, source_address=("127.0.0.9", 0)) as stranger:
            stranger.recv(1000)
            stranger.sendall(b'a LOGIN "DOM\\\\alice" wrong\r\n')
            stranger.recv(1000)
    assert tries(s, "DOM\\alice", PASSWORD).split(b" ")[1] == b"OK"


def test_pop3_in_the_trail(server):
    client = poplib.POP3("127.0.0.1", server.port("pop3"))
    client.user("DOM\\alice")
    client.pass_(PASSWORD)
    client.quit()
    assert trail(server, "--limit", "1")[0]["service"] == "pop3"
