"""The servers that are measured: Bourse from this tree, and the peers from Debian, each in a private root, with a
configuration, ports and a data folder of their own and the durability they ship with."""
import contextlib
import imaplib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).absolute().parents[1]
PASSWORD = "correct-horse-battery"
DELIVERY_BOXES, DRAIN_BOXES = 100, 16
USERS = [f"u{i}" for i in range(DELIVERY_BOXES)] + [f"p{i}" for i in range(DRAIN_BOXES)] + ["box", "drain", "crowd"]
ROOTS = {  # one overlay over this machine's / each: packages that exclude each other never meet
    "a": ["postfix", "dovecot-core", "dovecot-imapd", "dovecot-pop3d", "dovecot-lmtpd"],
    "b": ["opensmtpd", "cyrus-imapd", "cyrus-pop3d", "cyrus-common", "sasl2-bin"],
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def free_port(held=[23000]):
    while True:
        held[0] += 1
        with contextlib.closing(socket.socket()) as s:
            with contextlib.suppress(OSError):
                s.bind(("127.0.0.1", held[0]))
                return held[0]


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


class Root:
    """A Debian of the peers' own: / of this machine below, everything written kept in a folder. Needs root and overlayfs."""

    def __init__(self, name, folder, data):
        self.packages, self.folder, self.data = ROOTS[name], folder / name, data
        self.path = self.folder / "root"

    def open(self):
        for part in ("upper", "work", "root"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.mount("-t", "overlay", "overlay", "-o",
                   f"lowerdir=/,upperdir={self.folder}/upper,workdir={self.folder}/work", self.path)
        self.mount("-t", "proc", "proc", self.path / "proc")
        self.mount("--rbind", "/dev", self.path / "dev")
        if not (self.folder / "installed").exists():
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
        (self.folder / "installed").touch()

    def run(self, *command, **more):
        return subprocess.run(["chroot", self.path, *map(str, command)], check=True, **more)

    def spawn(self, log, *command):
        return subprocess.Popen(["chroot", self.path, *map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


class Peer:
    name = "?"
    lmtp = False  # mail is brought by LMTP, not SMTP
    reads = True  # has POP3 and IMAP
    address = "@example.org"
    unlike = ""  # why its logons are not compared

    def __init__(self, bench):
        self.bench, self.process = bench, None
        self.data = bench.data / self.name
        self.data.mkdir(parents=True)
        self.data.chmod(0o755)
        self.log = open(self.data / "log", "ab")
        self.ports = {service: free_port() for service in ("mail", "imap", "imaps", "pop3", "other")}

    def start(self):
        self.configure()
        self.begin()

    def begin(self):
        self.process = self.spawn()
        try:
            wait_for_port(self.ports["mail"], self.process)
        except RuntimeError as e:
            said = (self.data / "log").read_text(errors="replace").strip().splitlines()
            raise RuntimeError(f"{e}; it said: {' / '.join(said[-3:])}") from None

    def configure(self):
        pass

    def is_drained(self):
        """Nothing that was acknowledged is still on its way to its mailbox."""
        return True

    def pss_kib(self):
        total = 0
        for pid in descendants(self.process.pid):
            with contextlib.suppress(OSError):
                for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
        return total

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

    def restart(self):
        self.stop()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.socket() as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(("127.0.0.1", self.ports["mail"]))
                break
            time.sleep(0.1)
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


class Bourse(Peer):
    name = "bourse"

    def configure(self):
        base = free_port()
        self.ports = {"mail": base + 25, "imap": base + 143, "imaps": base + 993, "pop3": base + 110}
        self.base = base
        self.write("bourse.conf", f"""listen.addresses = ["127.0.0.1"];
auth.plaintext_without_tls = loopback;
front.connections_per_address_max = 100000;
tls.certificate = "{self.bench.certificate}";
tls.key = "{self.bench.key}";
""")

    def begin(self):
        said = (self.data / "log").stat().st_size
        super().begin()
        end = time.monotonic() + 60
        while b"ready" not in (self.data / "log").read_bytes()[said:]:
            if time.monotonic() > end:
                raise RuntimeError("it is not ready after 60 s")
            time.sleep(0.1)

    def spawn(self):
        build = self.bench.build
        return subprocess.Popen([build / "src/boursed/boursed", "--data", self.data, "--base-port", str(self.base)],
                                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def start(self):
        super().start()
        self.ask("domain", "add", "DOM", "--mail", "example.org")
        for user in USERS:
            self.ask("account", "add", f"DOM\\{user}", "--full-name", user, "--password-stdin", stdin=PASSWORD + "\n")
            self.ask("mailbox", "add", user, "--account", f"DOM\\{user}", "--address", user + self.address)

    def ask(self, *args, stdin=None):
        done = subprocess.run([self.bench.build / "src/ctl/bourse", "--data", self.data, *args], input=stdin,
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"bourse {' '.join(args)}: {done.stdout}{done.stderr}")


class Dovecot(Peer):
    name, lmtp, location = "dovecot", True, "maildir"

    def configure(self):
        self.root = self.bench.root("a")
        mail = self.folder("mail", "mail:mail")
        self.write("users", "".join(f"{u}:{self.bench.password_hash}:8:8::{mail}/{u}::\n" for u in USERS))
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
    port = {p["mail"]}
  }}
}}
""")

    def spawn(self):
        return self.root.spawn(self.log, "dovecot", "-F", "-c", self.data / "dovecot.conf")


class DovecotSdbox(Dovecot):
    name, location = "dovecot-sdbox", "sdbox"


class Postfix(Peer):
    """Postfix in front of the Dovecot that keeps maildirs; counted when the mail is in the maildir."""
    name, reads = "postfix", False

    def configure(self):
        self.root = self.bench.root("a")
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
virtual_transport = lmtp:inet:127.0.0.1:{self.bench.peer("dovecot").ports["mail"]}
""")
        shipped = (self.root.path / "usr/share/postfix/master.cf.dist").read_text().splitlines()
        rows = []
        for line in shipped:
            words = line.split()
            if len(words) >= 8 and not line.startswith(("#", " ")):
                if words[:2] == ["smtp", "inet"]:
                    words[0] = f"127.0.0.1:{self.ports['mail']}"
                words[4] = "n"
                line = " ".join(words)
            rows.append(line)
        self.write("conf/master.cf", "\n".join(rows) + "\n")

    def spawn(self):
        return self.root.spawn(self.log, "postfix", "-c", self.data / "conf", "start-fg")

    def is_drained(self):
        queue = self.data / "queue"
        return not any(files for part in ("maildrop", "incoming", "active", "deferred")
                       for _, _, files in os.walk(queue / part))


class OpenSmtpd(Peer):
    """OpenSMTPD with its own maildir delivery; counted when the mail is in the maildir."""
    name, reads = "opensmtpd", False

    def configure(self):
        self.root = self.bench.root("b")
        self.folder("mail", "mail:mail")
        spool = self.folder("spool", "root:root", 0o711)
        where = self.root.path / "var/spool/smtpd"  # compiled into it
        where.mkdir(parents=True, exist_ok=True)
        self.root.mount("--bind", spool, where)
        self.write("smtpd.conf", f"""
smtp limit max-mails 1000000000
listen on 127.0.0.1 port {self.ports["mail"]} hostname mail.example.org
action "deliver" maildir "{self.data}/mail/%{{rcpt.user}}" virtual {{ "@example.org" = mail }}
match from any for domain "example.org" action "deliver"
""")

    def spawn(self):
        return self.root.spawn(self.log, "smtpd", "-d", "-f", self.data / "smtpd.conf")

    def is_drained(self):
        return not any(files for _, _, files in os.walk(self.data / "spool/queue"))


class Cyrus(Peer):
    name, lmtp = "cyrus", True
    unlike = "it compares passwords in the clear"

    def configure(self):
        self.root = self.bench.root("b")
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
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {self.data}/lib/sasl/sasldb2
tls_server_cert: {self.bench.certificate}
tls_server_key: {self.bench.key}
""")
        p = self.ports
        self.write("cyrus.conf", f"""START {{
  recover cmd="{bin_}ctl_cyrusdb -C {conf} -r"
  idled cmd="{bin_}idled -C {conf}"
}}
SERVICES {{
  imap cmd="{bin_}imapd -C {conf} -U 30" listen="127.0.0.1:{p["imap"]}" prefork=0 maxchild=3000
  imaps cmd="{bin_}imapd -C {conf} -s -U 30" listen="127.0.0.1:{p["imaps"]}" prefork=0 maxchild=3000
  pop3 cmd="{bin_}pop3d -C {conf} -U 30" listen="127.0.0.1:{p["pop3"]}" prefork=0 maxchild=50
  lmtp cmd="{bin_}lmtpd -C {conf} -a" listen="127.0.0.1:{p["mail"]}" prefork=0 maxchild=100
}}
""")
        for user in USERS + ["cyrus"]:
            self.root.run("saslpasswd2", "-p", "-c", "-f", self.data / "lib/sasl/sasldb2", "-u", "mail.example.org", user,
                          input=PASSWORD.encode(), stdout=subprocess.DEVNULL)
        self.root.run("chown", "-R", "cyrus:mail", self.data / "lib")

    def spawn(self):
        return self.root.spawn(self.log, "/usr/lib/cyrus/bin/master", "-C", self.data / "imapd.conf", "-M",
                               self.data / "cyrus.conf", "-p", self.data / "pid")

    def start(self):
        super().start()
        with imaplib.IMAP4("127.0.0.1", self.ports["imap"]) as c:
            c.login("cyrus", PASSWORD)
            for user in USERS:
                status, rows = c.create("user/" + user)
                if status != "OK":
                    raise RuntimeError(f"CREATE: {rows}")


class Bare:
    """The machine's limit of a delivery: a receiver that only appends and flushes in groups."""
    name, lmtp, address, reads = "machine", False, "@example.org", False

    def __init__(self, bench):
        self.bench, self.ports, self.process = bench, {"mail": free_port()}, None

    def start(self):
        self.process = subprocess.Popen([self.bench.build / "bench/limits", "receiver", str(self.ports["mail"]),
                                         self.bench.data / "received"], stdout=subprocess.DEVNULL)
        wait_for_port(self.ports["mail"], self.process)

    def is_drained(self):
        return True

    def stop(self):
        if self.process:
            self.process.kill()


ALL = [Bourse, Dovecot, DovecotSdbox, Postfix, OpenSmtpd, Cyrus]
