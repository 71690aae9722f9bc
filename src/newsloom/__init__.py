"""Newsloom tells a newsroom, the moment an article file arrives, which event it belongs to."""

from importlib.metadata import version

__version__ = version("newsloom")
