/* limits.h: how often one address or account may ask; private to http/
 *
 * GCRA, the generic cell rate algorithm (ITU-T I.371): one number for a key,
 * the time at which it would be even again. The table has a fixed size and
 * its keys are hashed with a secret, so nobody can make it grow or aim at
 * somebody else's slot. */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

/* What is counted, from cheap to dear. */
enum rule {
	RULE_NONE,
	RULE_PAGE, /* anything a worker makes */
	RULE_COSTLY, /* comparisons, previews, searches */
	RULE_CROWD, /* the same by all who are not signed in: robots have many addresses */
	RULE_CLONE, /* starting git */
	RULE_SEND, /* texts that people have to read */
	RULE_SIGN_IN, /* passwords */
	RULES,
};

struct limits;

struct limits *limits_open(void);
void limits_close(struct limits *limits);

/* Count one. Returns 0 when it is within the limit, else how many seconds to
 * wait. `who` names the account or the address it comes from. Times are
 * milliseconds and may step back. */
int64_t limits_take(struct limits *limits, enum rule rule, const char *who, int64_t now_ms);

#endif
