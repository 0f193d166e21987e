"""Kept pages: what a change touches is made again, all else stays; nobody reads what they no longer may."""
import re, sqlite3

from harness import Site, expect

B = "tw-02-physicians-under-their-own-name"
s = Site("kept")
mo, ad = s.person("mo", "moderator"), s.person("ad", "admin")
HTML = ("-H", "Accept: text/html")


def hits():
    return int(re.search(r"^guidehall_kept_pages_total (\d+)", s.get("/metrics", token=ad).text, re.M)[1])


def is_kept(path, *options):
    """Whether the next answer comes from memory."""
    before = hits()
    expect(s.curl(path, *options, accept="text/html"), 200)
    return hits() == before + 1


def sign_in(handle):
    answer = s.form("/sign-in", [("handle", handle), ("password", f"password of {handle}")])
    return ("-H", "Cookie: " + answer.headers["set-cookie"].split(";")[0])


def suggest(guide="twitter", section=B, word="plainly"):
    return expect(s.suggest(guide, section, lambda t: t + f"\n\nMore, {word}.", reason=word), 201).json["id"]


def test_a_change_touches_its_guide_and_the_lists():
    pages = ["/", "/guides", "/guides/twitter", "/guides/twitter/draft", "/guides/twitter/history", "/guides/blogs", "/guides/blogs/feed.atom", "/proposals", "/search?q=patient"]
    def state():
        return {p: is_kept(p) for p in pages}
    state()
    assert all(state().values())
    number = suggest()
    after = state()
    assert after["/guides/blogs"] and after["/guides/blogs/feed.atom"], after
    assert not any(after[p] for p in pages if "blogs" not in p), after
    state()
    expect(s.merge(number, mo), 200)
    assert "More, plainly." in s.curl("/guides/twitter", accept="text/html").text
    after = state()
    assert after["/guides/blogs"] and not after["/search?q=patient"] and not after["/guides"], after


def test_a_name_shows_everywhere():
    page = sign_in("mo")
    expect(s.curl("/guides/blogs", accept="text/html"), 200)
    assert is_kept("/guides/blogs")
    me = s.curl("/me", *page, accept="text/html").text
    expect(s.form("/me/profile", [("name", "Mo Moderator")], *page, page=me), 303)
    assert not is_kept("/guides/blogs")


def test_a_signed_in_page_is_ones_own():
    mine, theirs = sign_in("mo"), sign_in("ad")
    first = s.curl("/guides/blogs", *mine, accept="text/html")
    assert is_kept("/guides/blogs", *mine)
    assert not is_kept("/guides/blogs", *theirs)
    again = s.curl("/guides/blogs", *mine, accept="text/html")
    assert again.body == first.body and again.headers["cache-control"] == "private, no-store"
    assert "Mo Moderator" in again.text or ">mo<" in again.text
    other = s.curl("/guides/blogs", *theirs, accept="text/html").text
    assert ">ad<" in other and ">mo<" not in other and "Mo Moderator" not in other
    assert 'href="/sign-in"' in s.curl("/guides/blogs", accept="text/html").text


def test_signed_out_is_signed_out_at_once():
    page = sign_in("mo")
    shown = s.curl("/guides/blogs", *page, accept="text/html").text
    assert is_kept("/guides/blogs", *page) and 'action="/sign-out"' in shown
    s.form("/sign-out", [], *page, page=shown)
    assert 'href="/sign-in"' in s.curl("/guides/blogs", *page, accept="text/html").text


def test_a_role_taken_is_gone_at_once():
    s.person("ro", "moderator")
    page = sign_in("ro")
    s.curl("/guides/blogs", *page, accept="text/html")
    assert is_kept("/guides/blogs", *page)
    s.command("user", "role", "ro", "contributor")  # by another process
    assert 'href="/sign-in"' in s.curl("/guides/blogs", *page, accept="text/html").text


def test_a_session_ends_on_time():
    page = sign_in("mo")
    s.curl("/guides/blogs", *page, accept="text/html")
    s.stop()
    with sqlite3.connect(s.data / "guidehall.db") as db:
        db.execute("UPDATE session SET expires_at = unixepoch() + 2")
    s.start()
    assert 'action="/sign-out"' in s.curl("/guides/blogs", *page, accept="text/html").text
    __import__("time").sleep(2.1)
    assert 'href="/sign-in"' in s.curl("/guides/blogs", *page, accept="text/html").text


def test_sessions_nobody_has_fill_no_memory():
    for i in range(3):
        assert not is_kept("/guides/blogs", "-H", "Cookie: session=nobody")


def test_zz_close():
    s.close()
