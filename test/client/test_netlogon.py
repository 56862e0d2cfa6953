"""Domains that others serve: a real slapd, a real libpam; controllers that stop, hang, and lie about who they are."""
import base64
import concurrent.futures
import os
import shutil
import subprocess
import threading
import time

import pytest
from ldap_server import BASE, SEARCHER, SEARCHER_PASSWORD, LdapServer
from server import BUILD, Wire, eventually

PEOPLE = {
    "alice": ("Alice A", "alice's word"),
    "bob": ("Bob B", "bob's word"),
    "carol": ("Carol C", "carol's word", "pwdReset: TRUE"),
    "locked": ("Lock L", "locked's word", "pwdAccountLockedTime: 000001010000Z"),
    "newcomer": ("New Comer", "newcomer's word"),
}
MODULE = BUILD / "test/unit/netlogon/pam_list.so"
TEMPORARY = {"pop3": b"-ERR [SYS/TEMP]", "imap": b"a NO [UNAVAILABLE]", "submission": b"454 4.7.0"}
CONFIG = "auth.failures_max = 1000;\nfront.connections_per_address_max = 1000;\n"


def make_certificates(folder, name="127.0.0.1"):
    """An authority of its own, and a server's certificate by it."""
    folder.mkdir(parents=True, exist_ok=True)

    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", "/CN=Test CA",
            "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-addext", "basicConstraints=critical,CA:TRUE")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", folder / "server.key", "-out", folder / "server.csr")
    alt = f"IP:{name}" if name[0].isdigit() else f"DNS:{name}"
    (folder / "ext").write_text(f"subjectAltName={alt}\n")
    openssl("x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-CAcreateserial", "-days", "30",
            "-extfile", folder / "ext", "-out", folder / "server.pem")
    return folder / "server.pem", folder / "server.key"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificates(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def slapds(tmp_path, certificate):
    made = []

    def make(count=1, **options):
        for _ in range(count):
            made.append(LdapServer(tmp_path / f"ldap{len(made)}", PEOPLE, **{"certificate": certificate, **options}).start())
        return made

    yield make
    for s in made:
        if s.process is not None:
            s.thaw()
        s.stop()


def trust(server, file, name="ca.pem"):
    target = server.data / "netlogon" / name
    shutil.copy(file, target)
    target.chmod(0o644)
    return name


def set_ldap(server, servers, *more, urls=None):
    server.bourse("domain", "set", "CORP", "--backend", "ldap", "--controllers", " ".join(urls or [s.url for s in servers]),
                  "--bind-dn", SEARCHER, "--base", BASE, "--password-stdin", *more, stdin=SEARCHER_PASSWORD + "\n")


@pytest.fixture
def corp(new_server):
    """A server with the domain CORP beside DOM, and accounts for some of the people."""
    def make(servers=None, *more, config=CONFIG, **options):
        server = new_server(config=config)
        server.add_domain()
        server.add_person("local")
        server.add_domain("CORP", "corp.example")
        for name in ("alice", "bob", "carol", "locked"):
            server.bourse("account", "add", f"CORP\\{name}", "--no-password")
            server.add_mailbox(name, f"CORP\\{name}", f"{name}@corp.example")
        server.start()
        if servers:
            set_ldap(server, servers, *(more or ("--no-starttls",)), **options)
        return server

    return make


def last_word(server, service, name, password):
    """What the server says at the end of a logon."""
    with Wire(server, service) as w:
        w.line() if service != "submission" else w.reply()
        if service == "pop3":
            w.ask(b"USER " + name.encode())
            return w.ask(b"PASS " + password.encode())
        if service == "imap":
            quoted = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
            return w.send(f'a LOGIN {quoted} "{password}"\r\n'.encode()).until(b"a ")[-1]
        w.send(b"EHLO x\r\n")
        w.reply()
        return w.send(b"AUTH PLAIN " + base64.b64encode(f"\0{name}\0{password}".encode()) + b"\r\n").reply()[-1]


def all_at_once(what, rows):
    with concurrent.futures.ThreadPoolExecutor(len(rows)) as pool:
        return list(pool.map(lambda row: what(*row), rows))


def works(server, name="CORP\\alice", password="alice's word"):
    return last_word(server, "pop3", name, password).startswith(b"+OK")


def is_temporary(server, service="pop3", name="CORP\\alice", password="alice's word"):
    return last_word(server, service, name, password).startswith(TEMPORARY[service])


def rows(server):
    return {row["controller"]: row for row in server.status()["controllers"]}


def state_becomes(server, controller, state):
    return eventually(lambda: rows(server).get(controller, {}).get("state") == state)


def test_right_wrong_and_unknown(slapds, corp):
    [ldap] = slapds()
    server = corp([ldap])
    state_becomes(server, ldap.url, "answers")
    assert server.pop3("CORP\\alice", "alice's word").stat() is not None
    assert server.imap("alice@corp.example", "alice's word").select("INBOX")[0] == "OK"
    with server.smtp("submission") as c:
        c.login("CORP\\bob", "bob's word")
    assert works(server, "DOM\\local", "correct horse battery")
    wrong = [("CORP\\alice", "wrong"), ("CORP\\alice", "bob's word"), ("CORP\\nobody", "wrong"), ("CORP\\newcomer", "wrong"),
             ("CORP\\newcomer", "newcomer's word"), ("CORP\\locked", "locked's word"), ("CORP\\locked", "wrong")]

    def refusal(service, name, password):
        began = time.monotonic()
        said = last_word(server, service, name, password)
        # However soon the controller knows that there is no such account: not before the other answer.
        assert time.monotonic() - began >= 0.49  # the server's clock counts whole milliseconds
        return said

    for service in TEMPORARY:
        said = set(all_at_once(lambda name, password: refusal(service, name, password), wrong))
        assert len(said) == 1 and b"wrong" in next(iter(said)), said
    # Right at the controller, but the account is not let in; that may be said.
    assert b"must be changed" in last_word(server, "pop3", "CORP\\carol", "carol's word")
    assert b"wrong" in last_word(server, "pop3", "CORP\\carol", "wrong")
    server.bourse("account", "set", "CORP\\bob", "--disabled")
    assert b"disabled" in last_word(server, "pop3", "CORP\\bob", "bob's word")
    log = server.log()
    assert "Invalid credentials" in log and "there is no account" in log
    assert "word" not in [part for line in log.splitlines() for part in line.split("=")[1:]]
    for secret in ("alice's word", "bob's word", SEARCHER_PASSWORD):
        assert secret not in log and secret not in server.bourse("domain", "show", "CORP").stdout
    assert b"search for me" not in (server.data / "bourse.conf").read_bytes()


def test_names_that_are_filters(slapds, corp):
    [ldap] = slapds()
    server = corp([ldap], "--no-starttls", "--make-accounts")
    names = ("*", "ali*", "alice)(uid=*", "*)(uid=alice", "alice\\2a", "al\u200bice", "uid=alice,dc=corp", "x" * 300)
    said = all_at_once(lambda name: last_word(server, "pop3", f"{name}@corp.example", "alice's word"), [(name,) for name in names])
    assert all(s.startswith(b"-ERR") for s in said), said
    assert works(server)
    listed = {row["name"] for row in server.json("account", "list")["rows"]}
    assert listed == {"DOM\\local", "CORP\\alice", "CORP\\bob", "CORP\\carol", "CORP\\locked"}
    # An empty password binds as nobody, which LDAP calls a success.
    with Wire(server, "imap") as w:
        w.line()
        assert b"a NO" in w.send(b'a LOGIN "CORP\\\\alice" ""\r\n').until(b"a ")[-1]


def test_the_first_controller_stops(slapds, corp):
    first, second = slapds(2)
    server = corp([first, second])
    state_becomes(server, first.url, "answers")
    state_becomes(server, second.url, "answers")
    assert works(server)
    first.stop()
    assert works(server) and works(server, "CORP\\bob", "bob's word")
    assert b"wrong" in last_word(server, "pop3", "CORP\\alice", "wrong")
    state_becomes(server, first.url, "does not answer")
    row = rows(server)[first.url]
    assert row["why"] and row["failing_since"].endswith("Z") and row["last_failure"].endswith("Z") and row["last_success"].endswith("Z")
    eventually(lambda: f"domain=CORP controller={first.url}" in server.log() and " 2040 " in server.log())
    first.start()
    state_becomes(server, first.url, "answers")
    eventually(lambda: " 2041 " in server.log())
    second.stop()
    assert works(server)


def test_all_controllers_stop(slapds, corp):
    """Nobody's word is no verdict: temporary, for every name, and no guess that counts; and no password is remembered."""
    first, second = slapds(2)
    server = corp([first, second], config=CONFIG.replace("failures_max = 1000", "failures_max = 2"))
    assert works(server)
    first.stop()
    second.stop()
    for service in TEMPORARY:
        for name, password in (("CORP\\alice", "alice's word"), ("CORP\\alice", "wrong"), ("CORP\\nobody", "x")):
            assert is_temporary(server, service, name, password), (service, name)
    eventually(lambda: " 2042 " in server.log())
    assert works(server, "DOM\\local", "correct horse battery")
    state_becomes(server, second.url, "does not answer")
    doctor = server.json("doctor", "logon", "CORP\\alice", check=False)
    step = next(row for row in doctor["rows"] if row["ok"] == "no")
    assert first.url in step["detail"] and "does not answer since 20" in step["detail"] and step["mend"] == "bourse status", doctor
    shown = server.bourse("status").stdout
    assert first.url in shown and "does not answer" in shown
    second.start()
    # Nine refusals and more, had they counted, would keep her out now.
    assert works(server)


def test_a_controller_hangs(slapds, corp):
    """It takes connections and says nothing: each question goes on to the next one, and others are not held up."""
    first, second = slapds(2)
    server = corp([first, second], "--no-starttls", "--timeout", "1")
    state_becomes(server, first.url, "answers")
    first.freeze()
    assert works(server)
    state_becomes(server, first.url, "does not answer")
    assert rows(server)[first.url]["why"]
    for _ in range(5):
        assert works(server, "CORP\\bob", "bob's word")
    first.thaw()
    state_becomes(server, first.url, "answers")


def test_starttls_and_whom_to_believe(slapds, corp, certificate, tmp_path):
    [ldap] = slapds()
    server = corp()
    set_ldap(server, [ldap])  # StartTLS, as nothing else is said, and the system's authorities
    state_becomes(server, ldap.url, "does not answer")
    assert is_temporary(server)
    other = make_certificates(tmp_path / "other")
    set_ldap(server, [ldap], "--ca-file", trust(server, other[0].parent / "ca.pem", "other.pem"))
    assert is_temporary(server)
    set_ldap(server, [ldap], "--ca-file", trust(server, certificate[0].parent / "ca.pem"))
    state_becomes(server, ldap.url, "answers")
    assert works(server)
    set_ldap(server, [ldap], urls=[ldap.tls_url])
    assert works(server)
    assert b"wrong" in last_word(server, "pop3", "CORP\\alice", "wrong")
    # The certificate is for 127.0.0.1, and this is another name of it.
    set_ldap(server, [ldap], urls=[f"ldaps://localhost:{ldap.tls_port}"])
    assert is_temporary(server)
    set_ldap(server, [ldap], "--ca-file", "none.pem")
    eventually(lambda: is_temporary(server) and "none.pem" in rows(server)[ldap.url]["why"])


def test_wrong_settings(slapds, corp):
    """What can be seen at once is refused when it is set; the rest is in the status."""
    [ldap] = slapds()
    server = corp()
    done = server.bourse("domain", "set", "CORP", "--backend", "ldap", "--controllers", "dc1", "--base", BASE, check=False)
    assert done.returncode == 1 and "ldap://" in done.stderr
    set_ldap(server, [ldap], "--no-starttls")
    server.bourse("domain", "set", "CORP", "--base", "dc=other")
    # A look at the controller that goes well comes in between and takes the reason away: asked again, it is there again.
    eventually(lambda: is_temporary(server) and "dc=other" in rows(server)[ldap.url]["why"])
    server.bourse("domain", "set", "CORP", "--base", BASE, "--password-stdin", stdin="not it\n")
    eventually(lambda: is_temporary(server) and "cannot log on to search" in rows(server)[ldap.url]["why"])
    server.bourse("domain", "set", "CORP", "--password-stdin", stdin=SEARCHER_PASSWORD + "\n")
    assert works(server)
    server.bourse("domain", "set", "CORP", "--filter", "(|(uid=%u)(uid=bob))")
    assert b"wrong" in last_word(server, "pop3", "CORP\\alice", "alice's word")
    eventually(lambda: "more than one entry" in server.log())
    # A name made from a template, without a search.
    server.bourse("domain", "set", "CORP", "--bind-dn", "", "--base", "", "--filter", "", "--user-dn", f"uid=%u,{BASE}")
    assert works(server)
    assert b"wrong" in last_word(server, "pop3", "CORP\\alice", "wrong")
    assert b"wrong" in last_word(server, "pop3", "CORP\\nobody", "wrong")
    # And back: the account has no password here.
    server.bourse("domain", "set", "CORP", "--backend", "local")
    assert b"wrong" in last_word(server, "pop3", "CORP\\alice", "alice's word")
    assert eventually(lambda: rows(server) == {})


def test_accounts_are_made(slapds, corp):
    [ldap] = slapds()
    server = corp([ldap], "--no-starttls", "--make-accounts", "--make-mailboxes")
    assert b"wrong" in last_word(server, "pop3", "CORP\\newcomer", "wrong")
    assert "CORP\\newcomer" not in server.bourse("account", "list").stdout
    answers = all_at_once(lambda name: last_word(server, "imap", name, "newcomer's word"), [("newcomer@corp.example",)] * 3)
    assert all(b"a OK" in a for a in answers), answers
    shown = {row["property"]: row["value"] for row in server.json("account", "show", "CORP\\newcomer")["rows"]}
    assert shown["full-name"] == "New Comer" and shown["secret"] == "none"
    eventually(lambda: server.log().count(" 2044 ") >= 1)
    server.send("newcomer@corp.example")
    assert server.pop3("CORP\\newcomer", "newcomer's word").stat()[0] == 1
    done = server.bourse("account", "password", "CORP\\newcomer", "--password-stdin", stdin="x\n", check=False)
    assert done.returncode == 1 and "ldap checks them" in done.stderr


def test_doctor_asks_the_controller(slapds, corp):
    [ldap] = slapds()
    server = corp([ldap])

    def failed(password):
        answer = server.json("doctor", "logon", "CORP\\alice", "--password-stdin", stdin=password + "\n", check=False)
        return next((row for row in answer["rows"] if row["ok"] == "no"), None)

    assert failed("alice's word") is None
    assert "Invalid credentials" in failed("wrong")["detail"]
    ldap.stop()
    step = failed("alice's word")
    assert ldap.url in step["detail"] and step["mend"] == "bourse status"


def test_netlogon_dies(slapds, corp):
    """Whoever asks just then is asked for again."""
    [ldap] = slapds()
    server = corp([ldap])
    state_becomes(server, ldap.url, "answers")
    for _ in range(3):
        for pid in server.role_pids("netlogon"):
            os.kill(pid, 9)
        assert works(server)
    for pid in server.role_pids("directory"):
        os.kill(pid, 9)
    assert eventually(lambda: works(server))


@pytest.fixture
def pam(corp):
    """A server whose domain CORP asks the service "mail" of its own folder."""
    def make(seconds, more=""):
        server = corp()
        folder = server.data / "netlogon"
        shutil.copy(MODULE, folder / "pam_list.so")
        (folder / "pam_list.so").chmod(0o755)
        (folder / "people").write_text("alice:alice's word:\nbob:bob's word:expired\ncarol:carol's word:change\nlocked:locked's word:denied\n" + more)
        (folder / "people").chmod(0o644)
        (folder / "pam.d").mkdir(mode=0o755)
        lines = {"mail": f"{folder}/pam_list.so {folder}/people", "permit": "pam_permit.so", "deny": "pam_deny.so"}
        for name, line in lines.items():
            (folder / "pam.d" / name).write_text(f"auth required {line}\naccount required {line}\n")
        # The folder is the role's alone, and the module is found by its name from there.
        folder.chmod(0o755)
        server.data.chmod(0o755)
        server.bourse("domain", "set", "CORP", "--backend", "pam", "--service", "mail", "--timeout", seconds)
        return server

    return make


def test_pam(pam):
    server = pam("30")
    assert works(server)
    for name, password in [("alice", "wrong"), ("nobody", "wrong"), ("bob", "wrong"), ("carol", "")]:
        assert b"wrong" in last_word(server, "pop3", f"CORP\\{name}", password or "x")
    assert b"expired" in last_word(server, "pop3", "CORP\\bob", "bob's word")
    assert b"must be changed" in last_word(server, "pop3", "CORP\\carol", "carol's word")
    assert b"disabled" in last_word(server, "pop3", "CORP\\locked", "locked's word")
    server.bourse("domain", "set", "CORP", "--service", "permit")
    assert works(server, password="anything")
    server.bourse("domain", "set", "CORP", "--service", "deny")
    assert b"wrong" in last_word(server, "pop3", "CORP\\alice", "alice's word")
    server.bourse("domain", "set", "CORP", "--service", "no-such-service")
    eventually(lambda: is_temporary(server) and "no-such-service" in rows(server)["pam:no-such-service"]["why"])


def test_a_module_hangs(pam, slapds):
    """It never returns: its questions end in time, its domain holds its own threads only, all others log on."""
    [ldap] = slapds()
    server = pam("2")
    server.add_domain("TWO", "two.example")
    server.bourse("account", "add", "TWO\\alice", "--no-password")
    server.add_mailbox("alice2", "TWO\\alice", "alice@two.example")
    server.bourse("domain", "set", "TWO", "--backend", "ldap", "--controllers", ldap.url, "--no-starttls", "--bind-dn", SEARCHER, "--base", BASE,
                  "--password-stdin", stdin=SEARCHER_PASSWORD + "\n")
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(last_word(server, "pop3", "CORP\\alice", "hang"))) for _ in range(30)]
    for t in threads:
        t.start()
    for _ in range(5):
        assert works(server, "TWO\\alice\\alice2", "alice's word")
        assert works(server, "DOM\\local", "correct horse battery")
    for t in threads:
        t.join()
    assert all(a.startswith(TEMPORARY["pop3"]) for a in answers), answers
    row = rows(server)["pam:mail"]
    assert row["state"] == "does not answer" and 0 < row["running"] <= 6, row
    # The threads that hang end with the process.
    assert server.stop() == 0
