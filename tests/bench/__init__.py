"""Benchmarks, installed as ``newsloom.bench`` and run by ``newsloom bench NAME``.

A module here whose name does not begin with an underscore is a benchmark: ``main(argv)`` measures, prints
what it found as one JSON object, writes it with ``--json FILE`` and draws it with ``--plot FILE``. What it
compares it measures in one run: machines differ, so ratios are what to quote. Its docstring's first line
is what the list of benchmarks says of it.
"""
