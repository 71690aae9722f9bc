"""The command line."""

from newsloom.cli.main import main

__all__ = ["main"]
