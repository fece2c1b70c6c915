/* Errors as values. One table (err.def) gives code, class and sentence; callers branch on the
 * class. A function that fails leaves its out-parameters untouched. GN_TRY passes an error up. */
#ifndef GN_BASE_ERR_H
#define GN_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GN_MUST __attribute__((warn_unused_result))
#define GN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define GN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef enum gn_err {
#define X(number, name, class, sentence) GN_##name = number,
#include "err.def"
#undef X
} gn_err;

enum { /* how many there are: the numbers have no gaps */
#define X(number, name, class, sentence) +1
       GN_ERR_COUNT = 0
#include "err.def"
#undef X
};

enum gn_err_class {
	GN_CLASS_OK,
	GN_CLASS_USAGE,
	GN_CLASS_AGAIN,
	GN_CLASS_LIMIT,
	GN_CLASS_PEER,
	GN_CLASS_CRYPTO,
	GN_CLASS_IO,
	GN_CLASS_CORRUPT,
	GN_CLASS_NOMEM,
	GN_CLASS_INTERNAL,
};

/* "signature", "not-found": stable, for APIs, logs and counters. */
const char *gn_err_name(gn_err err);
/* One sentence without capital or full stop. */
const char *gn_err_text(gn_err err);
enum gn_err_class gn_err_class(gn_err err);
/* The HTTP status that an API answers for this error (200, 400, 403, 404, 409, 413, 429, 500,
 * 503, 504, 507). */
int gn_err_http(gn_err err);
/* Inverse of gn_err_name; GN_INTERNAL for unknown names. */
gn_err gn_err_from_name(const char *name);

#define GN_TRY(expr)                                                                               \
	do {                                                                                       \
		gn_err gn_try_err_ = (expr);                                                       \
		if (gn_try_err_ != GN_OK)                                                          \
			return gn_try_err_;                                                        \
	} while (0)

/* Stays on in release. For our own mistakes only, never for what a peer, a file or a user gave
 * us. */
#define GN_ASSERT(cond) ((cond) ? (void)0 : gn_assert_failed(#cond, __FILE__, __LINE__))
/* Where nothing ever comes: what it would be if something did ("an unknown kind"). */
#define GN_UNREACHABLE(what) gn_assert_failed("unreachable: " what, __FILE__, __LINE__)
_Noreturn void gn_assert_failed(const char *cond, const char *file, int line);

#endif
