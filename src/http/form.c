/* form.c: forms are answered only where they were shown
 *
 * Two independent locks. The browser says where a request comes from
 * (Sec-Fetch-Site, else Origin), and every form carries a keyed hash of the
 * session it was shown to and the time. Programs with a bearer token send no
 * cookies a browser could be tricked into sending, so they need neither. */
#include "form.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"

#define MAC_HEX (2 * crypto_auth_BYTES + 1)

static void sign(const struct task *task, const unsigned char *key, int64_t at, char out[static MAC_HEX])
{
	unsigned char mac[crypto_auth_BYTES];
	char message[256];
	const char *session = task->who.session ? task->who.session : "-";
	int len = snprintf(message, sizeof(message), "form1 %" PRId64 " %s", at, session);

	crypto_auth(mac, (const unsigned char *)message, (unsigned long long)len, key);
	sodium_bin2hex(out, MAC_HEX, mac, sizeof(mac));
}

const char *form_token(struct task *task, const unsigned char *key)
{
	char mac[MAC_HEX];

	sign(task, key, task->now, mac);
	return arena_printf(&task->arena, "%" PRId64 ".%s", task->now, mac);
}

static bool token_fresh(const struct task *task, const unsigned char *key, const char *token)
{
	char mac[MAC_HEX], *end;
	int64_t at = strtoll(token, &end, 10);

	if (*end != '.' || strlen(end + 1) != MAC_HEX - 1
		|| at > task->now || at < task->now - task->conf->form_hours * 3600)
		return false;
	sign(task, key, at, mac);
	return !sodium_memcmp(mac, end + 1, MAC_HEX - 1);
}

static bool from_here(const struct task *task, const struct request *req)
{
	const char *origin = req->origin;

	if (req->fetch_site)
		return !strcmp(req->fetch_site, "same-origin");
	if (!origin)
		return !req->has_cookies;
	if (*task->conf->public_url)
		return !strcmp(origin, task->conf->public_url);
	/* without a configured address: the one the browser used */
	return !strncmp(origin, "http://", 7) && req->host && !strcmp(origin + 7, req->host);
}

bool form_check(struct task *task, const struct request *req,
	const unsigned char *key, bool *fresh)
{
	struct list pairs = { 0 };

	*fresh = true;
	if (req->bearer)
		return true;
	if (!from_here(task, req))
		return fail(task, ERR_FORBIDDEN, "This request came from another site, so nothing was done.");
	/* every form of ours has a field, so only a program sends anything else,
	 * and a program that is signed in has a token */
	if (req->body_kind != BODY_FORM)
		return !req->session || fail(task, ERR_FORBIDDEN, "A browser that is signed in sends forms. Programs sign in with a token.");
	if (!request_pairs(task, req, &pairs))
		return false;
	*fresh = false;
	for (size_t i = 0; i < pairs.count; i++) {
		const struct pair *p = (const struct pair *)pairs.items + i;

		if (!strcmp(p->name, "_token"))
			*fresh = token_fresh(task, key, p->value);
	}
	return true;
}
