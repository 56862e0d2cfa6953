"""What a server's processes hold in memory: their share (PSS) of the pages that belong to no file, and what the kernel keeps for
them. Pages of files, which are programs' and libraries' for the most part, are left out: when any other process on the machine
that has the same library ends, everybody's share of it grows, by megabytes, and none of it is a session's.

The kernel's part is counted object by object (tasks, stacks, page tables, mappings, sockets, files, epoll entries), each at
the size that /proc/slabinfo gives: unlike the totals of /proc/meminfo that does not move with what else the machine does, and
holds the server's end of a connection only. Buffers are empty in a session at rest."""
import contextlib
import os
import pathlib

# Octets of an object where /proc/slabinfo cannot be read; x86-64, Linux 6.
SIZES = {"TCP": 2368, "UNIX": 1152, "sock_inode_cache": 832, "filp": 192, "dentry": 192, "eventpoll_epi": 128, "eventpoll_pwq": 64,
         "task_struct": 6000, "signal_cache": 1152, "sighand_cache": 2112, "files_cache": 704, "mm_struct": 1200, "vm_area_struct": 192}
STACK = 16384


def sizes():
    found = dict(SIZES)
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/slabinfo").read_text().splitlines()[2:]:
            words = line.split()
            if words[0] in found:
                found[words[0]] = int(words[3])
    return found


def pss_kib(pids):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1])
    return total


def process_octets(pid, size):
    status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    threads = int(status["Threads"])
    octets = threads * (STACK + size["task_struct"]) + int(status.get("VmPTE", "0 kB").split()[0]) * 1024
    octets += sum(size[name] for name in ("signal_cache", "sighand_cache", "files_cache", "mm_struct"))
    with open(f"/proc/{pid}/maps", "rb") as f:
        return octets + sum(1 for _ in f) * size["vm_area_struct"]


def file_octets(pid, size, unix, seen):
    """Of what its descriptors stand for; a socket that several processes hold is counted once."""
    octets = 0
    for fd in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            octets += 8  # its place in the process's table
            if target == "anon_inode:[eventpoll]":
                text = pathlib.Path(f"/proc/{pid}/fdinfo/{fd}").read_text()
                octets += text.count("tfd:") * (size["eventpoll_epi"] + size["eventpoll_pwq"])
            if target in seen:
                continue
            if target.startswith(("socket:", "pipe:")):
                seen.add(target)
                octets += size["dentry"]
            octets += size["filp"]
            if target.startswith("socket:"):
                octets += size["sock_inode_cache"] + size["UNIX" if target[8:-1] in unix else "TCP"]
    return octets


def kernel_kib(pids):
    size, seen, octets = sizes(), set(), 0
    unix = {line.split()[6] for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]}
    for pid in pids:
        with contextlib.suppress(OSError):
            octets += process_octets(pid, size) + file_octets(pid, size, unix, seen)
    return octets / 1024


def total_kib(pids):
    return pss_kib(pids) + kernel_kib(pids)
