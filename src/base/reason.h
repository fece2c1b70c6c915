/* Why a path is the one it is, and why it is no direct one: words, and what they mean to a person
 * (reason.def). */
#ifndef GN_BASE_REASON_H
#define GN_BASE_REASON_H

#include <stdbool.h>

struct gn_reason {
	const char *word, *en, *ru;
};

/* Why the path is the one it is; not: why it is no direct one. NULL past the last. */
const struct gn_reason *gn_reason_at(bool not, unsigned i);
/* What the word means, in English or Russian; the word itself when it is none. */
const char *gn_reason_text(bool not, const char *word, bool russian);

#endif
