/* tree.h: short ways to a tree, to HTML and to a message */
#ifndef TEST_TREE_H
#define TEST_TREE_H

#include "../test.h"
#include "text/doc.h"
#include "text/markdown.h"

static inline struct node *parse(struct task *task, const char *text)
{
	return doc_parse(&task->arena, text, strlen(text), 0, NULL);
}

/* The HTML, or the message of the failure. */
static inline const char *html(struct task *task, const char *text)
{
	const struct markdown_options options = { .number_sections = true };
	struct html out;

	task_forgive(task);
	return markdown_html(task, text, strlen(text), &options, &out) ? out.safe : task->err.message;
}

static inline bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* How often a part occurs. */
static inline int times(const char *text, const char *part)
{
	int count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* The nth of the node's children, from 0; NULL when there are fewer. */
static inline struct node *child(const struct node *node, int n)
{
	struct node *at = node ? node->first : NULL;

	while (at && n--)
		at = at->next;
	return at;
}

#endif
