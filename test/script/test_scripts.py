"""Runs every dialogue of this folder. test/script/<protocol>/<rfc-section>-<topic>.t"""
import pathlib
import time

import pytest

from dialogue import Dialogue, server_of

HERE = pathlib.Path(__file__).parent
FILES = sorted(HERE.glob("*/*.t"))
counter = iter(range(1, 10000))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(HERE).as_posix())
def test_dialogue(servers, path):
    server = servers.get(server_of(path))
    name = f"u{next(counter)}"
    server.add_account(f"DOM\\{name}", "secret")
    server.add_mailbox(name, f"DOM\\{name}", f"{name}@example.org")
    values = {"user": f"DOM\\{name}", "name": name, "box": name, "address": f"{name}@example.org", "password": "secret"}
    values["not_today"] = time.strftime("%a", time.gmtime(time.time() + 3 * 86400)).lower()
    dialogue = Dialogue(server, values)
    try:
        dialogue.run(path)
    finally:
        for client in dialogue.clients.values():
            client.socket.close()
    assert server.process.poll() is None, "the server has ended"
