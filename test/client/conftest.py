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
