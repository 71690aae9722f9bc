"""Coverage-guided fuzzing of the readers and the splitter: ``pip install atheris``, then

    python tests/fuzz/fuzz_readers.py CORPUS [-max_total_time=1500]

CORPUS is a folder, empty at first; the samples of tests/data/formats are put into it. What breaks is written to
a file named crash-... or timeout-...; it belongs into tests/data/hostile, where a test reads it from then on.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["newsloom", "feedparser", "warcio", "trafilatura", "htmldate"]):
    import outcomes


FOLDER = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()
NAMES = ("a", "a.txt", "a.html", "a.json", "a.csv", "a.xml")
PATHS = [os.path.join(FOLDER, f"newsloom-fuzz-{os.getpid()}-{name}") for name in NAMES]


def one_input(data: bytes) -> None:
    path = PATHS[data[0] % len(PATHS)] if data else PATHS[0]
    with open(path, "wb") as file:
        file.write(data[1:])
    outcomes.outcome(path)
    outcomes.cut_all(path)


def main() -> None:
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    for folder in folders[:1]:
        os.makedirs(folder, exist_ok=True)
        for data in outcomes.seeds():
            Path(folder, hashlib.sha1(data).hexdigest()).write_bytes(b"\0" + data)
    atheris.Setup([*sys.argv, "-timeout=20", "-rss_limit_mb=1500", "-max_len=20000"], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
