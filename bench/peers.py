"""The servers that are measured: Bourse from this tree, and the peers from Debian, each in a private root, with a
configuration, ports and a data folder of their own and the durability they ship with."""
import contextlib
import imaplib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).absolute().parents[1]
PASSWORD = "correct-horse-battery"
DRAIN_BOXES = 16
SCRAM_ITERATIONS = 15000  # what Bourse ships
INDEX_SECONDS = 120  # for an index of words over 1,000 messages


def users(boxes):
    """u0 and on take deliveries; box is the large mailbox."""
    return [f"u{i}" for i in range(boxes)] + [f"p{i}" for i in range(DRAIN_BOXES)] + ["box", "drain", "crowd"]


def packages(root):
    """What packages.txt has for one private root; packages that exclude each other never meet."""
    lines = (TOP / "packages.txt").read_text().splitlines()
    return [line.split()[1] for line in lines if line.startswith(f"bench-{root} ")]


def say(text):
    print(text, file=sys.stderr, flush=True)


def is_free(port):
    with contextlib.closing(socket.socket()) as s, contextlib.suppress(OSError):
        s.bind(("127.0.0.1", port))
        return True
    return False


def free_port(held=[19000 + os.getpid() % 300 * 20]):
    """A port no server of this run has. As root the network is this run's own, and all are free."""
    while True:
        held[0] += 1
        if is_free(held[0]):
            return held[0]


def free_base():
    """For a server whose ports are fixed numbers above a base."""
    base = 30000 + os.getpid() % 300 * 100
    while not all(is_free(base + port) for port in (24, 25, 110, 143, 443, 465, 587, 993, 995)):
        base += 1
    return base


def wait_for_port(port, process, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        if process.poll() is not None:
            raise RuntimeError(f"it ended with status {process.returncode}")
        time.sleep(0.1)
    raise RuntimeError(f"nothing listens on port {port} after {seconds} s")


def descendants(pid):
    """Pids of a process and everything below it."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found = [pid]
    for p in found:
        found += children.get(p, [])
    return found


def processor_seconds(pid):
    """Of a process and everything below it, those included that have ended; a process that a root's chroot started is below it too."""
    ticks = 0
    for p in descendants(pid):
        with contextlib.suppress(OSError, IndexError):
            ticks += sum(map(int, pathlib.Path(f"/proc/{p}/stat").read_text().rsplit(")", 1)[1].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Root:
    """A Debian of the peers' own: / of this machine below, everything written kept in a folder. Needs root and overlayfs."""

    def __init__(self, name, folder, data):
        self.packages, self.folder, self.data = packages(name), folder / name, data
        self.path = self.folder / "root"

    def open(self):
        for part in ("upper", "work", "root"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.mount("-t", "overlay", "overlay", "-o",
                   f"lowerdir=/,upperdir={self.folder}/upper,workdir={self.folder}/work", self.path)
        self.mount("-t", "proc", "proc", self.path / "proc")
        self.mount("--rbind", "/dev", self.path / "dev")
        marker = self.folder / "installed"
        if not marker.exists() or marker.read_text().split() != self.packages:
            self.install()
        inside = self.path / str(self.data).lstrip("/")
        inside.mkdir(parents=True, exist_ok=True)
        self.mount("--bind", self.data, inside)
        return self

    def mount(self, *args):
        subprocess.run(["mount", *args], check=True)

    def install(self):
        say(f"installing into a private root: {' '.join(self.packages)}")
        deny = self.path / "usr/sbin/policy-rc.d"
        deny.write_text("#!/bin/sh\nexit 101\n")  # no service is started
        deny.chmod(0o755)
        log = self.folder / "install.log"
        with open(log, "wb") as out:
            for command in (["apt-get", "update", "-qq"],
                            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *self.packages]):
                self.run(*command, stdout=out, stderr=out, env=dict(os.environ, DEBIAN_FRONTEND="noninteractive"))
        (self.folder / "installed").write_text(" ".join(self.packages))

    def run(self, *command, **more):
        return subprocess.run(["chroot", self.path, *map(str, command)], check=True, **more)

    def spawn(self, log, *command):
        return subprocess.Popen(["chroot", self.path, *map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


class Peer:
    name = "?"
    title = "?"
    way = "smtp"  # how mail is brought where that is not the question
    reads = True  # has POP3 and IMAP
    root_name = ""  # the private root it is in
    durable = "?"  # what stands on the disk when it says 250
    address = "@example.org"

    def __init__(self, bench):
        self.bench, self.process = bench, None
        self.data = bench.data / self.name
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o755)
        self.log = open(self.data / "log", "ab")
        self.ports = {service: free_port() for service in (self.way, "imap", "imaps", "pop3", "other")}

    def start(self):
        """Its data folder may be there already, from a run that was broken off."""
        self.configure()
        self.begin()
        marker = self.data / "populated"
        if not marker.exists():
            self.populate()
            marker.touch()

    def populate(self):
        pass

    def begin(self):
        self.process = self.spawn()
        try:
            wait_for_port(self.ports[self.way], self.process)
        except RuntimeError as e:
            said = (self.data / "log").read_text(errors="replace").strip().splitlines()
            raise RuntimeError(f"{e}; it said: {' / '.join(said[-3:])}") from None

    def lay_down(self, user, first, count):
        """Messages first and on into a mailbox, the fastest way that leaves what deliveries would leave."""
        self.bench.tool("smtp_load", self.ports[self.way], user + self.address, 32, count, 4096, "--json", "--first", first,
                        *(["--lmtp"] if self.way == "lmtp" else []))

    def settle(self):
        """Waits until work that it does after it has said 250 is done."""

    def index_on(self, user):
        """Gives it its own index of words, made for this user; in effect when this returns."""

    def index_off(self):
        """Back to what it ships."""

    def mechanisms_on(self):
        """Each of rows.MECHANISMS is offered, and user_for has what it needs; in effect when this returns."""

    def user_for(self, mechanism):
        """Who logs on by that mechanism."""
        return "crowd"

    def folders(self):
        """Where its mail is, its queue included."""
        return [self.data]

    def pids(self):
        return descendants(self.process.pid)

    def configure(self):
        pass

    def is_drained(self):
        """Nothing that was acknowledged is still on its way to its mailbox."""
        return True

    def octets_written(self):
        """What its processes had the file system write; the file system's own journal is not among it."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                total += int(re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M).group(1))
        return total

    def kill(self):
        """As a power cut ends it, but for what the kernel still holds."""
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.wait_until_gone()

    def stop(self):
        if self.process and self.process.poll() is None:
            below = descendants(self.process.pid)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            for pid in below:  # a master may go before its children
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGTERM)

    def wait_until_gone(self):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(("127.0.0.1", self.ports[self.way]))
                return
            time.sleep(0.02)

    def restart(self):
        self.stop()
        self.wait_until_gone()
        self.begin()

    def credentials(self, user):
        return f"{user} {PASSWORD}"

    def write(self, name, text, mode=0o644):
        path = self.data / name
        path.write_text(text)
        path.chmod(mode)
        return path

    def folder(self, name, owner, mode=0o755):
        path = self.data / name
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        self.root.run("chown", owner, path)
        return path


INDEX_TAIL = 256  # SEARCH_TAIL of src/store/search.h


class Bourse(Peer):
    name, title = "bourse", "Bourse"
    durable = "message, UID and mailbox entry in one journal record, fdatasync; several deliveries may share one"
    challenges = False

    def configure(self):
        self.options = (TOP / "src/config/options.tbl").read_text()
        self.base = free_base()
        self.ports = {"smtp": self.base + 25, "imap": self.base + 143, "imaps": self.base + 993, "pop3": self.base + 110}
        if "OPTION(listen, lmtp," in self.options:
            self.ports["lmtp"] = self.base + 24
        self.write_conf("")

    def write_conf(self, more):
        lmtp = 'listen.lmtp = "127.0.0.1:24";' if "lmtp" in self.ports else ""
        self.write("bourse.conf", f"""listen.addresses = ["127.0.0.1"];
auth.plaintext_without_tls = loopback;
auth.challenge_without_tls = loopback;
auth.scram_iterations = {SCRAM_ITERATIONS};
auth.ntlm = on;
front.connections_per_address_max = 100000;
account.sessions_max = 100000;
auth.account_logons_max = 0;
auth.source_logons_max = 0;
quota.warning_octets = 0;
quota.send_octets = 0;
quota.receive_octets = 0;
tls.certificate = "{self.bench.certificate}";
tls.key = "{self.bench.key}";
{lmtp}
{more}
""")

    def settle(self):
        """Until its index of words, which is made beside other work, has what came in; the last few messages never wait there."""
        end = time.monotonic() + min(self.bench.fill_seconds, 300)
        can_tell = 'COMMAND("search", "status"' in (TOP / "src/ctl/command.tbl").read_text()
        while can_tell and time.monotonic() < end:
            rows = json.loads(self.ask("search", "status", "--json"))["rows"]
            if not any(row["working"] or row["waiting"] >= INDEX_TAIL for row in rows):
                return
            time.sleep(0.2)

    def mechanisms_on(self):
        if self.challenges:
            return
        self.ask("account", "set", "DOM\\crowd", "--ntlm")
        self.ask("account", "password", "DOM\\crowd", "--password-stdin", stdin=PASSWORD + "\n")  # of which the NT hash is made
        self.challenges = True

    def words_off(self):
        if "OPTION(search, index," in self.options:
            self.write_conf("search.index = off;")
            self.ask("reload")

    def words_on(self):
        self.write_conf("")
        self.ask("reload")

    def begin(self):
        said = (self.data / "log").stat().st_size
        super().begin()
        end = time.monotonic() + 600
        while b"ready" not in (self.data / "log").read_bytes()[said:]:
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended with status {self.process.returncode}")
            if time.monotonic() > end:
                raise RuntimeError("it is not ready after 600 s")
            time.sleep(0.01)

    def spawn(self):
        build = self.bench.build
        return subprocess.Popen([build / "src/boursed/boursed", "--data", self.data, "--base-port", str(self.base)],
                                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def populate(self):
        self.ask("domain", "add", "DOM", "--mail", "example.org")
        for user in self.bench.users:
            self.ask("account", "add", f"DOM\\{user}", "--full-name", user, "--password-stdin", stdin=PASSWORD + "\n")
            self.ask("mailbox", "add", user, "--account", f"DOM\\{user}", "--address", user + self.address)

    def ask(self, *args, stdin=None):
        done = subprocess.run([self.bench.build / "src/ctl/bourse", "--data", self.data, *args], input=stdin,
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"bourse {' '.join(args)}: {done.stdout}{done.stderr}")
        return done.stdout


class Dovecot(Peer):
    name, title, way, location = "dovecot", "Dovecot maildir", "lmtp", "maildir"
    root_name = "a"
    durable = "one file a message, fsync of file and folder (mail_fsync = optimized); its index is not flushed"

    def configure(self):
        self.root = self.bench.root(self.root_name)
        mail = self.folder("mail", "mail:mail")
        secrets = dict.fromkeys(self.bench.users, self.bench.password_hash)
        # It keeps one secret of an account, so that each mechanism has an account of its own.
        secrets |= {self.user_for(name): "{" + name + "}" + kept
                    for name, kept in self.bench.tool("logon_load", "keys", SCRAM_ITERATIONS, PASSWORD).items() if name != "NTLM"}
        self.write("users", "".join(f"{u}:{s}:8:8::{mail}/{u}::\n" for u, s in secrets.items()))
        p = self.ports
        self.write("dovecot.conf", f"""
protocols = imap pop3 lmtp
listen = 127.0.0.1
base_dir = {self.data}/run
state_dir = {self.data}/state
log_path = {self.data}/dovecot.log
instance_name = bench-{self.name}
ssl = yes
ssl_cert = <{self.bench.certificate}
ssl_key = <{self.bench.key}
disable_plaintext_auth = no
auth_mechanisms = plain login scram-sha-1 scram-sha-256
first_valid_uid = 1
mail_location = {self.location}:{mail}/%n
mail_max_userip_connections = 10000
default_client_limit = 10000
default_process_limit = 3000
passdb {{
  driver = passwd-file
  args = scheme=ARGON2ID username_format=%n {self.data}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%n {self.data}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {p["imap"]}
  }}
  inet_listener imaps {{
    port = {p["imaps"]}
    ssl = yes
  }}
  process_limit = 3000
}}
service imap {{
  process_limit = 3000
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {p["pop3"]}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {p["lmtp"]}
  }}
}}
""")

    def spawn(self):
        return self.root.spawn(self.log, "dovecot", "-F", "-c", self.data / "dovecot.conf")

    def user_for(self, mechanism):
        return "crowd" if mechanism in ("PLAIN", "LOGIN") else "crowd-" + mechanism.lower()

    def doveadm(self, *args):
        self.root.run("doveadm", "-c", self.data / "dovecot.conf", *args, stdout=self.log, stderr=self.log)

    def lay_down(self, user, first, count):
        """Files as LMTP leaves them, but in cur; the first SELECT takes them into the index."""
        self.doveadm("mailbox", "status", "-u", user, "messages", "INBOX")
        self.bench.tool_quietly("mail_files", "maildir", self.data / "mail" / user / "cur", first, count, 4096)
        self.root.run("chown", "-R", "mail:mail", self.data / "mail" / user)
        self.doveadm("mailbox", "status", "-u", user, "messages", "INBOX")


class DovecotSdbox(Dovecot):
    name, title, location = "dovecot-sdbox", "Dovecot sdbox", "sdbox"
    durable = "one file a message and the mailbox index, fsync (mail_fsync = optimized)"

    def lay_down(self, user, first, count):
        """Its own import, without flushes: how it got there is not measured."""
        source = self.data / "import"
        shutil.rmtree(source, ignore_errors=True)
        for part in ("cur", "new", "tmp"):
            (source / part).mkdir(parents=True)
        self.bench.tool_quietly("mail_files", "maildir", source / "cur", first, count, 4096)
        self.root.run("chown", "-R", "mail:mail", source)
        self.doveadm("-o", "mail_fsync=never", "import", "-u", user, f"maildir:{source}", "", "mailbox", "INBOX")
        shutil.rmtree(source)


class Postfix(Peer):
    """Postfix in front of the Dovecot that keeps maildirs; counted when the mail is in the maildir."""
    name, title, reads = "postfix", "Postfix+Dovecot", False
    root_name = "a"
    durable = "250: the queue file, fsync; counted when it is in Dovecot's maildir"

    def configure(self):
        self.root = self.bench.root(self.root_name)
        self.behind = self.bench.peer("dovecot")
        self.folder("conf", "root:root")
        self.folder("queue", "root:root")
        self.folder("lib", "postfix:root")
        self.write("conf/main.cf", f"""
compatibility_level = 3.6
queue_directory = {self.data}/queue
data_directory = {self.data}/lib
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.example.org
mydestination =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtputf8_enable = no
virtual_mailbox_domains = example.org
virtual_transport = lmtp:inet:127.0.0.1:{self.behind.ports["lmtp"]}
""")
        shipped = (self.root.path / "usr/share/postfix/master.cf.dist").read_text().splitlines()
        rows = []
        for line in shipped:
            words = line.split()
            if len(words) >= 8 and not line.startswith(("#", " ")):
                if words[:2] == ["smtp", "inet"]:
                    words[0] = f"127.0.0.1:{self.ports['smtp']}"
                words[4] = "n"
                line = " ".join(words)
            rows.append(line)
        self.write("conf/master.cf", "\n".join(rows) + "\n")

    def spawn(self):
        return self.root.spawn(self.log, "postfix", "-c", self.data / "conf", "start-fg")

    def folders(self):
        return [self.data, self.behind.data]

    def pids(self):
        return super().pids() + self.behind.pids()

    def is_drained(self):
        queue = self.data / "queue"
        return not any(files for part in ("maildrop", "incoming", "active", "deferred")
                       for _, _, files in os.walk(queue / part))


class OpenSmtpd(Peer):
    """OpenSMTPD with its own maildir delivery; counted when the mail is in the maildir."""
    name, title, reads = "opensmtpd", "OpenSMTPD", False
    root_name = "b"
    durable = "250: the queue file, fsync; counted when it is in the maildir, which is written without a flush"

    def configure(self):
        self.root = self.bench.root(self.root_name)
        self.folder("mail", "mail:mail")
        spool = self.folder("spool", "root:root", 0o711)
        where = self.root.path / "var/spool/smtpd"  # compiled into it
        where.mkdir(parents=True, exist_ok=True)
        self.root.mount("--bind", spool, where)
        self.write("smtpd.conf", f"""
smtp limit max-mails 1000000000
listen on 127.0.0.1 port {self.ports["smtp"]} hostname mail.example.org
action "deliver" maildir "{self.data}/mail/%{{rcpt.user}}" virtual {{ "@example.org" = mail }}
match from any for domain "example.org" action "deliver"
""")

    def spawn(self):
        return self.root.spawn(self.log, "smtpd", "-d", "-f", self.data / "smtpd.conf")

    def is_drained(self):
        return not any(files for _, _, files in os.walk(self.data / "spool/queue"))


class Cyrus(Peer):
    name, title, way = "cyrus", "Cyrus", "lmtp"
    root_name = "b"
    durable = "message file, cache and index records of the mailbox, fsync each; conversations and databases as shipped"

    extra = ""

    def configure(self):
        self.root = self.bench.root(self.root_name)
        for part in ("db", "socket", "proc", "log", "msg", "lock", "spool", "sasl"):
            self.folder("lib/" + part, "cyrus:mail")
        self.folder("lib", "cyrus:mail")
        bin_ = "/usr/lib/cyrus/bin/"
        conf = self.write("imapd.conf", f"""configdirectory: {self.data}/lib
defaultpartition: default
partition-default: {self.data}/lib/spool
servername: mail.example.org
defaultdomain: example.org
unixhierarchysep: yes
altnamespace: yes
admins: cyrus
allowplaintext: yes
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {self.data}/lib/sasl/mux
tls_server_cert: {self.bench.certificate}
tls_server_key: {self.bench.key}
{self.extra}""")
        p = self.ports
        self.write("cyrus.conf", f"""START {{
  recover cmd="{bin_}ctl_cyrusdb -C {conf} -r"
  idled cmd="{bin_}idled -C {conf}"
}}
SERVICES {{
  imap cmd="{bin_}imapd -C {conf} -U 30" listen="127.0.0.1:{p["imap"]}" prefork=0 maxchild=3000
  imaps cmd="{bin_}imapd -C {conf} -s -U 30" listen="127.0.0.1:{p["imaps"]}" prefork=0 maxchild=3000
  pop3 cmd="{bin_}pop3d -C {conf} -U 30" listen="127.0.0.1:{p["pop3"]}" prefork=0 maxchild=50
  lmtp cmd="{bin_}lmtpd -C {conf} -a" listen="127.0.0.1:{p["lmtp"]}" prefork=0 maxchild=100
}}
""")
        self.root.run("chown", "-R", "cyrus:mail", self.data / "lib")

    def spawn(self):
        return self.root.spawn(self.log, "/usr/lib/cyrus/bin/master", "-C", self.data / "imapd.conf", "-M",
                               self.data / "cyrus.conf", "-p", self.data / "pid")

    def begin(self):
        """Its passwords are checked by a helper of ours: the hash is the one that all servers have."""
        self.checker = subprocess.Popen([self.bench.build / "bench/password_check", self.data / "lib/sasl/mux", self.bench.hash])
        super().begin()

    def stop(self):
        super().stop()
        self.checker.kill()
        self.checker.wait()

    def kill(self):
        super().kill()
        self.checker.kill()
        self.checker.wait()

    def pids(self):
        return super().pids() + [self.checker.pid]

    def populate(self):
        with imaplib.IMAP4("127.0.0.1", self.ports["imap"]) as c:
            c.login("cyrus", PASSWORD)
            for user in self.bench.users:
                status, rows = c.create("user/" + user)
                if status != "OK":
                    raise RuntimeError(f"CREATE: {rows}")

    def as_cyrus(self, program, *args, seconds=600):
        """What it says. It and all it has started are killed when the time is over."""
        command = ["chroot", "--userspec=cyrus:mail", self.root.path, "/usr/lib/cyrus/bin/" + program, "-C", self.data / "imapd.conf",
                   *args]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, start_new_session=True)
        try:
            said, complained = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise RuntimeError(f"its {program} had not ended after {seconds} s and was killed") from None
        if process.returncode != 0:
            raise RuntimeError(f"{program}: {complained[-300:]}")
        return said

    def index_on(self, user):
        self.folder("lib/search", "cyrus:mail")
        self.extra = f"""conversations: on
search_engine: xapian
defaultsearchtier: t1
t1searchpartition-default: {self.data}/lib/search
search_fuzzy_always: on
search_batchsize: 1000
"""
        self.configure()
        self.restart()
        self.as_cyrus("ctl_conversationsdb", "-b", user)
        self.as_cyrus("squatter", "user/" + user, seconds=INDEX_SECONDS)

    def index_off(self):
        self.extra = ""
        self.configure()
        self.restart()
        shutil.rmtree(self.data / "lib/search", ignore_errors=True)

    def lay_down(self, user, first, count):
        """Files by UID, then its own reconstruct, which parses them into cache and index."""
        folder = self.as_cyrus("mbpath", "user/" + user).strip()
        self.bench.tool_quietly("mail_files", "cyrus", folder, first, count, 4096)
        self.root.run("chown", "-R", "cyrus:mail", folder)
        self.as_cyrus("reconstruct", "user/" + user)


class Machine(Peer):
    """The machine's limit: a bare event loop that does what each row asks of a server, and no more (bare.c)."""
    name, title = "machine", "machine"
    durable = "the message, appended; one fdatasync for all that came in together"
    pop3_messages = 1000  # in everybody's mailbox; another number needs a restart

    def spawn(self):
        p = self.ports
        p["lmtp"] = p["smtp"]
        return subprocess.Popen([self.bench.build / "bench/bare", str(p["smtp"]), str(p["pop3"]), str(p["imap"]),
                                 self.data / "received", str(self.pop3_messages)],
                                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)


ALL = [Bourse, Dovecot, DovecotSdbox, Postfix, OpenSmtpd, Cyrus, Machine]
TITLES = {kind.name: kind.title for kind in ALL}
