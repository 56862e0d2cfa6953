"""A Windows domain of the test's own: a primary and a backup controller (Samba), a member with winbindd, and Bourse beside it.

Runs inside network and mount namespaces of its own (unshare -mn), where /etc/passwd, /etc/group and /run/samba are its own too; started
by test_samba.py. Each controller has a network namespace. Ends with 0 when all held.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from server import Server, eventually  # noqa: E402

DOMAIN, PASSWORD = "CORP", "The right 1"
CONTROLLERS = {"PDC": "10.9.0.1", "BDC": "10.9.0.2"}
MEMBER = "10.9.0.3"
COMMON = """[global]
workgroup = CORP
netbios name = {name}
private dir = {folder}/private
state directory = {folder}/state
cache directory = {folder}/cache
lock directory = {folder}/lock
pid directory = {folder}/pid
ncalrpc dir = {folder}/ncalrpc
log file = {folder}/log.%m
log level = 1
load printers = no
disable spoolss = yes
bind interfaces only = yes
interfaces = {address}/24
"""
CONTROLLER = """passdb backend = tdbsam:{folder}/private/passdb.tdb
domain logons = yes
server role = {role}
domain master = {master}
preferred master = {master}
os level = 65
"""
FOR_MEMBER = """security = domain
password server = 10.9.0.1 10.9.0.2
idmap config * : backend = tdb
idmap config * : range = 300000-400000
winbind request timeout = 10
winbind reconnect delay = 2
winbind max domain connections = 4
"""


def run(*words, stdin=None, good=True):
    done = subprocess.run([str(w) for w in words], input=stdin, text=True, capture_output=True, timeout=120)
    if good and done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, words))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


class World:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.daemons = {}

    def own_files(self):
        """Users of the domain are users of the machine for its controllers; nobody outside sees them."""
        for name, lines in {"passwd": "".join(f"{u}:x:{n}:{n}::/nonexistent:/bin/false\n" for u, n in
                                              [("alice", 50001), ("bob", 50002), ("off", 50003), ("member$", 50004), ("BDC$", 50005)]),
                            "group": "".join(f"g{n}:x:{n}:\n" for n in range(50001, 50006))}.items():
            own = self.folder / name
            own.write_text(pathlib.Path("/etc", name).read_text().rstrip("\n") + "\n" + lines)
            run("mount", "--bind", own, f"/etc/{name}")
        own = self.folder / "run-samba"
        own.mkdir(mode=0o755)
        pathlib.Path("/run/samba").mkdir(exist_ok=True)
        run("mount", "--bind", own, "/run/samba")
        (self.folder / "netns").mkdir()
        pathlib.Path("/run/netns").mkdir(exist_ok=True)
        run("mount", "--bind", self.folder / "netns", "/run/netns")
        run("mount", "--make-private", "/run/netns")

    def network(self):
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "wire", "type", "bridge")
        run("ip", "link", "set", "wire", "up")
        run("ip", "address", "add", f"{MEMBER}/24", "brd", "+", "dev", "wire")
        for name, address in CONTROLLERS.items():
            run("ip", "netns", "add", name)
            run("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
            run("ip", "link", "set", f"to-{name}", "master", "wire", "up")
            run("ip", "-n", name, "link", "set", "lo", "up")
            run("ip", "-n", name, "address", "add", f"{address}/24", "brd", "+", "dev", "eth0")
            run("ip", "-n", name, "link", "set", "eth0", "up")

    def configure(self, name, address, more):
        folder = self.folder / name
        for part in ("private", "state", "cache", "lock", "pid", "ncalrpc"):
            (folder / part).mkdir(parents=True)
        text = COMMON.format(name=name, folder=folder, address=address) + more.format(folder=folder)
        (folder / "smb.conf").write_text(text)
        return folder / "smb.conf"

    def daemon(self, where, *words):
        command = (["ip", "netns", "exec", where] if where else []) + [str(w) for w in words]
        # A controller knows its accounts itself; asking the member's winbindd, which asks it, would never end.
        environment = dict(os.environ, _NO_WINBINDD="1") if where else None
        with open(self.folder / f"{where}-{pathlib.Path(words[0]).name}.out", "ab") as out:
            self.daemons.setdefault(where, []).append(
                subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True, env=environment))

    def start_controller(self, name):
        for program in ("nmbd", "smbd"):
            self.daemon(name, program, "--foreground", "--no-process-group", "-s", self.folder / name / "smb.conf")

    def stop(self, where):
        for process in self.daemons.pop(where, []):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def begin(self):
        self.own_files()
        self.network()
        pdc = self.configure("PDC", CONTROLLERS["PDC"], CONTROLLER.replace("{role}", "classic primary domain controller").replace("{master}", "yes"))
        bdc = self.configure("BDC", CONTROLLERS["BDC"], CONTROLLER.replace("{role}", "classic backup domain controller").replace("{master}", "no"))
        for user in ("root", "alice", "bob", "off"):
            run("pdbedit", "-s", pdc, "-a", "-t", "-u", user, stdin=f"{PASSWORD}\n{PASSWORD}\n")
        run("pdbedit", "-s", pdc, "-r", "-u", "off", "-c", "[D          ]")
        run("pdbedit", "-s", pdc, "-a", "-m", "-u", "member$")
        self.start_controller("PDC")
        member = self.configure("member", MEMBER, FOR_MEMBER)
        eventually(lambda: "Joined" in run("net", "rpc", "join", "-s", member, "-S", CONTROLLERS["PDC"], "-U", f"root%{PASSWORD}", good=False), 60, 1)
        # The backup has what the primary had, as replication would have it.
        sid = run("net", "-s", pdc, "getlocalsid").split()[-1]
        run("net", "-s", bdc, "setdomainsid", sid, good=False)
        run("net", "-s", bdc, "setlocalsid", sid)
        shutil.copy(self.folder / "PDC/private/passdb.tdb", self.folder / "BDC/private/passdb.tdb")
        self.start_controller("BDC")
        self.daemon("", "winbindd", "--foreground", "--no-process-group", "-s", member)
        eventually(lambda: "succeeded" in run("wbinfo", "-t", good=False), 60, 1)
        eventually(lambda: "succeeded" in run("wbinfo", "-a", f"{DOMAIN}\\alice%{PASSWORD}", good=False), 60, 1)

    def end(self):
        for where in list(self.daemons):
            self.stop(where)


def last_word(server, name, password):
    from server import Wire
    with Wire(server, "pop3", seconds=90) as w:
        w.line()
        w.ask(b"USER " + name.encode())
        return w.ask(b"PASS " + password.encode())


def netlogon_gid(server):
    [pid] = server.role_pids("netlogon")
    return os.stat(f"/proc/{pid}").st_gid


def by_ntlm(server, password=PASSWORD):
    """curl's NTLM over each protocol; None where this build's curl has none. What it ends with: 67 and 22 are refusals."""
    if "NTLM" not in run("curl", "--version"):
        return None
    said = {}
    for url, *more in ((f"pop3://127.0.0.1:{server.port('pop3')}/",), (f"imap://127.0.0.1:{server.port('imap')}/INBOX",),
                       (f"smtp://127.0.0.1:{server.port('submission')}/client.example", "-X", "NOOP"),
                       (f"https://127.0.0.1:{server.port('https')}/account", "-fk", "--ntlm")):
        options = [] if url.startswith("https") else ["--login-options", "AUTH=NTLM"]
        done = subprocess.run(["curl", "-sS", "--max-time", "90", *options, "-u", f"{DOMAIN}\\alice:{password}", *more, url],
                              capture_output=True, text=True)
        said[url.split(":")[0]] = done.returncode
        assert done.returncode != 0 or not url.startswith("https") or f"{DOMAIN}\\alice" in done.stdout, done.stdout
    return said


GOOD, WRONG = {"pop3": 0, "imap": 0, "smtp": 0, "https": 0}, {"pop3": 67, "imap": 67, "smtp": 67, "https": 22}


def by_windows(server):
    """All that Windows sends and curl does not, checked with the key of the session that the controller tells: MIC, channel, service."""
    import ntlm
    from test_web_ntlm import Line, next_token, first_token, parts, NTLM
    found = {}
    for name, how, status in (("good", {}, 200), ("mic", {"mic": "wrong"}, 401), ("service", {"service": "HTTP/elsewhere.example"}, 401)):
        with Line(server) as c:
            how = {"service": "HTTP/member.corp.example", "binding": ntlm.binding_of(c.certificate), **how}
            assert c.ask(first_token([NTLM], ntlm.NEGOTIATE), scheme="Negotiate") == 401
            message = ntlm.answer(parts(c.challenge("Negotiate"))[2], "alice", PASSWORD, DOMAIN, **how)
            found[name] = c.ask(next_token(message), scheme="Negotiate")
            assert found[name] == status, (name, found, c.text)
            # The connection stays logged on, and the controllers are not asked again.
            assert c.ask() == status
    return found


def try_all(server):
    for name in ("alice", "bob"):
        said = eventually(lambda: (w := last_word(server, f"{DOMAIN}\\{name}", PASSWORD)).startswith(b"+OK") and w, 90, 1)
        print(name, said.decode(), flush=True)
    for name, password in (("alice", "wrong"), ("nobody", PASSWORD)):
        said = last_word(server, f"{DOMAIN}\\{name}", password)
        print(name, said.decode(), flush=True)
        assert b"wrong" in said, said


def main():
    world = World(sys.argv[1])
    server = None
    try:
        world.begin()
        # Controllers refuse a response that was made for another computer than the member that brings it.
        server = Server(config="auth.failures_max = 1000;\nauth.ntlm = on;\nserver.host_name = \"member.corp.example\";\n")
        server.add_domain()
        server.add_domain(DOMAIN, "corp.example")
        server.start()
        server.bourse("domain", "set", DOMAIN, "--backend", "winbind", "--make-accounts", "--make-mailboxes", "--timeout", "40")
        eventually(lambda: server.status()["controllers"][0]["state"] == "answers", 60, 1)
        try_all(server)
        assert b"disabled" in last_word(server, f"{DOMAIN}\\off", PASSWORD) or b"wrong" in last_word(server, f"{DOMAIN}\\off", PASSWORD)
        # NTLM needs winbindd's privileged socket.
        for folder in world.folder.rglob("winbindd_privileged"):
            os.chown(folder, 0, netlogon_gid(server))
        offers = b"NTLM" in offered(server)
        if offers:
            print("NTLM by curl:", by_ntlm(server), flush=True)
            assert by_ntlm(server) in (None, GOOD)
            assert by_ntlm(server, "wrong") in (None, WRONG)
            print("as Windows does:", by_windows(server), flush=True)
        world.stop("PDC")
        print("the primary controller is stopped", flush=True)
        began = time.monotonic()
        try_all(server)
        print(f"logons went on after {time.monotonic() - began:.1f} s", flush=True)
        if offers:
            said = by_ntlm(server)
            print("NTLM by curl, by the backup:", said, flush=True)
            assert said in (None, GOOD)
            assert by_ntlm(server, "wrong") in (None, WRONG)
            by_windows(server)
        world.stop("BDC")
        said = last_word(server, f"{DOMAIN}\\alice", PASSWORD)
        print("both are stopped:", said.decode(), flush=True)
        assert said.startswith(b"-ERR [SYS/TEMP]"), said
        world.start_controller("BDC")
        try_all(server)
        print("OK", flush=True)
    finally:
        world.end()
        if server is not None:
            print(server.log()[-3000:] if "-v" in sys.argv else "", flush=True)
            server.destroy()


def offered(server):
    from server import Wire
    with Wire(server, "pop3") as w:
        w.line()
        return b" ".join(w.send(b"CAPA\r\n").until(b"."))


main()
