"""The disk that remembers, the file system on it, and the disk as a power cut leaves it."""
import contextlib
import os
import pathlib
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "client"))
from server import BUILD  # noqa: E402

TOOLS = BUILD / "test/power"
MIB = 1 << 20
# Name: octets (XFS takes no less than 300 MiB, btrfs no less than 109), mkfs, mount options, cuts at the same time. Two
# btrfs with one id cannot be mounted together; XFS can, if told that the id is there already.
FILE_SYSTEMS = {
    "ext4": (96 * MIB, ["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0"], "noatime", 2),
    "xfs": (320 * MIB, ["mkfs.xfs", "-q", "-f"], "noatime,nouuid", 2),
    "btrfs": (256 * MIB, ["mkfs.btrfs", "-q", "-f"], "noatime", 1),
}


def call(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}".strip())
    return done.stdout


def missing(file_system):
    """Why the rig cannot work here; None: it can."""
    import shutil
    if os.geteuid() != 0:
        return "only root can mount"
    if not os.path.exists("/dev/fuse"):
        return "there is no /dev/fuse"
    if not os.path.exists("/dev/loop-control"):
        return "there are no loop devices"
    if shutil.which(FILE_SYSTEMS[file_system][1][0]) is None:
        return f"{FILE_SYSTEMS[file_system][1][0]} is not installed"
    known = pathlib.Path("/proc/filesystems").read_text().split()
    if file_system not in known and subprocess.run(["modprobe", file_system], capture_output=True).returncode != 0:
        return f"this kernel has no {file_system}"
    return None


def gone(*words):
    return subprocess.run([str(w) for w in words], capture_output=True).returncode == 0


def soon(act, seconds):
    """Whether act() worked within the time."""
    end = time.monotonic() + seconds
    while True:
        try:
            act()
            return True
        except RuntimeError:
            if time.monotonic() > end:
                return False
            time.sleep(0.05)


class Recorded:
    """A file system on a recorded disk, mounted at `folder`. Leaves the log behind."""

    def __init__(self, file_system, work):
        self.octets, self.mkfs, self.options, _ = FILE_SYSTEMS[file_system]
        self.file_system = file_system
        self.fuse, self.folder = work / "fuse", work / "recorded"
        self.log, self.count = work / "log", work / "count"
        self.loop = None

    def __enter__(self):
        for path in (self.fuse, self.folder):
            path.mkdir(exist_ok=True)
        self.image = subprocess.Popen([TOOLS / "power_image", self.fuse, str(self.octets), self.log, self.count],
                                      stdout=subprocess.PIPE)
        if self.image.stdout.readline() != b"ready\n":
            raise RuntimeError("power_image does not start")
        self.loop = call("losetup", "--find", "--show", self.fuse / "disk").strip()
        call(*self.mkfs, self.loop)
        call("mount", "-t", self.file_system, "-o", self.options, self.loop, self.folder)
        return self

    def __exit__(self, *_):
        """The log is whole by now: what cannot be unmounted in good order is given up."""
        soon(lambda: call("umount", self.folder), 5) or gone("umount", "-l", self.folder)
        if self.loop:
            gone("losetup", "--detach", self.loop)
        soon(lambda: call("umount", self.fuse), 5) or gone("umount", "-l", self.fuse)
        try:
            self.image.wait(2)
        except subprocess.TimeoutExpired:
            self.image.kill()
            self.image.wait()
        self.image.stdout.close()


class Cutter:
    """Disks after a cut, in ascending positions, mounted at `folder` one at a time."""

    def __init__(self, file_system, work, name):
        octets, _, self.options, _ = FILE_SYSTEMS[file_system]
        self.file_system = file_system
        self.disk, self.folder = work / f"disk-{name}", work / f"cut-{name}"
        self.folder.mkdir(exist_ok=True)
        self.process = subprocess.Popen([TOOLS / "power_cut", work / "log", str(octets), self.disk], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @contextlib.contextmanager
    def cut(self, position, seed):
        """Gives (folder, writes after the flush, kept, torn)."""
        self.process.stdin.write(f"{position} {seed}\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        if not words or words[0] != "ok":
            raise RuntimeError("power_cut has ended")
        call("mount", "-t", self.file_system, "-o", f"loop,{self.options}", self.disk, self.folder)
        try:
            yield (self.folder, *map(int, words[1:]))
        finally:
            if not soon(lambda: call("umount", self.folder), 10):
                gone("umount", "-l", self.folder)
                raise RuntimeError(f"{self.folder} cannot be unmounted")
            if self.file_system == "btrfs":
                gone("btrfs", "device", "scan", "--forget")

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()
        self.disk.unlink(missing_ok=True)
