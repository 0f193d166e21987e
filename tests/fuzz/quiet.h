/* quiet.h: for code that talks to its administrator */
#ifndef TESTS_FUZZ_QUIET_H
#define TESTS_FUZZ_QUIET_H

#include <fcntl.h>
#include <unistd.h>

/* What goes to standard error between the two is dropped. */
static inline int silence(void)
{
	int kept = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	dup2(nowhere, STDERR_FILENO);
	close(nowhere);
	return kept;
}

static inline void speak(int kept)
{
	dup2(kept, STDERR_FILENO);
	close(kept);
}

#endif
