#!/usr/bin/env python3
"""Run every function test_* of every file here; one line each."""
import importlib, pathlib, sys, traceback

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
only = sys.argv[1:]
for path in sorted(here.glob("*.py")):
    if path.stem in ("run", "harness") or (only and path.stem not in only):
        continue
    module = importlib.import_module(path.stem)
    for name in [n for n in vars(module) if n.startswith("test_")]:
        try:
            getattr(module, name)()
            print(f"ok site/{path.stem}/{name[5:]}", flush=True)
        except Exception as e:
            if not isinstance(e, AssertionError):
                traceback.print_exc()
            where = traceback.extract_tb(e.__traceback__)
            line = next((f"{pathlib.Path(f.filename).name}:{f.lineno}" for f in where if "tests/site" in f.filename and not f.filename.endswith("run.py")), "")
            print(f"FAIL site/{path.stem}/{name[5:]}: {line} {' '.join(str(e).split())[:1500]}", flush=True)
