#include "app/once.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "app/account.h"
#include "db/db.h"
#include "once_db.h"

/* Two people may use the same key; so may two addresses. */
static const char *name_of(struct task *task, const struct once_request *r)
{
	if (task->who.account)
		return arena_printf(&task->arena, "u%" PRId64 " %s %s", task->who.account, r->path, r->key);
	return arena_printf(&task->arena, "guest %s %s %s", r->address, r->path, r->key);
}

static const char *hash_of(struct task *task, const char *name)
{
	return secret_hash(&task->arena, arena_printf(&task->arena, "once1 %s", name));
}

/* ---- sealing ----
 *
 * Answers hold private links and new tokens, of which only hashes may be in
 * the tables. So they are kept encrypted by the key the sender chose, and
 * which is itself kept as a hash. */

static void key_of(const char *name, unsigned char out[static crypto_secretbox_KEYBYTES])
{
	const unsigned char purpose[] = "guidehall once answer";

	crypto_generichash(out, crypto_secretbox_KEYBYTES, (const unsigned char *)name, strlen(name), purpose, sizeof(purpose));
}

/* Nonce and box, in hex. */
static const char *seal(struct task *task, const char *name, const char *text)
{
	size_t len = text ? strlen(text) : 0, boxed = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + len;
	unsigned char key[crypto_secretbox_KEYBYTES], *bytes;
	char *hex;

	if (!text)
		return NULL;
	bytes = arena_alloc(&task->arena, boxed);
	hex = arena_alloc(&task->arena, 2 * boxed + 1);
	key_of(name, key);
	randombytes_buf(bytes, crypto_secretbox_NONCEBYTES);
	crypto_secretbox_easy(bytes + crypto_secretbox_NONCEBYTES, (const unsigned char *)text, len, bytes, key);
	return sodium_bin2hex(hex, 2 * boxed + 1, bytes, boxed);
}

static bool unseal(struct task *task, const char *name, const char *hex, const char **out)
{
	size_t room = hex ? strlen(hex) / 2 : 0, len = 0;
	unsigned char key[crypto_secretbox_KEYBYTES], *bytes = arena_alloc(&task->arena, room + 1);
	char *text = arena_alloc(&task->arena, room + 1);

	*out = NULL;
	if (!hex)
		return true;
	key_of(name, key);
	if (sodium_hex2bin(bytes, room, hex, strlen(hex), NULL, &len, NULL)
		|| len < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES
		|| crypto_secretbox_open_easy((unsigned char *)text, bytes + crypto_secretbox_NONCEBYTES,
			len - crypto_secretbox_NONCEBYTES, bytes, key))
		return broken(task, "a kept answer cannot be opened");
	*out = text;
	return true;
}

/* ---- the request ---- */

static bool keep(struct task *task)
{
	task->before_commit = NULL; /* a task may commit more than once */
	if (!once_db_add(task, task->once_hash, task->once_body, task->now - ONCE_SECONDS))
		return false;
	task->once_kept = true;
	return true;
}

static bool is_same(struct task *task, const struct once_row *row, const char *body_hash)
{
	if (strcmp(row->body_hash, body_hash))
		return wrong(task, "Idempotency-Key", "This Idempotency-Key was used for another request.");
	return row->status || fail(task, ERR_CONFLICT, "This request was carried out before, but its answer was lost. Look at what is there now.");
}

static bool open_answer(struct task *task, const char *name, const struct once_row *row, struct once_answer *out)
{
	out->status = row->status;
	out->type = row->type;
	return unseal(task, name, row->location, &out->location)
		&& unseal(task, name, row->body, &out->body);
}

bool once_recall(struct task *task, const struct once_request *request,
	struct once_answer *out, bool *found)
{
	const char *name = name_of(task, request), *hash = hash_of(task, name);
	const char *body_hash = secret_hash(&task->arena,
		arena_printf(&task->arena, "%s %.*s", name, (int)request->len, request->body));
	struct once_row row = { 0 };

	if (!once_db_get(task, hash, task->now - ONCE_SECONDS, &row, found))
		return false;
	if (*found)
		return is_same(task, &row, body_hash) && open_answer(task, name, &row, out);
	task->once_name = name;
	task->once_hash = hash;
	task->once_body = body_hash;
	task->before_commit = keep;
	return true;
}

bool once_remember(struct task *task, const struct once_answer *answer)
{
	const struct once_answer sealed = { answer->status, answer->type,
		task->once_kept ? seal(task, task->once_name, answer->location) : NULL,
		task->once_kept ? seal(task, task->once_name, answer->body) : NULL };

	if (!task->once_kept)
		return true; /* nothing was changed */
	return db_begin(task)
		&& once_db_answer(task, task->once_hash, &sealed)
		&& db_commit_quiet(task);
}
