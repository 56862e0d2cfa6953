"""The commands of doc/guide, page by page, as a reader would paste them."""
import os
import pathlib
import re
import subprocess

import pytest

from server import BOURSE, PORTS, TOP

PAGES = sorted(p for p in (TOP / "doc/guide").glob("*.md") if p.name != "README.md")


def blocks(page):
    return re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.S | re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_page(new_server, page, tmp_path):
    assert blocks(page), "a page of the guide without a command"
    server = new_server()  # whoever pastes one page has not pasted those before it
    server.add_domain()
    server.add_person("alice")
    server.add_person("bob")
    server.start()
    environment = dict(os.environ, DATA=str(server.data), **{name.upper(): str(server.port(name)) for name in PORTS})
    wrapper = tmp_path / "bourse"
    wrapper.write_text(f'#!/bin/sh\nexec "{BOURSE}" --data "{server.data}" "$@"\n')
    wrapper.chmod(0o755)
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    for block in blocks(page):
        # Each line must succeed by itself; a pipe succeeds by its last part, as when pasted.
        done = subprocess.run(["sh", "-e"], input=block, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=120)
        assert done.returncode == 0, f"{page.name}:\n{block}\n{done.stdout}{done.stderr}"
