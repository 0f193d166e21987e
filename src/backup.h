/* backup.h: all of a data folder in one file, while it is in use, and back
 *
 * A gzipped tar of the tables (a snapshot) and the repository. The order of
 * taking makes them fit: tables first, then references, then objects, so git
 * has whatever the tables name; what it has besides is put right at the next
 * start. Release files are left out: they are made again from the tags. The
 * last file is a list of what every other must hash to: an archive that was
 * cut or damaged is noticed, and nothing of it is kept. */
#ifndef BACKUP_H
#define BACKUP_H

#include "base/task.h"

/* In the data folder: empty, as old as the last backup. */
#define BACKUP_MARK "last-backup"

/* Write the file beside its name, sync, rename: it is there whole or not. */
bool backup_write(struct task *task, const char *file);

/* Unpack into a data folder that is not there yet, or empty: whole, or not
 * at all. */
bool backup_restore(struct task *task, const char *file, const char *data);

/* At start, when nobody else has the data open: what a backup that was killed
 * left in the data folder. */
bool backup_sweep(struct task *task);

#endif
