/* library.h: where versions of libmicrohttpd differ; private to http/
 *
 * From 1.0.10 on it refuses malformed requests itself. Debian 12's 0.9.75
 * lets many through: exchange_inspect refuses what can be seen of them, and
 * for the rest there is the proxy of src/deploy. */
#ifndef HTTP_LIBRARY_H
#define HTTP_LIBRARY_H

#include <microhttpd.h>

/* For MHD_OPTION_ARRAY: as strict as the standard allows. */
struct MHD_OptionItem *library_options(void);

#endif
