/* form.h: the token every form carries; private to http/ */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http/request.h"

/* A token for forms shown to task->who now. */
const char *form_token(struct task *task, const unsigned char *key);

/* Refuse what another site made the browser send. Fails with ERR_FORBIDDEN.
 * *fresh is false when the form's own token is missing, foreign or older than
 * conf->form_hours: the person is then asked to send it again. */
bool form_check(struct task *task, const struct request *req,
	const unsigned char *key, bool *fresh);

#endif
