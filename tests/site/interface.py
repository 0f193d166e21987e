"""The interface as described is the interface as served."""
import subprocess

from harness import Site, TOP, expect

B = "tw-02-physicians-under-their-own-name"


def check(schema, value, where, all_schemas):
    """The part of JSON Schema that our descriptions use."""
    if "$ref" in schema:
        return check(all_schemas[schema["$ref"].rsplit("/", 1)[1]], value, where, all_schemas)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
    assert any(isinstance(value, types[k]) and not (k == "integer" and isinstance(value, bool)) for k in kinds), f"{where}: {value!r} is not {kinds}"
    if isinstance(value, dict):
        for name in schema.get("required", []):
            assert name in value, f"{where}: {name} is missing"
        for name, inner in value.items():
            assert name in schema["properties"], f"{where}: {name} is not described"
            check(schema["properties"][name], inner, f"{where}.{name}", all_schemas)
    if isinstance(value, list):
        for i, inner in enumerate(value):
            check(schema["items"], inner, f"{where}[{i}]", all_schemas)


def test_description_is_valid():
    s = Site("openapi")
    file = s.data.parent / "openapi.json"
    file.write_bytes(expect(s.get("/api/v1/openapi.json"), 200).body)
    if not (TOP / "tests/node_modules").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=TOP / "tests", check=True,
                       stdout=subprocess.DEVNULL)
    out = subprocess.run(["node", "tests/site/openapi.mjs", file], cwd=TOP, capture_output=True, text=True)
    assert out.returncode == 0, out.stdout + out.stderr
    s.close()


def test_answers_are_as_described():
    s = Site("described")
    ad = s.person("ad", "admin")
    sent = s.suggest("twitter", B, lambda t: t.replace("should show", "should always show"), reason="r").json
    n = sent["id"]
    s.post(f"/api/v1/proposals/{n}/comments", {"text": "hello"}, token=ad)
    head = s.get(f"/api/v1/proposals/{n}", token=ad).json["head"]
    s.post(f"/api/v1/proposals/{n}/reviews", {"verdict": "approve", "shown": head}, token=ad)
    expect(s.merge(n, ad), 200)
    s.post("/api/v1/releases", {"guide": "twitter"}, token=ad)
    doc = s.get("/api/v1/openapi.json").json
    schemas, seen = doc["components"]["schemas"], 0
    fill = {"{slug}": "twitter", "{version}": "1.0.0", "{id}": str(n), "{handle}": "ad"}
    for path, item in doc["paths"].items():
        real = path
        for name, value in fill.items():
            real = real.replace(name, value)
        content = item.get("get", {}).get("responses", {}).get("200", {}).get("content")
        if not content:
            continue
        if path.endswith("/edit") and "guides" in path:
            real += f"?section={B}"
        query = "?q=side" if path == "/search" else ""
        answer = s.get("/api/v1" + real + query, token=ad)
        if path.startswith("/proposals/{id}/"):
            continue  # for its author
        expect(answer, 200)
        check(content["application/json"]["schema"], answer.json, path, schemas)
        seen += 1
        if answer.status == 200:
            bare = s.curl(real + query, token=ad, accept="application/json")
            assert bare.json.keys() == answer.json.keys(), path
    assert seen >= 14, seen
    for bad in ("/api/v1/nowhere", "/api/v1/proposals/999"):
        check(doc["paths"]["/guides"]["get"]["responses"]["default"]["content"]["application/json"]["schema"], s.get(bad).json, bad, schemas)
    s.close()


def test_the_same_request_twice():
    """A program that lost an answer asks again and is told what happened."""
    from concurrent.futures import ThreadPoolExecutor
    s = Site("once")
    mo = s.person("mo", "moderator")
    e = s.section("twitter", B)
    body = {"base": e["base"], "section": B, "text": e["text"] + "\n\nOnce.", "interests": "none"}
    once = ("-H", "Idempotency-Key: 3e1c-1")

    def send(body, *options, **more):
        return s.curl("/api/v1/guides/twitter/proposals", *options, data=body, **more)
    first = expect(send(body, *once), 201)
    again = expect(send(body, *once), 201)
    assert again.body == first.body and again.headers["location"] == first.headers["location"]
    other = expect(send({**body, "reason": "another"}, *once), 422)
    assert "another request" in other.text
    assert expect(send(body, *once, token=mo), 201).json["id"] != first.json["id"]  # somebody else's key
    # what failed was not done, so it may be tried again
    wrong = ("-H", "Idempotency-Key: 3e1c-2")
    expect(send({**body, "text": ""}, *wrong), 422)
    expect(send(body, *wrong), 201)
    expect(send(body, "-H", "Idempotency-Key: " + "x" * 128), 201)
    expect(send(body, "-H", "Idempotency-Key: " + "x" * 129), 422)
    # a merge, asked for eight times at once
    n = first.json["id"]
    head = s.get(f"/api/v1/proposals/{n}", token=mo).json["head"]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: s.curl(f"/api/v1/proposals/{n}/merge", "-H", "Idempotency-Key: m", data={"shown": head}, token=mo), range(8)))
    assert 200 in [a.status for a in got] and {a.status for a in got} <= {200, 409}, [a.status for a in got]
    assert len({a.body for a in got if a.status == 200}) == 1
    assert expect(s.curl(f"/api/v1/proposals/{n}/merge", "-H", "Idempotency-Key: m", data={"shown": head}, token=mo), 200).json["state"] == "merged"
    assert s.git("log", "--format=%B", "main").count(f"Proposal: {n}\n") == 1
    s.close()


def test_promised_fields():
    """interface.md's tables, field by field."""
    s = Site("promised")
    ad = s.person("ad", "admin")
    n = s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"]

    def has(path, *names, at=None):
        value = expect(s.get("/api/v1" + path, token=ad), 200).json
        for step in at or ():
            value = value[step]
        missing = [x for x in names if x not in value]
        assert not missing, f"{path}: {missing}"
    has("/guides", "slug", "title", "description", "language", "version", "status", "review_by", "open_proposals", at=("guides", 0))
    has("/guides/twitter", "slug", "title", "language", "version", "commit", "html", "sections", "recommendations", "languages")
    has("/guides/twitter", "id", "title", "level", at=("sections", 0))
    has("/guides/twitter", "id", "text", "strength", "direction", "certainty", "basis", "audience", at=("recommendations", 0))
    has(f"/guides/twitter/edit?section={B}", "base", "section", "text")
    has("/proposals", "proposals", "next")
    has("/proposals", "id", "guide", "title", "state", "kind", "author", "opened_at", at=("proposals", 0))
    has(f"/proposals/{n}", "id", "guide", "language", "title", "reason", "state", "kind", "base", "head", "author", "interests", "reviews",
        "changes", "mergeable", "checks")
    has(f"/proposals/{n}", "id", "block", "before", "after", "decision", at=("changes", 0))
    has("/search?q=side", "guide", "section", "title", "snippet", at=("hits", 0))
    expect(s.merge(n, ad), 200)
    has("/guides/twitter/history", "commit", "proposal", "title", "kind", "at", "by", at=("changes", 0))
    s.post("/api/v1/releases", {"guide": "twitter"}, token=ad)
    has("/releases", "guide", "version", "released_at", at=("releases", 0))
    has("/guides/twitter/v/1.0.0", "version", "tag", "commit", "released_at", "files")
    has("/guides/twitter/v/1.0.0", "name", "bytes", "sha256", at=("files", 0))
    s.close()
