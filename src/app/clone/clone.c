#include "app/clone.h"

#include "db/db.h"
#include "git/serve.h"

static bool ask(struct task *task, const struct serve_order *order, struct clone *out)
{
	struct served served;

	if (!task->serve)
		return fail(task, ERR_NOT_FOUND, "This site gives out no clones.");
	if (!serve_ask(task, order, &served))
		return false;
	*out = (struct clone) { served.output, served.leash };
	return true;
}

bool clone_refs(struct task *task, int protocol, struct clone *out)
{
	const struct serve_order order = { .repository = PUBLIC_REPO, .what = SERVE_REFS,
		.protocol = protocol, .version = db_version(task) };

	return ask(task, &order, out);
}

bool clone_pack(struct task *task, int protocol, const char *body, size_t len, struct clone *out)
{
	const struct serve_order order = { .repository = PUBLIC_REPO, .what = SERVE_PACK,
		.protocol = protocol, .version = db_version(task), .body = body, .len = len };

	return ask(task, &order, out);
}
