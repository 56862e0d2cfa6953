"""The Debian package in a machine of its own: debootstrap makes it, systemd runs in it, nothing but the package is in it.

Part of ./check --long; needs root and takes some minutes.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

TOP = pathlib.Path(__file__).parents[2]
LONG = os.environ.get("BOURSE_LONG") == "yes"
ROLES = {"bourse-keys", "bourse-mx", "bourse-user", "bourse-parser", "bourse-directory", "bourse-store", "bourse-transport", "bourse-netlogon"}
PORTS = (25, 110, 119, 143, 443, 465, 563, 587, 993, 995)
PASSWORD = "correct horse"
pytestmark = [pytest.mark.skipif(not LONG, reason="only in ./check --long"),
              pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a machine of its own")]


def output(*command, good=True, **more):
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, timeout=900, **more)
    assert not good or done.returncode == 0, f"{command}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout + done.stderr


def eventually(what, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.2)
    return True


class Machine:
    def __init__(self, folder):
        self.root, self.nspawn, self.leader = folder / "root", None, None
        # The mirror, and what says how it is reached, are this system's own.
        mirror = output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()[0]
        mirror = next((m for m in output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()
                       if m.rstrip("/").endswith("/debian")), mirror)
        output("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,curl,iproute2,procps", "bookworm", self.root, mirror)
        for file in pathlib.Path("/etc/apt/apt.conf.d").iterdir():
            if "Proxy" in file.read_text() or "Acquire" in file.read_text():
                shutil.copy(file, self.root / "etc/apt/apt.conf.d")

    def install(self, package):
        """With the machine off; the network is there only then."""
        assert self.nspawn is None
        shutil.copy(package, self.root / "tmp/bourse.deb")
        return self.chroot("apt-get", "install", "-y", "--no-install-recommends", "/tmp/bourse.deb")

    def chroot(self, *words, good=True):
        return output("chroot", self.root, "env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", *words, good=good)

    def boot(self):
        self.nspawn = subprocess.Popen(
            ["systemd-nspawn", "-D", self.root, "--boot", "--private-network", "--register=no", "--keep-unit", "--machine=bourse-test"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1"))
        children = pathlib.Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children")
        eventually(lambda: children.read_text().split())
        self.leader = children.read_text().split()[0]
        eventually(lambda: self.run("systemctl", "is-system-running", good=False).strip() in ("running", "degraded"), 120)

    def run(self, *words, good=True, text=None):
        return output("nsenter", "-t", self.leader, "-a", *words, good=good, input=text)

    def off(self):
        if self.nspawn is None:
            return
        os.kill(int(self.leader), signal.SIGRTMIN + 4)  # systemd: power off
        self.nspawn.wait(60)
        self.nspawn = None

    def is_active(self):
        return self.run("systemctl", "is-active", "bourse", good=False).strip() == "active"

    def listens(self):
        return {int(line.split()[3].rsplit(":", 1)[1]) for line in self.run("ss", "-Hltn").splitlines()}

    def read(self, number=1):
        return self.run("curl", "-sS", "-k", f"pop3s://127.0.0.1/{number}", "-u", f"EXAMPLE\\alice:{PASSWORD}")

    def send(self, text):
        return self.run("curl", "-sS", "smtp://127.0.0.1", "--mail-from", "x@elsewhere.example", "--mail-rcpt", "postmaster@example.org", "-T", "-",
                        text=f"Subject: x\r\n\r\n{text}\r\n")


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deb")
    said = {version: output(TOP / "packaging/build-deb", "--out", folder, "--version", version) for version in ("0.1.0", "0.1.0+next")}
    found = {version: next(folder.glob(f"bourse_{version}_*.deb")) for version in said}
    return found, said


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    m = Machine(tmp_path_factory.mktemp("machine"))
    try:
        yield m
    finally:
        if m.nspawn is not None:
            m.off()
        shutil.rmtree(m.root, ignore_errors=True)


def test_lintian_finds_nothing(packages):
    for said in packages[1].values():
        assert not [line for line in said.splitlines() if line.startswith(("E:", "W:"))], said


def test_life_of_a_package(packages, machine):
    """Installed, set up, used, upgraded, removed, purged; mail outlives all of it."""
    # Installed: the service runs on the real ports, closed to everybody.
    machine.install(packages[0]["0.1.0"])
    machine.boot()
    eventually(machine.is_active)
    assert set(PORTS) <= machine.listens()
    users = set(machine.run("ps", "-eo", "user:32=").split())
    assert ROLES <= users, users
    assert "550" in machine.run("curl", "-sS", "smtp://127.0.0.1", "--mail-from", "", "--mail-rcpt", "a@example.org", "-T", "-", text="x", good=False)
    # Set up: six answers, a restart, mail.
    said = machine.run("bourse", "setup", "--host", "mail.example.org", "--user", "alice", "--password-stdin", text=f"{PASSWORD}\n")
    assert "systemctl restart bourse" in said and "10 mail.example.org." in said
    machine.run("systemctl", "restart", "bourse")
    machine.send("first")
    assert "first" in machine.read()
    assert "mail.example.org" in machine.run("curl", "-sS", "-v", "smtp://127.0.0.1", "-X", "NOOP", good=False)
    machine.run("bourse", "doctor", "ports")
    assert "server is ready" in machine.run("journalctl", "-u", "bourse", "--no-pager")
    machine.run("systemctl", "reload", "bourse")
    assert machine.is_active()
    # systemd may bind the ports instead.
    machine.run("systemctl", "stop", "bourse")
    machine.run("systemctl", "start", "bourse.socket", "bourse.service")
    assert set(PORTS) <= machine.listens() and "first" in machine.read()
    machine.run("systemctl", "stop", "bourse.socket", "bourse.service")
    machine.off()
    # Upgraded, with everything still there.
    machine.install(packages[0]["0.1.0+next"])
    machine.boot()
    eventually(machine.is_active)
    assert "first" in machine.read()
    machine.send("second")
    assert "second" in machine.read(2)
    # Removed while it runs: the service ends, mail and configuration stay.
    machine.run("apt-get", "remove", "-y", "bourse")
    assert not machine.is_active() and not set(PORTS) & machine.listens()
    assert not (machine.root / "usr/sbin/boursed").exists()
    assert (machine.root / "etc/bourse/bourse.conf").exists() and (machine.root / "var/lib/bourse/store").exists()
    # Purged: no configuration is left, mail is, and it is said where.
    assert "/var/lib/bourse" in machine.run("dpkg", "--purge", "bourse")
    assert not (machine.root / "etc/bourse").exists() and (machine.root / "var/lib/bourse/store").exists()
    machine.off()
    # Installed again, it goes on where it was.
    machine.install(packages[0]["0.1.0"])
    machine.boot()
    eventually(machine.is_active)
    assert "second" in machine.read(2)
    machine.off()
