#!/usr/bin/env python3
"""The rules of the house: who may include whom, sizes, what is banned, what is documented."""
import os, pathlib, re, subprocess

os.chdir(pathlib.Path(__file__).resolve().parent.parent.parent)
SOURCES = sorted([*pathlib.Path("src").rglob("*.[ch]"), *pathlib.Path("include").rglob("*.h")])

# room, or layer of an app file -> rooms its includes may name
MAY = {
    "base": {"base"},
    "db": {"db", "base"},
    "git": {"git", "base"},
    "text": {"text", "base"},
    "press": {"press", "text", "base"},
    "view": {"view", "base"},
    "http": {"http", "view", "base"},
    "_web": {"app", "http", "text", "base"},
    "_db": {"app", "db", "base"},
    "app": {"app", "db", "git", "text", "press", "base"},
}
# between nouns, each may see those behind it
NOUNS = ["home", "clone", "search", "release", "proposal", "guide", "once", "journal", "account"]


def layer(path):
    if path.name in ("site.h", "forms.h"):
        return "_web"
    if path.parts[1] != "app":
        return path.parts[1]
    for suffix in ("_web", "_db"):
        if path.stem.endswith(suffix):
            return suffix
    return "app"


def noun(path):
    if path.parts[1] != "app" or path.name == "site.h":
        return None
    return path.parts[2] if path.parts[0] == "src" else path.stem


def includes():
    for path in SOURCES:
        if len(path.parts) < 3:
            continue  # main, service, site and worker see everything
        own = noun(path)
        for where in re.findall(r'^#include "([^"]+)"', path.read_text(), re.M):
            room = where.split("/")[0]
            if "/" not in where:
                if not (path.parent / where).exists():
                    yield f"{path}: {where} is private to another folder"
            elif room not in MAY[layer(path)]:
                yield f"{path}: {layer(path)} may not include {where}"
            elif room == "app" and own in NOUNS and (other := pathlib.Path(where).stem) in NOUNS \
                    and NOUNS.index(other) < NOUNS.index(own):
                yield f"{path}: {own} may not know {other}"


def sizes():
    for path in SOURCES:
        lines = path.read_text().count("\n")
        if lines > 500:
            yield f"{path}: {lines} lines, at most 500"
    out = subprocess.run(["ctags", "-L", "-", "--fields=+ne", "-o", "-", "--languages=C", "--kinds-C=f"],
                         input="\n".join(str(p) for p in SOURCES if p.suffix == ".c"), capture_output=True, text=True)
    for line in out.stdout.splitlines():
        begin, end = re.search(r"line:(\d+)", line), re.search(r"end:(\d+)", line)
        if begin and end and int(end[1]) - int(begin[1]) + 1 > 80:
            yield f"{line.split(chr(9))[1]}: {line.split(chr(9))[0]}() has {int(end[1]) - int(begin[1]) + 1} lines, at most 80"


def code_of(path):
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\])*"', "", path.read_text(), flags=re.S)


def banned():
    for path in SOURCES:
        code = code_of(path)
        for word in re.findall(r"\b(goto|strcat|sprintf|vsprintf|gets|strtok|system|popen|tmpnam|alloca|atoi|sscanf)\s*\(?", code):
            if re.search(rf"\b{word}\s*\(" if word != "goto" else r"\bgoto\b", code):
                yield f"{path}: {word} is not used here"
        if path.parts[1] == "app" and re.search(r"\bfree\s*\(", code):
            yield f"{path}: application code never frees"
        if re.search(r"\btypedef\s+(struct|enum)\b", code):
            yield f"{path}: structs and enums keep their names"


def documented():
    """Every file says what it is for; every public prototype has words above it or above its block."""
    for path in SOURCES:
        if path.parts[0] == "include" and not path.read_text().startswith("/* " + path.name + ": "):
            yield f"{path}: begins with what it is for"
    for path in pathlib.Path("include").rglob("*.h"):
        block_has_comment = False
        for line in path.read_text().splitlines():
            if not line.strip():
                block_has_comment = False
            elif "/*" in line or line.startswith(" *"):
                block_has_comment = True
            elif re.match(r"^[a-z][\w \*]*\b\w+\(.*", line) and not line.startswith(("static", "typedef", "struct list;")):
                if not block_has_comment:
                    yield f"{path}: {line.strip()} has no words above it"


def clean_texts():
    lock = re.compile(r'"resolved"|https?://(registry|[\w.-]*\.(npmjs|debian|yarnpkg))')
    for name in subprocess.run(["git", "ls-files"], capture_output=True, text=True).stdout.split():
        if name.endswith("package-lock.json") and lock.search(pathlib.Path(name).read_text()):
            yield f"{name}: holds download addresses"


for name, check in [("includes", includes), ("sizes", sizes), ("banned", banned), ("documented", documented), ("lock-files", clean_texts)]:
    found = list(check())
    print(f"FAIL house/{name}: " + "\n  ".join(found) if found else f"ok house/{name}", flush=True)
