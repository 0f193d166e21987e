"""Who may do what with a proposal everybody can see: matrix.tsv is about a hidden one."""
from harness import Site

B = "tw-02-physicians-under-their-own-name"
ASKERS = "guest key author other reviewer moderator admin read write revoked".split()
# key: the guest who sent another, public one; author: the account that sent this one.
# "in": past the guard, whatever the handler then says of an unknown field
ROWS = """
GET  /proposals/:id                 in  in  in  in  in  in  in  in  in  401
GET  /proposals/:id/sent            401 401 in  403 403 403 403 403 403 401
GET  /proposals/:id/edit            401 401 in  403 403 403 403 403 403 401
POST /proposals/:id/text            401 401 in  403 403 403 403 403 403 401
POST /proposals/:id/withdraw        401 401 in  403 403 403 403 403 403 401
POST /proposals/:id/comments        401 401 in  in  in  in  in  403 in  401
GET  /review/:id                    401 401 403 403 in  in  in  in  in  401
POST /proposals/:id/reviews         401 401 403 403 in  in  in  403 403 401
POST /proposals/:id/merge           401 401 403 403 403 in  in  403 403 401
POST /proposals/:id/decline         401 401 403 403 403 in  in  403 403 401
POST /proposals/:id/undo            401 401 403 403 403 in  in  403 403 401
POST /proposals/:id/reopen          401 401 403 403 403 in  in  403 403 401
POST /proposals/:id/publish         401 401 403 403 403 in  in  403 403 401
POST /proposals/:id/comments/9/publish 401 401 403 403 403 in in 403 403 401
GET  /me                            401 401 in  in  in  in  in  in  in  401
GET  /guides                        in  in  in  in  in  in  in  in  in  401
"""


def test_every_asker_of_a_public_proposal():
    s = Site("public")
    tokens = {"author": s.person("au", "contributor"), "other": s.person("co", "contributor"), "reviewer": s.person("re", "reviewer"),
              "moderator": s.person("mo", "moderator"), "admin": s.person("ad", "admin"), "read": s.token("mo", "read"), "write": s.token("mo", "write"),
              "revoked": s.token("ad")}
    newest = max(int(line.split("\t")[0]) for line in s.command("token", "list").stdout.splitlines())
    s.command("token", "revoke", str(newest))
    key = s.suggest("twitter", B, lambda t: t.replace("should show", "should openly show")).json["follow"].split("key=")[1]
    number = s.suggest("twitter", B, lambda t: t.replace("should show", "should plainly show"), token=tokens["author"]).json["id"]
    wrong = []
    for row in ROWS.strip().splitlines():
        method, pattern, *cells = row.split()
        for asker, cell in zip(ASKERS, cells, strict=True):
            path = "/api/v1" + pattern.replace(":id", str(number)) + (f"?key={key}" if asker == "key" else "")
            answer = s.get(path, token=tokens.get(asker)) if method == "GET" \
                else s.post(path, {"no-such-field": "x"}, token=tokens.get(asker))
            good = answer.status in (200, 422) if cell == "in" else answer.status == int(cell)
            if not good:
                wrong.append(f"{method} {pattern} as {asker}: expected {cell}, got {answer.status}")
    assert s.get(f"/api/v1/proposals/{number}").json["state"] == "open"
    s.close()
    assert not wrong, "; ".join(wrong)
