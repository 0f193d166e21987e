/* task.c: recording why a task failed */
#include "base/task.h"

#include <stdarg.h>
#include <stdio.h>

static const struct field error_fields[] = {
	FIELD_TEXT(struct field_error, field),
	FIELD_TEXT(struct field_error, message),
	FIELD_END
};
const struct shape field_error_shape = SHAPE(field_error, error_fields);

static const char *format_err(struct task *task, const char *format, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	return arena_strdup(&task->arena, text);
}

bool task_fail(struct task *task, const char *where, enum err_code code,
	const char *format, ...)
{
	va_list args;

	if (task->err.code)
		return false;
	task->err.code = code;
	task->err.where = where;
	va_start(args, format);
	task->err.message = format_err(task, format, args);
	va_end(args);
	return false;
}

bool task_broken(struct task *task, const char *where, const char *format, ...)
{
	va_list args;

	if (task->err.code)
		return false;
	task->err.code = ERR_INTERNAL;
	task->err.where = where;
	task->err.message = "Something went wrong on our side. Nothing you sent was changed; please try again.";
	va_start(args, format);
	task->err.detail = format_err(task, format, args);
	va_end(args);
	return false;
}

bool task_wrong(struct task *task, const char *where, const char *field,
	const char *format, ...)
{
	struct field_error *add;
	va_list args;

	if (task->err.code && task->err.code != ERR_FIELDS)
		return false;
	add = list_add(&task->arena, &task->err.fields, sizeof(*add));
	add->field = arena_strdup(&task->arena, field);
	va_start(args, format);
	add->message = format_err(task, format, args);
	va_end(args);
	return task_fail(task, where, ERR_FIELDS, "%s", add->message);
}

bool task_forgive(struct task *task)
{
	task->err = (struct err) { 0 };
	return true;
}
