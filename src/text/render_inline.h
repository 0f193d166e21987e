/* render_inline.h: the half of the renderer that render.c leans on */
#ifndef TEXT_RENDER_INLINE_H
#define TEXT_RENDER_INLINE_H

#include "text/render.h"

/* The tag of an inline that is nothing but one; else NULL. */
const char *render_inline_tag(const struct node *node);

/* An id: the options' prefix, ours, the name. */
void render_id(struct buf *out, const char *prefix, const char *name,
	const struct markdown_options *options);

/* The id of a footnote's mark in the text: "fnref-key", "fnref-key_2" ... */
void render_mark_id(struct buf *out, const char *key, int use,
	const struct markdown_options *options);

void render_open_link(struct buf *out, const struct node *link,
	const struct markdown_options *options);
void render_close_link(struct buf *out, const struct node *link,
	const struct markdown_options *options);

#endif
