/* doctor.h: what is missing on this machine and how to mend it
 *
 * Each check writes one line: "ok", "warn" or "fail", what it is about, what
 * was found, and what mends it. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

#include "base/task.h"

enum verdict {
	FINE,
	WARN,
	BAD,
};

struct doctor {
	struct task task; /* its settings; no stores */
	bool bad; /* some check failed */
	bool in_use; /* a server or command has the data open */
};

/* All checks. Returns false when one failed. */
bool doctor_examine(const struct conf *conf);

/* One line. `mend` NULL: nothing to be done. */
void doctor_say(struct doctor *d, enum verdict verdict, const char *topic, const char *mend, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* What is on the machine: doctor.c. What is in the data folder: doctor_data.c. */
void doctor_examine_data(struct doctor *d);

#endif
