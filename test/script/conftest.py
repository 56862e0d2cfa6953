import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "client"))
from server import Server  # noqa: E402


@pytest.fixture(scope="session")
def server():
    """One running server for all dialogues; each has an account and a mailbox of its own."""
    s = Server("front.connections_per_address_max = 1000;\nauth.failures_max = 1000;\n")
    try:
        s.add_domain()
        s.start()
        yield s
    finally:
        s.destroy()
