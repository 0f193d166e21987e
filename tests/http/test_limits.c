/* test_limits.c: bursts, refill, many keys, clocks that step */
#include <sodium.h>

#include "../../src/http/limits.h"
#include "../test.h"

static int64_t burst(struct limits *limits, enum rule rule, const char *who, int64_t now)
{
	int64_t n = 0;

	while (!limits_take(limits, rule, who, now))
		n++;
	return n;
}

int main(void)
{
	struct limits *limits;
	char who[32];

	CHECK(sodium_init() >= 0);
	limits = limits_open();
	CHECK(burst(limits, RULE_SIGN_IN, "203.0.113.7", 1000000) == 10);
	CHECK(burst(limits, RULE_SIGN_IN, "203.0.113.8", 1000000) == 10); /* another address */
	CHECK(burst(limits, RULE_SEND, "203.0.113.7", 1000000) == 30); /* another rule */
	CHECK(limits_take(limits, RULE_SIGN_IN, "203.0.113.7", 1000000) == 90);
	CHECK(limits_take(limits, RULE_SIGN_IN, "203.0.113.7", 1000000 + 89000) == 1);
	CHECK(limits_take(limits, RULE_SIGN_IN, "203.0.113.7", 1000000 + 90000) == 0); /* one came back */
	CHECK(limits_take(limits, RULE_SIGN_IN, "203.0.113.7", 1000000 + 90000) == 90);
	CHECK(burst(limits, RULE_SIGN_IN, "203.0.113.7", 1000000 + 3600000) == 10); /* all did */
	/* a clock set far back does not lock anybody out */
	CHECK(limits_take(limits, RULE_SIGN_IN, "203.0.113.7", 1000) == 0);
	/* more keys than there is room for: the table stays, newcomers are served */
	for (int i = 0; i < 200000; i++) {
		snprintf(who, sizeof(who), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		CHECK(limits_take(limits, RULE_PAGE, who, 5000000) == 0);
	}
	CHECK(limits_take(limits, RULE_NONE, "anybody", 0) == 0);
	limits_close(limits);
	return test_result();
}
