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
