import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from server import Server  # noqa: E402


@pytest.fixture(scope="module")
def server():
    """A running server with DOM\\alice and DOM\\bob, shared by the tests of one file."""
    s = Server()
    try:
        s.add_domain()
        s.add_person("alice")
        s.add_person("bob")
        s.start()
        yield s
    finally:
        s.destroy()


@pytest.fixture
def new_server():
    """Makes servers that end with the test: new_server(config="...")."""
    made = []

    def make(**options):
        made.append(Server(**options))
        return made[-1]

    yield make
    for s in made:
        s.destroy()


taken = {}  # file -> whether it is ours


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    """./check has two of us run: a file's tests are run by the one that comes to it first, and are none of the other's."""
    shared = os.environ.get("BOURSE_SHARED")
    if not shared:
        return None
    if item.path not in taken:
        try:
            os.close(os.open(os.path.join(shared, item.path.name), os.O_CREAT | os.O_EXCL))
            taken[item.path] = True
        except FileExistsError:
            taken[item.path] = False
    return None if taken[item.path] else True
