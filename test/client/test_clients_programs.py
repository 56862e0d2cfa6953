"""curl, swaks, fetchmail, mbsync and mutt, as people have them from Debian."""
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from server import PASSWORD, Wire, eventually, without_trace

NAMES = ["alice", "DOM\\alice", "DOM/alice", "DOM\\alice\\alice", "DOM/alice/alice", "alice@example.org"]


def need(program):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*args, stdin=None, good=True, seconds=180, **options):
    done = subprocess.run([str(arg) for arg in args], input=stdin, capture_output=True, text=True, timeout=seconds, **options)
    if good:
        assert done.returncode == 0, f"{args}: exit {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def clear(server, name="alice"):
    c = server.pop3(name)
    for number in range(1, c.stat()[0] + 1):
        c.dele(number)
    c.quit()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder of the test's own: no client shall read the settings of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


# ---- curl ----

CURL_WAYS = {"plain": ([], False), "starttls": (["--ssl-reqd", "--insecure"], False), "implicit": (["--insecure"], True)}


@need("curl")
@pytest.mark.parametrize("way", CURL_WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_curl(server, home, way, name):
    options, implicit = CURL_WAYS[way]
    clear(server)

    def curl(service, path="", *more, **how):
        scheme = {"submission": "smtp", "submissions": "smtps"}.get(service, service)
        return run("curl", "-sS", *options, f"{scheme}://127.0.0.1:{server.port(service)}/{path}", "-u", f"{name}:{PASSWORD}", *more, **how)

    text = "From: alice@example.org\r\nTo: alice@example.org\r\nSubject: by curl\r\n\r\none\r\n.two\r\n"
    mail = home / "mail.txt"
    mail.write_bytes(text.encode())
    curl("submissions" if implicit else "submission", "client.example", "--mail-from", "alice@example.org", "--mail-rcpt",
         "alice@example.org", "-T", mail)
    pop3, imap = ("pop3s", "imaps") if implicit else ("pop3", "imap")
    assert re.fullmatch(r"1 \d+\s*", curl(pop3).stdout)
    assert "\none\n.two\n" in curl(pop3, "1").stdout.replace("\r\n", "\n")
    assert "INBOX" in curl(imap).stdout
    assert "\none\n.two\n" in curl(imap, "INBOX;MAILINDEX=1").stdout.replace("\r\n", "\n")
    assert re.search(r"SEARCH 1\b", curl(imap, "INBOX?SUBJECT%20curl").stdout)
    curl(imap, "INBOX", "-T", mail)
    assert re.search(r"MESSAGES 2", curl(imap, "", "-X", "STATUS INBOX (MESSAGES)").stdout)


@need("curl")
def test_curl_trusts_the_certificate(server, home):
    """With the server's own certificate as the one to trust, no --insecure is needed."""
    certificate = server.data / "tls/self-signed.pem"
    host = server.status()["host"]
    for scheme, service, more in (("pop3s", "pop3s", []), ("imaps", "imaps", []), ("pop3", "pop3", ["--ssl-reqd"]), ("imap", "imap", ["--ssl-reqd"]),
                                  ("smtps", "submissions", ["-X", "NOOP"]), ("smtp", "submission", ["--ssl-reqd", "-X", "NOOP"])):
        port = server.port(service)
        done = run("curl", "-sS", "--cacert", certificate, "--resolve", f"{host}:{port}:127.0.0.1", *more,
                   f"{scheme}://{host}:{port}", "-u", f"alice:{PASSWORD}", good=False)
        assert done.returncode == 0, (service, done.stderr)
        done = run("curl", "-sS", *more, f"{scheme}://127.0.0.1:{port}", "-u", f"alice:{PASSWORD}", good=False)
        assert done.returncode == 60, "curl must not have trusted it without being told so"


@need("curl")
def test_curl_wrong_password(server, home):
    for scheme, service in (("pop3", "pop3"), ("imap", "imap"), ("smtp", "submission")):
        done = run("curl", "-sS", f"{scheme}://127.0.0.1:{server.port(service)}/", "-u", "alice:wrong", good=False)
        assert done.returncode == 67, done


# ---- swaks ----

def swaks_has_tls():
    done = subprocess.run(["swaks", "--support"], capture_output=True, text=True)
    return re.search(r"^\*\*\* TLS not available", done.stdout + done.stderr, re.M) is None


SWAKS_WAYS = {"plain": ("submission", []), "starttls": ("submission", ["--tls"]), "implicit": ("submissions", ["--tls-on-connect"])}


@need("swaks")
@pytest.mark.parametrize("way", SWAKS_WAYS)
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
@pytest.mark.parametrize("name", ["alice", "DOM\\alice\\alice", "DOM/alice", "alice@example.org"])
def test_swaks(server, home, way, mechanism, name):
    if way != "plain" and not swaks_has_tls():
        pytest.skip("swaks has no TLS here: libnet-ssleay-perl is missing")
    clear(server, "bob")
    service, options = SWAKS_WAYS[way]
    run("swaks", "--server", "127.0.0.1", "--port", server.port(service), *options, "--auth", mechanism, "--auth-user", name,
        "--auth-password", PASSWORD, "--from", "alice@example.org", "--to", "bob@example.org", "--header", "Subject: by swaks", "--body", "x")
    found = server.pop3_all("bob")
    assert len(found) == 1 and b"Subject: by swaks" in found[0]


@need("swaks")
def test_swaks_pipelines(server, home):
    clear(server, "bob")
    run("swaks", "--server", "127.0.0.1", "--port", server.port("smtp"), "--pipeline", "--from", "x@elsewhere.org",
        "--to", "alice@example.org,bob@example.org", "--body", "pipelined")
    assert b"pipelined" in server.pop3_all("bob")[-1]


@need("swaks")
def test_swaks_is_no_relay(server, home):
    done = run("swaks", "--server", "127.0.0.1", "--port", server.port("smtp"), "--from", "x@elsewhere.org", "--to", "y@elsewhere.org", good=False)
    assert done.returncode == 24 and "550 5.7.1" in done.stdout, done.stdout
    done = run("swaks", "--server", "127.0.0.1", "--port", server.port("submission"), "--from", "x@elsewhere.org", "--to", "alice@example.org", good=False)
    assert done.returncode != 0 and "530 5.7.0" in done.stdout


# ---- fetchmail ----

def fetchmail_rc(server, home, name, protocol, way, keep=True):
    rc = home / "fetchmailrc"
    service = {"pop3": "pop3", "imap": "imap"}[protocol] + ("s" if way == "implicit" else "")
    ssl = {"plain": "sslproto ''", "starttls": "sslproto TLS1.2+ no sslcertck", "implicit": "ssl no sslcertck"}[way]
    user = name.replace("\\", "\\\\")
    kept = "keep" if keep else "no keep"
    rc.write_text(f'poll localhost via 127.0.0.1 protocol {protocol} port {server.port(service)} {"uidl" if protocol == "pop3" else ""}\n'
                  f'  user "{user}" password "{PASSWORD}" {ssl} {kept} fetchall mda "cat >> {home}/out"\n'.replace(
                      " fetchall", "" if keep else " fetchall"))
    rc.chmod(0o600)
    return rc


def fetchmail(rc, home, *more):
    """1: there was nothing to fetch."""
    done = run("fetchmail", "-f", rc, "--idfile", home / "ids", "--pidfile", home / "pid", "--nodetach", "--nosyslog", "-v", *more, good=False)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-2000:]
    return done.returncode == 0


@need("fetchmail")
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("name", ["alice", "DOM\\alice", "DOM\\alice\\alice", "DOM/alice/alice", "alice@example.org"])
def test_fetchmail_keeps(server, home, way, name):
    """UIDs last: what was fetched once is not fetched again."""
    clear(server)
    for number in range(3):
        server.send("alice@example.org", subject=f"to fetch {number}")
    rc = fetchmail_rc(server, home, name, "pop3", way)
    assert fetchmail(rc, home)
    assert (home / "out").read_text().count("Subject: to fetch") == 3
    assert not fetchmail(rc, home)
    server.send("alice@example.org", subject="to fetch 4")
    assert fetchmail(rc, home)
    assert (home / "out").read_text().count("Subject: to fetch") == 4


@need("fetchmail")
def test_fetchmail_after_a_restart(new_server, home):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    s.start()
    for number in range(3):
        s.send("alice@example.org", subject=f"to fetch {number}")
    rc = fetchmail_rc(s, home, "DOM\\alice\\alice", "pop3", "plain")
    assert fetchmail(rc, home)
    s.stop()
    s.start()
    assert not fetchmail(rc, home)
    s.kill_all()
    s.start()
    assert not fetchmail(rc, home)
    s.bourse("rebuild")
    assert not fetchmail(rc, home)
    assert (home / "out").read_text().count("Subject: to fetch") == 3


@need("fetchmail")
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("protocol", ["pop3", "imap"])
def test_fetchmail_takes_away(server, home, protocol, way):
    clear(server)
    for number in range(3):
        server.send("alice@example.org", "body\r\n.\r\nafter the dot", subject=f"to take {number}")
    rc = fetchmail_rc(server, home, "DOM\\alice\\alice", protocol, way, keep=False)
    assert fetchmail(rc, home)
    text = (home / "out").read_text()
    assert text.count("Subject: to take") == 3 and text.count("after the dot") == 3
    c = server.pop3("alice")
    assert c.stat()[0] == 0
    c.quit()


# ---- mbsync ----

def mbsync(server, home, name="DOM\\\\alice\\\\alice", way="plain"):
    box = home / "mail"
    box.mkdir(exist_ok=True)
    service = "imaps" if way == "implicit" else "imap"
    ssl = {"plain": "None", "starttls": "STARTTLS", "implicit": "IMAPS"}[way]
    rc = home / "mbsyncrc"
    rc.write_text(f"""IMAPAccount bourse
Host localhost
Tunnel ""
Port {server.port(service)}
User "{name}"
Pass "{PASSWORD}"
SSLType {ssl}
CertificateFile {server.data}/tls/self-signed.pem
AuthMechs *

IMAPStore far
Account bourse

MaildirStore near
Path {box}/
Inbox {box}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
""".replace('Tunnel ""\n', ""))
    rc.chmod(0o600)
    run("mbsync", "-c", rc, "-a", "-V")
    return box


def near_files(box, folder="INBOX"):
    return sorted(p for sub in ("cur", "new") for p in (box / folder / sub).iterdir())


def near_subjects(box, folder="INBOX"):
    return sorted(re.search(rb"^Subject: (.*?)\r?$", p.read_bytes(), re.M).group(1).decode() for p in near_files(box, folder))


def far_subjects(server, folder="INBOX"):
    return sorted(re.search(rb"^Subject: (.*?)\r?$", octets, re.M).group(1).decode() for octets in server.imap_all("alice", folder))


@pytest.fixture
def own(new_server):
    s = new_server(config="server.host_name = localhost;\n")
    s.add_domain()
    s.add_person("alice")
    return s.start()


@need("mbsync")
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
def test_mbsync_both_ways(own, home, way):
    for number in range(5):
        own.send("alice@example.org", subject=f"far {number}")
    box = mbsync(own, home, way=way)
    assert near_subjects(box) == [f"far {number}" for number in range(5)]
    # New here, a flag here, gone here; new there, a flag there, gone there.
    (box / "INBOX/new/1700000000.1_1.here").write_bytes(b"From: me@here\nSubject: near 0\nMessage-Id: <near0@here>\n\nfrom here\n")
    by_subject = {re.search(rb"Subject: (.*)", p.read_bytes()).group(1).strip().decode(): p for p in near_files(box)}
    by_subject["far 1"].unlink()
    flagged = by_subject["far 2"]
    flagged.rename(box / "INBOX/cur" / (flagged.name.split(":")[0] + ":2,FS"))
    c = own.imap("alice")
    c.select()
    number = {subject: c.search(None, "SUBJECT", f'"{subject}"')[1][0] for subject in ("far 3", "far 4")}
    c.store(number["far 3"].decode(), "+FLAGS", "\\Answered")
    c.store(number["far 4"].decode(), "+FLAGS", "\\Deleted")
    c.expunge()
    c.create('"Far only/Below"')
    c.append('"Far only/Below"', "\\Seen", None, b"Subject: below\r\n\r\nx\r\n")
    c.logout()
    own.send("alice@example.org", subject="far 5")
    (box / "Near only").mkdir()
    for sub in ("cur", "new", "tmp"):
        (box / "Near only" / sub).mkdir()
    (box / "Near only/cur/1700000001.1_1.here:2,S").write_bytes(b"Subject: mine\n\nmine\n")
    for _ in range(2):
        mbsync(own, home, way=way)
    expected = ["far 0", "far 2", "far 3", "far 5", "near 0"]
    assert near_subjects(box) == expected
    assert far_subjects(own) == expected
    assert near_subjects(box, "Far only/Below") == ["below"]
    assert far_subjects(own, "Near only") == ["mine"]
    c = own.imap("alice")
    c.select()
    assert c.search(None, "FLAGGED", "SEEN")[1] == c.search(None, "SUBJECT", '"far 2"')[1] != [b""]
    c.logout()
    answered = [p for p in near_files(box) if b"far 3" in p.read_bytes()]
    assert "R" in answered[0].name.split(":2,")[1]
    # Nothing is left to do.
    before = [p.name for p in near_files(box)]
    mbsync(own, home, way=way)
    assert [p.name for p in near_files(box)] == before
    assert far_subjects(own) == expected


@need("mbsync")
@pytest.mark.parametrize("name", ["alice", "DOM\\\\alice", "DOM/alice", "DOM/alice/alice", "alice@example.org"])
def test_mbsync_names(own, home, name):
    own.send("alice@example.org", subject="x")
    assert near_subjects(mbsync(own, home, name)) == ["x"]


@need("mbsync")
def test_mbsync_after_kill_and_rebuild(own, home):
    """UIDs and UIDVALIDITY last: nothing is copied a second time."""
    for number in range(20):
        own.send("alice@example.org", subject=f"m {number:02}")
    box = mbsync(own, home)
    own.kill_all()
    own.start()
    own.bourse("rebuild")
    before = [p.name for p in near_files(box)]
    mbsync(own, home)
    assert [p.name for p in near_files(box)] == before and len(before) == 20
    assert len(far_subjects(own)) == 20


# ---- mutt ----

MUTT = """set folder="{folder}"
set spoolfile="+INBOX"
set imap_user="{name}"
set imap_pass="{password}"
set smtp_url="{smtp}"
set smtp_pass="{password}"
set from="alice@example.org"
set realname="Alice"
set ssl_starttls={starttls}
set ssl_force_tls={force}
set ssl_verify_host=no
set ssl_verify_dates=no
set certificate_file="{certificate}"
set header_cache=""
set record=""
set copy=no
set sleep_time=0
set timeout=5
set quit=yes
set move=no
set wait_key=no
set confirmcreate=no
set confirmappend=no
set delete=yes
set use_domain=no
set hostname="client.example"
"""


def mutt_rc(server, home, name, way):
    from urllib.parse import quote
    (home / "trusted.pem").write_bytes((server.data / "tls/self-signed.pem").read_bytes())
    imap, smtp = ("imaps", "smtps") if way == "implicit" else ("imap", "smtp")
    rc = home / "muttrc"
    rc.write_text(MUTT.format(folder=f"{imap}://127.0.0.1:{server.port(imap)}/", name=name.replace("\\", "\\\\"), password=PASSWORD,
                              smtp=f"{smtp}://{quote(name, safe='')}@127.0.0.1:{server.port('submissions' if way == 'implicit' else 'submission')}/",
                              starttls="no" if way == "plain" else "yes", force="no" if way == "plain" else "yes",
                              certificate=home / "trusted.pem"))
    return rc


def in_terminal(args, env=None, seconds=180):
    """Mutt wants a terminal to read mail in."""
    import pty
    import select
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(args[0], [str(arg) for arg in args])
    out, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        readable, _, _ = select.select([fd], [], [], 0.5)
        if readable:
            try:
                got = os.read(fd, 65536)
            except OSError:
                break
            if not got:
                break
            out += got
    else:
        os.kill(pid, 9)
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), out


@need("mutt")
@pytest.mark.parametrize("way", ["plain", "starttls", "implicit"])
@pytest.mark.parametrize("name", ["alice", "DOM\\alice", "DOM\\alice\\alice", "DOM/alice", "alice@example.org"])
def test_mutt(server, home, way, name):
    """Sends from its command line; reads the folder, saves a message to a file, deletes it."""
    clear(server)
    rc = mutt_rc(server, home, name, way)
    run("mutt", "-n", "-F", rc, "-s", "by mutt", "alice@example.org", stdin="Text of mutt.\n", cwd=home)
    c = server.imap("alice")
    eventually(lambda: c.select()[1] == [b"1"])
    c.logout()
    saved = home / "saved"
    status, out = in_terminal(["mutt", "-n", "-F", rc, "-e", f"push '<copy-message>{saved}<enter><delete-message><sync-mailbox><exit>'"])
    assert status == 0, out[-2000:]
    assert saved.exists(), out[-3000:]
    assert "Text of mutt." in saved.read_text() and "Subject: by mutt" in saved.read_text()
    c = server.pop3("alice")
    assert c.stat()[0] == 0
    c.quit()


@need("mutt")
@pytest.mark.parametrize("way", ["starttls", "implicit"])
def test_mutt_pop3(server, home, way):
    """It takes the best name that is announced, and what fails then fails the logon."""
    clear(server)
    server.send("alice@example.org", "Text for mutt.")
    rc = mutt_rc(server, home, "alice", way)
    service = "pop3s" if way == "implicit" else "pop3"
    rc.write_text(rc.read_text() + f'set pop_user="alice"\nset pop_pass="{PASSWORD}"\nset pop_delete=yes\n'
                  f'set spoolfile="{service[:3]}{service[4:]}://127.0.0.1:{server.port(service)}/"\n')
    saved = home / "saved"
    eventually(lambda: len(server.pop3_all("alice")) == 1)
    status, out = in_terminal(["mutt", "-n", "-F", rc, "-e", f"push '<copy-message>{saved}<enter><exit>'"])
    assert status == 0 and saved.exists() and "Text for mutt." in saved.read_text(), out[-3000:]
