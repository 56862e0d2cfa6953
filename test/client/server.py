"""A Bourse server of the tests' own: a temporary data folder, ports on loopback, the administrator's tool."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BOURSE_BUILD", TOP / "build"))
BOURSED = BUILD / "src/boursed/boursed"
BOURSE = BUILD / "src/ctl/bourse"
CORPUS = TOP.parent / "shared/corpus"
PORTS = {"smtp": 25, "pop3": 110, "imap": 143, "submissions": 465, "submission": 587, "imaps": 993, "pop3s": 995}
PASSWORD = "correct horse battery"


def free_base():
    """A base port with which all seven ports are free now."""
    while True:
        base = random.randrange(20000, 31000)
        with contextlib.ExitStack() as held:
            try:
                for port in PORTS.values():
                    s = held.enter_context(socket.socket())
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.bind(("127.0.0.1", base + port))
                return base
            except OSError:
                continue


class Server:
    def __init__(self, config="", base=None, data=None):
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="bourse-"))
        self.base = base or free_base()
        self.process = None
        self.log_path = self.data.with_name(self.data.name + ".log")
        self.write_config(config)

    def write_config(self, more=""):
        self.data.joinpath("bourse.conf").write_text(
            'listen.addresses = ["127.0.0.1"];\nauth.plaintext_without_tls = loopback;\n'
            "front.mx_processes = 1;\nfront.user_processes = 1;\nparser.processes = 2;\n" + more)

    def port(self, service):
        return self.base + PORTS[service]

    def start(self, seconds=30):
        log = open(self.log_path, "ab")
        self.process = subprocess.Popen([BOURSED, "--data", self.data, "--base-port", str(self.base)],
                                        stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
        log.close()
        line = self.process.stdout.readline()
        if line != b"ready\n":
            raise AssertionError(f"no 'ready' but {line!r}; log:\n{self.log()[-4000:]}")
        return self

    def stop(self, signal_number=signal.SIGTERM, seconds=20):
        if self.process is None:
            return None
        self.process.send_signal(signal_number)
        status = self.process.wait(seconds)
        self.process.stdout.close()
        self.process = None
        return status

    def kill_all(self):
        """kill -9 of every process of the server at once, as a power cut of the machine's memory would."""
        pids = [role["pid"] for role in self.status()["roles"]] + [self.process.pid]
        os.kill(self.process.pid, signal.SIGKILL)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.process = None
        time.sleep(0.1)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def bourse(self, *args, stdin=None, check=True):
        done = subprocess.run([BOURSE, "--data", self.data, *args], input=stdin, capture_output=True, text=True, timeout=120)
        if check and done.returncode != 0:
            raise AssertionError(f"bourse {' '.join(args)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *args, check=True, stdin=None):
        return json.loads(self.bourse(*args, "--json", check=check, stdin=stdin).stdout)

    def status(self):
        return self.json("status")

    def role_pids(self, role):
        return [r["pid"] for r in self.status()["roles"] if r["role"] == role]

    def add_domain(self, name="DOM", mail="example.org"):
        self.bourse("domain", "add", name, "--mail", mail)

    def add_account(self, name, password=PASSWORD, **options):
        args = [f"--{key.replace('_', '-')}" if value is True else f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        self.bourse("account", "add", name, "--full-name", name, *args, "--password-stdin", stdin=password + "\n")

    def add_mailbox(self, alias, account, address, **options):
        args = [f"--{key.replace('_', '-')}={value}" for key, value in options.items()]
        self.bourse("mailbox", "add", alias, "--account", account, "--address", address, *args)

    def add_person(self, name, domain="DOM", mail="example.org"):
        self.add_account(f"{domain}\\{name}")
        self.add_mailbox(name, f"{domain}\\{name}", f"{name}@{mail}")

    def destroy(self):
        with contextlib.suppress(Exception):
            self.stop()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.data, ignore_errors=True)
        self.log_path.unlink(missing_ok=True)
