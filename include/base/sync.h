/* sync.h: how often, and how long, the disk was waited for
 *
 * SQLite, libgit2 and our own files call the C library. The linker
 * finds ours first: they count, and call the next in line. */
#ifndef BASE_SYNC_H
#define BASE_SYNC_H

#include "base/histogram.h"

enum sync_call {
	SYNC_FILE, /* fsync(): git, release files, folders */
	SYNC_DATA, /* fdatasync(): the tables, and with them what git will say */
	SYNC_ALL, /* syncfs(): git, when the journal is settled */
	SYNC_CALLS,
};

/* Since the program began. */
const struct histogram *sync_times(enum sync_call call);

#endif
