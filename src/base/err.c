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
#define X(name, class, sentence) [GN_##name] = {#name, sentence, GN_CLASS_##class},
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
			shown[err][i] = in[i] == '_' ? '-' : (char)(in[i] >= 'A' && in[i] <= 'Z' ? in[i] - 'A' + 'a' : in[i]);
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

int gn_err_http(gn_err err)
{
	switch (err) {
	case GN_OK: return 200;
	case GN_NOT_FOUND: return 404;
	case GN_DENIED: return 403;
	case GN_EXISTS:
	case GN_STALE:
	case GN_STATE: return 409;
	case GN_TOO_LARGE: return 413;
	case GN_QUOTA: return 429;
	case GN_NO_SPACE:
	case GN_DISK_FULL: return 507;
	case GN_TIMEOUT:
	case GN_QUORUM:
	case GN_UNREACHABLE: return 504;
	default: break;
	}
	switch (gn_err_class(err)) {
	case GN_CLASS_USAGE: return 400;
	case GN_CLASS_AGAIN: return 503;
	case GN_CLASS_LIMIT: return 429;
	case GN_CLASS_PEER: return 502;
	default: return 500;
	}
}

_Noreturn void gn_assert_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "geonet: internal error: (%s) does not hold at %s:%d; please report this line\n", cond, file, line);
	abort();
}
