"""Stands in for the process that reads (`reading/worker.py`): the answers lie beside the pictures.

`answers.json` there maps the sha256 of a picture to its reading as JSON, to an error, or to null: then it dies.
"""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        path = Path(json.loads(line)["path"])
        folder = path.parent.parent
        with (folder / "asked.txt").open("a") as file:
            file.write(path.name + "\n")
        while (folder / "hold").exists():
            time.sleep(0.01)
        answer = json.loads((folder / "answers.json").read_text())[path.name]
        if answer is None:
            os._exit(1)
        print(json.dumps({**answer, "megabytes": 100}), flush=True)


if __name__ == "__main__":
    main()
