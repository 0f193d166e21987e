/* log.h: one line per event on standard error, as key=value
 *
 * Values are quoted and escaped, so that a stranger's text stays one value of
 * one line. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/* log_event("merge", "proposal", "12", "commit", hex, NULL): pairs of texts,
 * ended by NULL; a NULL value is left out with its key. */
void log_event(const char *event, ...) __attribute__((sentinel));

/* The end of the process, because what it would say next might not be so; what
 * starts it again repairs. Exit status 70 (EX_SOFTWARE). */
_Noreturn void log_stop(const char *what, const char *why);

#endif
