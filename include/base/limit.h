/* limit.h: every size a stranger can influence, in one table
 *
 * Each is tested at the limit and one above (tests/site). What is refused
 * gets an answer in words that names the limit. */
#ifndef BASE_LIMIT_H
#define BASE_LIMIT_H

#define LIMIT_PAGE_BYTES (256 * 1024) /* one guide's Markdown */
#define LIMIT_FRONT_BYTES (16 * 1024) /* its front matter */
#define LIMIT_FORM_BYTES (512 * 1024) /* a request body, form or JSON */
#define LIMIT_FETCH_BYTES (1024 * 1024) /* what a git client asks, as it comes */
#define LIMIT_FETCH_PLAIN_BYTES (4 * 1024 * 1024) /* the same, unpacked */
#define LIMIT_EXCESS 16 /* how many times too long a body may be to be read before the answer */
#define LIMIT_FORM_FIELDS 64
#define LIMIT_JSON_DEPTH 16
#define LIMIT_LIST_ROWS 200 /* rows of one page of a list */
#define LIMIT_URL_BYTES 4096
#define LIMIT_HEADERS 64
#define LIMIT_NESTING 32 /* containers inside containers in Markdown */
#define LIMIT_BRACKETS 1000 /* opening brackets in one paragraph */
#define LIMIT_TABLE_COLUMNS 64
#define LIMIT_TABLE_CELLS 20000 /* in one guide */
#define LIMIT_SLUG_BYTES 64
#define LIMIT_TITLE_BYTES 200
#define LIMIT_REASON_BYTES (4 * 1024)
#define LIMIT_COMMENT_BYTES (16 * 1024)
#define LIMIT_NAME_BYTES 100
#define LIMIT_EMAIL_BYTES 254 /* RFC 5321 */
#define LIMIT_HANDLE_BYTES 32
#define LIMIT_PASSWORD_BYTES 1024
#define LIMIT_PASSWORD_MIN_BYTES 10
#define LIMIT_QUERY_BYTES 200 /* of a search */
#define LIMIT_KEY_BYTES 64 /* tokens and private keys in links */
#define LIMIT_ONCE_BYTES 128 /* an Idempotency-Key */
#define LIMIT_PAGE_NUMBER 100000

#endif
