"""The app as Celery finds it by name."""

import os
import subprocess
import sys
from pathlib import Path


def test_app_by_name_is_ready(tmp_path: Path) -> None:
    """`celery -A newsloom.worker.app` gets an app with newsloom's tasks, transport and logging."""
    code = (
        "from celery import signals\n"
        "from celery.app.utils import find_app\n"
        "app = find_app('newsloom.worker.app')\n"
        "print(sorted(name for name in app.tasks if name.startswith('newsloom.')))\n"
        "print(app.connection().transport_cls, bool(signals.setup_logging.receivers))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NEWSLOOM_DATA_DIR": str(tmp_path), "NEWSLOOM_REDIS_URL": ""},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stdout.splitlines() == [
        "['newsloom.ingest', 'newsloom.ingest_slice', 'newsloom.second_look']",
        "newsloom True",
    ]


def test_modules_of_the_folder_it_is_called_in_are_not_imported(tmp_path: Path) -> None:
    """Scrapers drop whatever they like; the workers of ``run`` start in that folder too."""
    (tmp_path / "queue.py").write_text("raise SystemExit('not me')")
    (tmp_path / "a.txt").write_text("The old mill stopped its last wheel on Sunday, and nobody came to look.")
    script = Path(sys.executable).with_name("newsloom")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLOOM_")}
    done = subprocess.run(
        [script, "run", "a.txt", "--json", "--concurrency", "1"],
        # `run` counts by the log of its workers, whatever level people want to see.
        cwd=tmp_path, env={**kept, "NEWSLOOM_DATA_DIR": str(tmp_path / "data"), "NEWSLOOM_LOG_LEVEL": "error"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"stories":1' in done.stdout
