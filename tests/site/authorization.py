"""Every route x every asker, from matrix.tsv; a route of the tables without a row fails."""
import pathlib, re

from harness import Site, TOP, expect

B = "tw-02-physicians-under-their-own-name"
IN = {200, 201, 303, 400, 409, 413, 415, 422}


def rows():
    lines = [l for l in (pathlib.Path(__file__).parent / "matrix.tsv").read_text().splitlines() if l and not l.startswith("#")]
    head = lines[0].split("\t")
    return [dict(zip(head, l.split("\t"))) for l in lines[1:]]


def routes():
    for path in sorted((TOP / "src/app").rglob("*_web.c")):
        for method, pattern in re.findall(r'^\t\{ (GET|POST), "([^"]+)"', path.read_text(), re.M):
            yield method, pattern


def test_every_route_has_a_row():
    table = {(r["method"], r["pattern"]) for r in rows()}
    code = set(routes())
    assert len(code) > 40, "the tables were not found"
    assert code == table, f"without a row: {code - table}; rows of nothing: {table - code}"


def test_every_route_and_asker():
    s = Site("matrix")
    mo = s.person("mo", "moderator")
    tokens = {"moderator": mo, "contributor": s.person("co", "contributor"), "reviewer": s.person("re", "reviewer"),
              "admin": s.person("ad", "admin"), "read": s.token("mo", "read"), "write": s.token("mo", "write")}
    s.post("/api/v1/releases", {"guide": "twitter"}, token=mo)
    wrong = []
    for row in rows():
        for asker in list(row)[2:]:
            if row["pattern"] == "/me/sign-out-everywhere" and asker == "moderator":
                pass  # a token survives it
            sent = s.suggest("twitter", B, lambda t: t.replace("should show", f"should show {asker}")).json
            path = row["pattern"].replace(":slug", "twitter").replace(":version", "1.0.0").replace(":handle", "nobody-here")
            path = path.replace(":comment", "1").replace("/me/tokens/:id", "/me/tokens/999").replace(":id", str(sent["id"]))
            key = sent["follow"].split("key=")[1]
            if asker == "author":
                path += "?key=" + key
            ask = {"token": tokens.get(asker)}
            got = (s.get("/api/v1" + path, **ask) if row["method"] == "GET" else s.post("/api/v1" + path, {}, **ask)).status
            # an account that does not exist is "let in" too
            good = got in IN or (":handle" in row["pattern"] and got == 404) or (":comment" in row["pattern"] and got == 404) \
                if row[asker] == "in" else got == int(row[asker])
            if not good:
                wrong.append(f"{row['method']} {row['pattern']} as {asker}: expected {row[asker]}, got {got}")
    assert not wrong, "; ".join(wrong)
    s.close()


def test_revoked_and_unknown_tokens():
    s = Site("tokens")
    mo = s.person("mo", "moderator")
    number = s.command("token", "list").stdout.split("\t")[0]
    expect(s.get("/api/v1/me", token=mo), 200)
    s.command("token", "revoke", number)
    expect(s.get("/api/v1/me", token=mo), 401)
    expect(s.get("/api/v1/guides", token="gh_made_up"), 401)
    # a role taken away counts at once
    co = s.person("co", "moderator")
    expect(s.get("/api/v1/review", token=co), 200)
    s.command("user", "role", "co", "contributor")
    expect(s.get("/api/v1/review", token=co), 403)
    # a role for one guide
    s.command("user", "role", "co", "moderator", "--guide", "twitter")
    n = s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"]
    other = s.suggest("blogs", s.get("/api/v1/guides/blogs").json["sections"][2]["id"], lambda t: t + "\n\nMore.").json["id"]
    expect(s.get(f"/api/v1/proposals/{other}", token=co), 404)
    expect(s.merge(n, co), 200)
    # erased: gone as a person, the work stays
    s.command("user", "erase", "co")
    expect(s.get("/api/v1/me", token=co), 401)
    assert s.get(f"/api/v1/proposals/{n}").json["decided_by"] == "a former member"
    s.close()


def test_reading_never_writes():
    """GET of every route leaves references and tables as they are."""
    s = Site("reading")
    mo = s.person("ad", "admin")
    n = s.suggest("twitter", B, lambda t: t.replace("should show", "should always show")).json["id"]
    s.post("/api/v1/releases", {"guide": "twitter"}, token=mo)

    def state():
        import sqlite3
        db = sqlite3.connect(f"file:{s.data}/guidehall.db?mode=ro", uri=True)
        return s.git("for-each-ref"), list(db.iterdump())
    before = state()
    for method, pattern in routes():
        if method == "GET":
            path = pattern.replace(":slug", "twitter").replace(":version", "1.0.0").replace(":id", str(n))
            s.get(path, token=mo)
            s.get(path)
    assert state() == before
    s.close()
