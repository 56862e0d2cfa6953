"""Secrets lie sealed: what a copy of the data folder shows, what a lost key costs, rekeying, backups with and without the key."""
import os
import poplib
import re

import pytest

from server import PASSWORD, Server, eventually, free_base


def octets_of(folder):
    return b"".join(p.read_bytes() for p in sorted(folder.iterdir()) if p.name.startswith(("journal-", "index")))


def refusal(server, name="alice", password=PASSWORD):
    with pytest.raises(poplib.error_proto) as e:
        server.pop3(name, password)
    return str(e.value)


@pytest.fixture
def server(new_server):
    s = new_server()
    s.add_domain()
    s.add_person("alice")
    return s.start()


def test_nothing_lies_open(server):
    key = server.data / "directory/vault.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.stat().st_uid == (server.data / "directory").stat().st_uid
    server.pop3("alice").quit()
    server.stop()
    stored = octets_of(server.data / "directory")
    assert b"alice" in stored and b"argon2id" not in stored


def test_key_lost_and_found(server):
    key = server.data / "directory/vault.key"
    server.stop()
    away = key.rename(key.with_name("away"))
    server.start()
    # Mail is taken, nobody is told that the password is wrong, whether there is such an account or not.
    server.send("alice@example.org", "while the key was away")
    assert "[SYS/TEMP]" in refusal(server) and "[SYS/TEMP]" in refusal(server, "nobody-here")
    eventually(lambda: re.search(r" 2012 the key .*directory/vault\.key is missing", server.log()))
    assert not key.exists()
    refused = server.bourse("account", "set", "DOM\\alice", "--disabled", check=False)
    assert refused.returncode != 0 and "vault.key" in refused.stderr
    assert "the key is missing" in server.bourse("account", "show", "DOM\\alice").stdout
    assert "vault.key" in server.bourse("doctor", "logon", "alice", check=False).stdout
    away.rename(key)
    server.bourse("reload")
    assert server.pop3("alice").stat()[0] == 1


def test_key_given_up(server):
    key = server.data / "directory/vault.key"
    server.stop()
    key.unlink()
    server.start()
    refused = server.bourse("directory", "rekey", check=False)
    assert refused.returncode != 0 and "--lost" in refused.stderr
    assert server.json("directory", "rekey", "--lost")["without_password"] == 1
    assert "[AUTH]" in refusal(server)
    server.bourse("account", "password", "DOM\\alice", "--password-stdin", stdin="another horse battery\n")
    server.pop3("alice", "another horse battery").quit()


def test_rekey(server, tmp_path):
    key = server.data / "directory/vault.key"
    before = key.read_text()
    server.bourse("backup", str(tmp_path / "backup"))
    assert server.json("directory", "rekey")["keys"] == 2
    assert key.read_text().startswith(before) and key.stat().st_mode & 0o777 == 0o600
    server.pop3("alice").quit()
    server.stop()
    server.start()
    server.pop3("alice").quit()
    assert server.json("directory", "rekey", "--forget")["keys"] == 1
    server.pop3("alice").quit()
    server.stop()
    server.start()
    server.pop3("alice").quit()
    # The backup keeps what the server has dropped.
    assert server.json("backup", str(tmp_path / "backup"))["key"] is True
    kept = (tmp_path / "backup/directory/vault.key").read_text()
    assert set(before.splitlines()) < set(kept.splitlines()) and set(key.read_text().splitlines()) < set(kept.splitlines())


def test_backup(server, tmp_path):
    backup, bare = tmp_path / "backup", tmp_path / "bare"
    assert server.json("backup", str(backup))["key"] is True
    assert (backup / "directory/vault.key").stat().st_mode & 0o777 == 0o600
    assert server.json("backup", str(backup), "--verify")["key"] is True
    told = server.json("backup", str(bare), "--without-key")
    assert told["key"] is False and "vault.key" in told["message"]
    assert not (bare / "directory/vault.key").exists()
    assert server.json("backup", str(bare), "--verify")["key"] is False
    others = [Server(base=free_base()) for _ in range(2)]
    try:
        others[0].bourse("restore", str(backup))
        others[0].start().pop3("alice").quit()
        told = others[1].json("restore", str(bare))
        assert told["key"] is False and "vault.key" in told["message"]
        others[1].start()
        assert "[SYS/TEMP]" in refusal(others[1])
        # The key that was kept elsewhere.
        key = others[1].data / "directory/vault.key"
        key.write_text((server.data / "directory/vault.key").read_text())
        key.chmod(0o600)
        owner = key.parent.stat()
        os.chown(key, owner.st_uid, owner.st_gid)
        others[1].bourse("reload")
        others[1].pop3("alice").quit()
        # A folder with a key and no mail is not written over.
        others[1].stop()
        for file in key.parent.iterdir():
            if file != key and file.is_file():
                file.unlink()
        for file in (others[1].data / "store").iterdir():
            if file.is_file():
                file.unlink()
        refused = others[1].bourse("restore", str(backup), check=False)
        assert refused.returncode != 0 and "key file" in refused.stderr and key.exists()
    finally:
        for other in others:
            other.destroy()
