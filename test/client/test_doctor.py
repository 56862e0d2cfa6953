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


def set_up_locked(s):
    s.bourse("domain", "set", "OTHER", "--lockout-threshold", "3", "--lockout-window", "30", "--lockout-duration", "30")
    s.add_account("OTHER\\lou")
    s.add_mailbox("lou", "OTHER\\lou", "lou@other.example")
    for _ in range(3):
        with Wire(s, "pop3") as w:
            w.line()
            w.ask(b"USER OTHER\\lou")
            assert w.ask(b"PASS guess").startswith(b"-ERR")


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
    "locked": ("OTHER\\lou", set_up_locked, {}, "account is not locked", True),
    "another network": ("DOM\\nina", lambda s: person(s, "nina", networks="192.0.2.0/24"), {"source": "127.0.0.1"},
                        "account may log on from this address", True),
    "another protocol": ("DOM\\petra", lambda s: person(s, "petra", protocols="pop3"), {"protocol": "smtp"},
                         "account may log on by the protocol", True),
    "no mailbox at all": ("DOM\\nobox", lambda s: s.add_account("DOM\\nobox"), {}, "find the mailbox", True),
    "no such mailbox": ("DOM\\frank\\nowhere", lambda s: person(s, "frank"), {}, "find the mailbox", True),
    "alias of a contact": ("DOM\\dora", set_up_contact, {}, "find the mailbox", False),
    "no right": ("DOM\\norah\\owner", set_up_no_right, {}, "account has a right to the mailbox", True),
    "mailbox moved": ("DOM\\mona", lambda s: (person(s, "mona"), s.bourse("mailbox", "set", "mona", "--moved-to", "mail2.example.org")), {},
                      "mailbox is enabled", True),
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
    if "account password" in command or "account add" in command:
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


# ---- what one command of the administrator does not mend, or mends by a password of its own ----

def refusal(s, name, password=None, code=None, **options):
    """The one row that is wrong, and its event code."""
    args, stdin = ask(s, name, password=password, **options)
    done = s.bourse(*args, "--json", check=False, stdin=stdin)
    assert done.returncode == 4, done
    row = failing(json.loads(done.stdout))
    assert row["detail"] and row["mend"] and row["code"] == code, row
    return row


def imap_logon(s, name, password, service="imaps"):
    with Wire(s, service) as w:
        w.line()
        return w.ask(f'a LOGIN "{name}" "{password}"'.replace("\\", "\\\\").encode()).startswith(b"a OK")


def mended_by_app_password(s, row):
    mended = run_as_printed(s, row["mend"])
    assert mended.returncode == 0, mended
    return re.search(r"(?m)^password: +(\S+)$", mended.stdout).group(1)


def totp(key, away=0):
    from test_app_passwords import code_of
    return code_of(key, away)


def test_only_application_passwords(server):
    person(server, "abel", app_passwords_only=True)
    assert not imap_logon(server, "DOM\\abel", PASSWORD)
    row = refusal(server, "DOM\\abel", password=PASSWORD, code=7304)
    assert imap_logon(server, "DOM\\abel", mended_by_app_password(server, row))
    # without a password the doctor is content now: there is one of the kind
    args, _ = ask(server, "DOM\\abel")
    assert is_good(server.json(*args))


def test_application_password_of_another_protocol(server):
    person(server, "beth")
    old = server.json("account", "app-password", "add", "DOM\\beth", "--label", "reader", "--protocols", "pop3")["password"]
    assert not imap_logon(server, "DOM\\beth", old)
    row = refusal(server, "DOM\\beth", password=old, code=7303)
    assert imap_logon(server, "DOM\\beth", mended_by_app_password(server, row))


def test_application_password_that_was_revoked(server):
    person(server, "cleo")
    old = server.json("account", "app-password", "add", "DOM\\cleo", "--label", "phone")["password"]
    server.bourse("account", "app-password", "revoke", "DOM\\cleo", "phone")
    row = refusal(server, "DOM\\cleo", password=old, code=7301)
    assert imap_logon(server, "DOM\\cleo", mended_by_app_password(server, row))


def test_second_factor_needed(server):
    person(server, "dina")
    key = server.json("account", "totp", "enable", "DOM\\dina")["key"]
    server.bourse("account", "totp", "confirm", "DOM\\dina", totp(key))
    row = refusal(server, "DOM\\dina", password=PASSWORD, code=7305)
    assert imap_logon(server, "DOM\\dina", mended_by_app_password(server, row))


def test_codes_that_are_wrong(server):
    server.add_domain("CODES", "codes.example")
    server.bourse("domain", "set", "CODES", "--code-appended")
    server.add_account("CODES\\emil")
    server.add_mailbox("emil", "CODES\\emil", "emil@codes.example")
    key = server.json("account", "totp", "enable", "CODES\\emil")["key"]
    used = totp(key)
    server.bourse("account", "totp", "confirm", "CODES\\emil", used)
    wrong = next(f"{n:06}" for n in range(100) if f"{n:06}" not in [totp(key, 30 * step) for step in range(-22, 23)])
    for given, code in ((used, 7307), (totp(key, -400), 7308), (wrong, 7306)):
        row = refusal(server, "CODES\\emil", password=PASSWORD + given, code=code)
        assert not imap_logon(server, "CODES\\emil", PASSWORD + given)
    assert "behind" in refusal(server, "CODES\\emil", password=PASSWORD + totp(key, -400), code=7308)["detail"]
    # of the three only the last has a command: the device is lost
    assert run_as_printed(server, row["mend"]).returncode == 0
    assert imap_logon(server, "CODES\\emil", PASSWORD)


def test_names_that_are_no_account(server):
    server.bourse("contact", "add", "zoe", "--remote", "zoe@elsewhere.org", "--address", "zoe@example.org")
    assert "contact" in refusal(server, "zoe@example.org", code=7105)["detail"]
    person(server, "olga")
    server.add_mailbox("info", "DOM\\olga", "info-box@example.org")
    row = refusal(server, "DOM\\info", code=7103)
    assert row["mend"] == "log on as DOM\\olga\\info"
    assert imap_logon(server, "DOM\\olga\\info", PASSWORD)
    person(server, "twin")
    server.add_account("OTHER\\twin")
    row = refusal(server, "twin", code=7104)
    assert "DOM\\twin" in row["mend"] and imap_logon(server, "DOM\\twin", PASSWORD)
    refusal(server, "a@b@c", code=7101)


def test_a_connection_that_is_not_safe(server):
    person(server, "tina")
    args, _ = ask(server, "DOM\\tina", source="192.0.2.7")
    row = failing(json.loads(server.bourse(*args, "--no-tls", "--json", check=False).stdout))
    assert row["code"] == 7601 and "STARTTLS" in row["mend"]
    # from this machine it may, as the configuration says
    args, _ = ask(server, "DOM\\tina", source="127.0.0.1")
    assert is_good(server.json(*args, "--no-tls"))
    assert imap_logon(server, "DOM\\tina", PASSWORD, "imap")


def test_a_mechanism_that_there_is_not(server):
    person(server, "udo")
    row = refusal(server, "DOM\\udo", mechanism="X-SECRET", code=7602)
    assert "X-SECRET" in row["detail"] and "PLAIN" in row["mend"]
    args, _ = ask(server, "DOM\\udo", mechanism="plain")
    assert is_good(server.json(*args))


def test_a_mechanism_that_is_off(new_server):
    s = new_server(config='auth.mechanisms = ["*", "!LOGIN"];\n')
    s.add_domain()
    s.add_person("alice")
    s.start()
    row = refusal(s, "DOM\\alice", mechanism="LOGIN", code=7602)
    assert "auth.mechanisms" in row["mend"]
    s.write_config('auth.mechanisms = ["*", "LOGIN"];\n')
    s.bourse("reload")
    args, _ = ask(s, "DOM\\alice", mechanism="LOGIN")
    eventually(lambda: is_good(s.json(*args, check=False)))


def test_a_port_that_is_closed(new_server):
    s = new_server(config="listen.pop3 = off;\nlisten.pop3s = off;\n")
    s.add_domain()
    s.add_person("alice")
    s.start()
    row = refusal(s, "DOM\\alice", protocol="pop3", code=7605)
    option = re.search(r"put (listen\.pop3s? = \d+;)", row["mend"]).group(1)
    with pytest.raises(OSError):
        Wire(s, "pop3s")
    s.stop()
    s.write_config(option + "\nlisten.pop3 = off;\n")
    s.start()
    args, _ = ask(s, "DOM\\alice", protocol="pop3")
    assert is_good(s.json(*args))
    with Wire(s, "pop3s") as w:
        assert w.line().startswith(b"+OK")


def certificate_for(host, folder):
    """Certificate and key, as a folder's files."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-subj", f"/CN={host}",
                    "-addext", f"subjectAltName=DNS:{host}", "-keyout", key, "-out", chain], check=True, capture_output=True)
    return f'tls.certificate = "{chain}";\ntls.key = "{key}";\n'


def test_a_certificate_of_another_host(new_server, tmp_path):
    s = new_server(config='server.host_name = "mail.example.org";\n' + certificate_for("www.elsewhere.example", tmp_path))
    s.add_domain()
    s.add_person("alice")
    s.start()
    row = refusal(s, "DOM\\alice", code=7606)
    assert "mail.example.org" in row["detail"] and "bourse reload" in row["mend"]
    certificate_for("mail.example.org", tmp_path)
    s.bourse("reload")
    args, _ = ask(s, "DOM\\alice")
    eventually(lambda: is_good(s.json(*args, check=False)))
    assert imap_logon(s, "DOM\\alice", PASSWORD)


def test_a_mailbox_over_its_limit(server):
    person(server, "quentin")
    with Wire(server, "smtp") as w:
        w.line()
        for line in (b"EHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<quentin@example.org>", b"DATA"):
            w.send(line + b"\r\n")
            w.reply()
        w.send(b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n" + b"y" * 900 + b"\r\n.\r\n")
        assert w.reply()[0].startswith(b"250")
    server.bourse("mailbox", "set", "quentin", "--quota-send", "900", "--quota-warn", "500")
    def over():
        return refusal(server, "DOM\\quentin", protocol="smtp", code=7506)
    row = eventually(over)
    assert run_as_printed(server, row["mend"]).returncode == 0
    args, _ = ask(server, "DOM\\quentin", protocol="smtp")
    eventually(lambda: is_good(server.json(*args, check=False)))


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
        assert s.left_behind() == []
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
for i in $(seq 1200); do grep -q ready "$DATA/out" && break; sleep 0.1; done
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
for i in $(seq 600); do grep -q listening "$DATA/other" && break; sleep 0.1; done
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
    done = subprocess.run(["unshare", "-n", "sh", "-c", INSIDE], capture_output=True, text=True, timeout=300,
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
