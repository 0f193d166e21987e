#!/usr/bin/env python3
"""routes.py MATRIX STAMP TABLES...: every route has a row in the authorization matrix.

Run by the build: a route nobody said who may use does not compile."""
import pathlib, re, sys

matrix, stamp, *tables = sys.argv[1:]
lines = [l.split("\t") for l in pathlib.Path(matrix).read_text().splitlines() if l and not l.startswith("#")]
rows = {(l[0], l[1]) for l in lines[1:]}
code = {found for t in tables for found in re.findall(r'^\t\{ (GET|POST), "([^"]+)"', pathlib.Path(t).read_text(), re.M)}
for method, pattern in sorted(code - rows):
    print(f"{matrix}: no row says who may {method} {pattern}")
for method, pattern in sorted(rows - code):
    print(f"{matrix}: there is no route {method} {pattern}")
if code != rows or not code:
    sys.exit(1)
pathlib.Path(stamp).write_text(f"{len(code)} routes\n")
