"""What somebody with a copy of the data, or another guest, must not learn."""
from harness import Site, expect

B = "tw-02-physicians-under-their-own-name"


def once(s, key, path, data, token=None):
    return s.curl("/api/v1" + path, "-H", f"Idempotency-Key: {key}", data=data, token=token)


def test_a_copy_of_the_data_opens_nothing():
    """Tokens, sessions, passwords and private links are kept as hashes only, stored answers included."""
    s = Site("secrets")
    mo = s.person("mo", "moderator")
    e = s.section("twitter", B)
    body = {"base": e["base"], "section": B, "text": e["text"].replace("should show", "should plainly show"), "interests": "none"}
    told = {"the command line's token": mo, "a password": "password of mo"}
    told["the web's token"] = expect(once(s, "key-one", "/me/tokens", {"label": "x", "scope": "read"}, mo), 201).json["secret"]
    told["a private link"] = expect(once(s, "key-two", "/guides/twitter/proposals", body), 201).json["follow"].split("key=")[1]
    signed = expect(s.post("/api/v1/sign-in", {"handle": "mo", "password": "password of mo"}), 303)
    told["a session"] = signed.headers["set-cookie"].split("=", 1)[1].split(";")[0]
    tables = b"".join(p.read_bytes() for p in s.data.glob("guidehall.db*"))
    log = s.log.read_bytes()
    s.close()
    found = [what for what, secret in told.items() if secret.encode() in tables]
    assert not found, f"stand in the tables as they are: {found}"
    found = [what for what, secret in told.items() if secret.encode() in log]
    assert not found, f"stand in the log as they are: {found}"


def test_guests_do_not_share_idempotency_keys():
    """A guest who uses another guest's key learns nothing and is not in the way."""
    s = Site("secrets-once", "--conf", "/dev/null")
    s.stop()
    (s.data.parent / "conf").write_text("behind_proxy = 1\n")
    s.options = ("--conf", s.data.parent / "conf")
    s.start()
    e = s.section("twitter", B)

    def send(address, word):
        data = {"base": e["base"], "section": B, "text": e["text"].replace("should show", f"should {word} show"), "interests": "none"}
        return s.curl("/api/v1/guides/twitter/proposals", "-H", "Idempotency-Key: 1", "-H", f"X-Forwarded-For: {address}", data=data)
    mine = expect(send("192.0.2.1", "plainly"), 201).json
    assert expect(send("192.0.2.1", "plainly"), 201).json == mine
    expect(send("192.0.2.1", "openly"), 422)
    theirs = send("198.51.100.7", "plainly")
    other = send("203.0.113.9", "openly")
    s.close()
    assert theirs.status != 201 or theirs.json["follow"] != mine["follow"], "another address was given the private link"
    assert other.status == 201, f"another address's request was refused: {other.status} {other.body[:200]!r}"
