/* The error table, looked up by code. */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	const char *name, *text;
	enum gn_err_class class;
};

static const struct entry table[GN_ERR_COUNT] = {
#define X(number, name, class, sentence) [GN_##name] = {#name, sentence, GN_CLASS_##class},
#include "err.def"
#undef X
};

/* Names as shown ("not-found"), made once, before main, from the table's spelling ("NOT_FOUND"). */
static char shown[GN_ERR_COUNT][32];

__attribute__((constructor)) static void make_names(void)
{
	for (unsigned err = 0; err < GN_ERR_COUNT; err++) {
		const char *in = table[err].name;
		GN_ASSERT(strlen(in) < sizeof shown[0]);
		for (size_t i = 0; in[i]; i++)
			shown[err][i] = in[i] == '_' ? '-'
						     : (char)(in[i] >= 'A' && in[i] <= 'Z'
								      ? in[i] - 'A' + 'a'
								      : in[i]);
	}
}

const char *gn_err_name(gn_err err)
{
	return (unsigned)err < GN_ERR_COUNT ? shown[err] : shown[GN_INTERNAL];
}

const char *gn_err_text(gn_err err)
{
	return (unsigned)err < GN_ERR_COUNT ? table[err].text : table[GN_INTERNAL].text;
}

enum gn_err_class gn_err_class(gn_err err)
{
	return (unsigned)err < GN_ERR_COUNT ? table[err].class : GN_CLASS_INTERNAL;
}

gn_err gn_err_from_name(const char *name)
{
	for (unsigned i = 0; i < GN_ERR_COUNT; i++)
		if (strcmp(shown[i], name) == 0)
			return (gn_err)i;
	return GN_INTERNAL;
}

/* Statuses of errors that do not follow from their class. */
static const uint16_t http_of_err[GN_ERR_COUNT] = {
	[GN_OK] = 200,          [GN_NOT_FOUND] = 404, [GN_DENIED] = 403,    [GN_EXISTS] = 409,
	[GN_STALE] = 409,       [GN_STATE] = 409,     [GN_TOO_LARGE] = 413, [GN_QUOTA] = 429,
	[GN_NO_SPACE] = 507,    [GN_DISK_FULL] = 507, [GN_TIMEOUT] = 504,   [GN_QUORUM] = 504,
	[GN_UNREACHABLE] = 504,
};

int gn_err_http(gn_err err)
{
	GN_ASSERT((unsigned)err < GN_ERR_COUNT);
	if (http_of_err[err])
		return http_of_err[err];
	switch (gn_err_class(err)) {
	case GN_CLASS_USAGE: return 400;
	case GN_CLASS_AGAIN: return 503;
	case GN_CLASS_LIMIT: return 429;
	case GN_CLASS_PEER: return 502;
	case GN_CLASS_OK:
	case GN_CLASS_CRYPTO:
	case GN_CLASS_IO:
	case GN_CLASS_CORRUPT:
	case GN_CLASS_NOMEM:
	case GN_CLASS_INTERNAL: break;
	}
	return 500;
}

_Noreturn void gn_assert_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr,
		"geonet: internal error: (%s) does not hold at %s:%d; please report this line\n",
		cond, file, line);
	abort();
}
