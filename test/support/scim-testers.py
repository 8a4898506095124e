"""What two checkers of SCIM servers, which share no line with ours, say of a running one.

Reads {"url", "token"} from stdin; writes one JSON object: the checks of scim2-tester with their verdicts, and what
scim-sanity prints as JSON.
"""

import json
import subprocess
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server


def tester(url: str, token: str) -> list[dict]:
    client = Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    results = check_server(SyncSCIMClient(client))
    return [
        {"title": result.title, "status": result.status.name, "reason": str(result.reason or "")}
        for result in results
    ]


def sanity(url: str, token: str) -> dict:
    # By module: the program that pip writes names the folder it was made in, and that was another one.
    program = [sys.executable, "-m", "scim_sanity"]
    done = subprocess.run(
        [*program, "probe", url, "--token", token, "--json-output", "--i-accept-side-effects", "--timeout", "60"],
        capture_output=True,
        text=True,
    )
    return {"exit": done.returncode, "output": json.loads(done.stdout)}


asked = json.load(sys.stdin)
json.dump(
    {"tester": tester(**asked), "sanity": sanity(**asked)},
    sys.stdout,
)
