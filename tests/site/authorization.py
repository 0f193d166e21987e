"""Every route x every asker, from matrix.tsv; a route of the tables without a row fails."""
import http.client, pathlib, re, urllib.parse

from harness import Site, TOP, expect

B = "tw-02-physicians-under-their-own-name"
# past the guard: a page, a way on, or a complaint about what was sent
IN = {200, 303, 400, 415, 422}


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


class Asker:
    """Somebody with a token, with a cookie, or with neither."""

    def __init__(self, s, token=None, cookie=None, form=None):
        self.connection, self.form = http.client.HTTPConnection("127.0.0.1", s.port), form
        self.headers = {"Accept": "application/json"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if cookie:
            self.headers |= {"Cookie": f"session={cookie}", "Sec-Fetch-Site": "same-origin"}

    def status(self, method, path):
        """A body that no handler takes: whoever is let in changes nothing."""
        body, headers = None, dict(self.headers)
        if method == "POST" and self.form:
            body, headers["Content-Type"] = urllib.parse.urlencode({"_token": self.form, "no-such": "x"}), "application/x-www-form-urlencoded"
        elif method == "POST":
            body, headers["Content-Type"] = '{"no-such":"x"}', "application/json"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.connection.close()  # the next request opens it: a busy machine lets it grow old
        return answer.status


def browser(s, handle):
    """A session and the token of its forms."""
    answer = expect(s.form("/sign-in", [("handle", handle), ("password", f"password of {handle}")]), 303)
    cookie = answer.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    page = s.curl("/me", "-H", f"Cookie: session={cookie}", accept="text/html").text
    return Asker(s, cookie=cookie, form=re.search(r'name="_token" value="([^"]+)"', page)[1])


def proposals(s, tokens):
    """One proposal in every state: {name: (about, number, private key)}."""
    mo, made = tokens["moderator"], {}

    def send(name, about, token=None):
        sent = expect(s.suggest("twitter", B, lambda t: t + f"\n\nSent {name}.", token=token), 201).json
        made[name] = about, sent["id"], sent["follow"].split("key=")[1]
        return sent["id"], made[name][2], s.get(f"/api/v1/proposals/{sent['id']}", token=mo).json["head"]

    def act(n, what, data, token=mo):
        expect(s.post(f"/api/v1/proposals/{n}/{what}", data, token=token), 200)
    send("waiting", "hidden")
    for about in ("hidden", "public"):
        for end in ("declined", "withdrawn"):
            n, key, head = send(f"{end}, {about}", about)
            if about == "public":
                act(n, "publish", {})
            act(n, "decline", {"shown": head, "reason": "r"}) if end == "declined" else act(n, "withdraw", {"key": key}, None)
    n, _, head = send("let through", "public")
    act(n, "publish", {})
    n, _, head = send("merged", "public")
    act(n, "merge", {"shown": head})
    send("an account's", "public", tokens["owner"])
    send("another", "another")
    return made


def test_every_route_asker_and_state():
    s = Site("matrix")
    roles = {"contributor": "contributor", "owner": "contributor", "reviewer": "reviewer", "here": "contributor", "elsewhere": "contributor", "moderator": "moderator", "admin": "admin"}
    tokens = {name: s.person(name, role) for name, role in roles.items()}
    s.command("user", "role", "here", "moderator", "--guide", "twitter")
    s.command("user", "role", "elsewhere", "moderator", "--guide", "blogs")
    tokens |= {"read": s.token("moderator", "read"), "write": s.token("moderator", "write")}
    revoked = s.token("admin")
    s.command("token", "revoke", str(max(int(line.split("\t")[0]) for line in s.command("token", "list").stdout.splitlines())))
    expect(s.post("/api/v1/releases", {"guide": "twitter"}, token=tokens["admin"]), 201)
    made = proposals(s, tokens)
    before = s.get("/api/v1/proposals", token=tokens["admin"]).json
    strange = made.pop("another")[2]
    askers = {name: Asker(s, tokens.get(name)) for name in list(rows()[0])[3:]}
    ended = browser(s, "moderator").headers["Cookie"].split("=")[1]
    s.command("user", "role", "moderator", "moderator")  # ends all its sessions
    guest = re.search(r'name="_token" value="([^"]+)"', s.curl("/sign-in", accept="text/html").text)[1]
    ended, gone, session = Asker(s, cookie=ended, form=guest), Asker(s, revoked), browser(s, "moderator")
    asked, wrong = 0, []
    for row in rows():
        method, about = row["method"], row["about"]
        for state, (kind, number, key) in made.items() if about != "-" else [("-", ("-", 999, "none"))]:
            if kind != about:
                continue
            path = "/api/v1" + row["pattern"].replace(":slug", "twitter").replace(":version", "1.0.0").replace(":handle", "nobody").replace(":comment", "1").replace(":id", str(number))
            # the session first: a token may end it
            cases = [("a session", session, row["moderator"]), ("an ended session", ended, row["guest"]), ("a revoked token", gone, "401")]
            cases += [(name, asker, row[name]) for name, asker in askers.items() if row[name] != "-" and (name != "owner" or state in ("-", "an account's"))]
            for name, asker, cell in cases:
                got = asker.status(method, path + {"key": f"?key={key}", "strange": f"?key={strange}"}.get(name, ""))
                asked += 1
                if got not in IN if cell == "in" else got != int(cell):
                    wrong.append(f"{method} {row['pattern']} {state} as {name}: expected {cell}, got {got}")
            if row["pattern"] in ("/sign-out", "/me/sign-out-everywhere"):
                session = browser(s, "moderator")
    assert not wrong, f"{len(wrong)} of {asked}: " + "; ".join(wrong[:10])
    assert asked > 1000, asked
    # whoever was let in changed nothing
    assert s.get("/api/v1/proposals", token=tokens["admin"]).json == before
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
