#include "library.h"

#include "exchange.h"

#if MHD_VERSION >= 0x01000000

struct MHD_OptionItem *library_options(void)
{
	static const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	return (struct MHD_OptionItem *)(uintptr_t)options; /* it only reads */
}

/* The library makes its own refusals with this function, and the linker calls
 * ours instead (--wrap, see meson.build): they get our words and headers. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): the linker's names */
struct MHD_Response *__real_MHD_create_response_from_buffer_static(size_t size, const void *buffer);
struct MHD_Response *__wrap_MHD_create_response_from_buffer_static(size_t size, const void *buffer);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

struct MHD_Response *__wrap_MHD_create_response_from_buffer_static(size_t size, const void *buffer)
{
	static const char text[] = "{\"error\":{\"code\":\"malformed\",\"message\":\"This request cannot be read.\",\"fields\":[]}}\n";
	struct MHD_Response *response = __real_MHD_create_response_from_buffer_static(sizeof(text) - 1, text);

	(void)size;
	(void)buffer;
	if (!response)
		return NULL;
	exchange_secure(NULL, response, NULL);
	MHD_add_response_header(response, "Content-Type", "application/json");
	return response;
}

#else

struct MHD_OptionItem *library_options(void)
{
	static const struct MHD_OptionItem options[] = {
		{ MHD_OPTION_END, 0, NULL },
	};

	return (struct MHD_OptionItem *)(uintptr_t)options; /* it only reads */
}

#endif
