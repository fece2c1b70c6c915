/* The table of reasons, looked up by place and by word. */
#include "base/reason.h"

#include <stddef.h>
#include <string.h>

static const struct gn_reason now[] = {
#define NOW(name, word, en, ru) {word, en, ru},
#define NOT(name, word, en, ru)
#include "base/reason.def"
#undef NOW
#undef NOT
};
static const struct gn_reason indirect[] = {
#define NOW(name, word, en, ru)
#define NOT(name, word, en, ru) {word, en, ru},
#include "base/reason.def"
#undef NOW
#undef NOT
};

const struct gn_reason *gn_reason_at(bool not, unsigned i)
{
	unsigned count = not ? sizeof indirect / sizeof *indirect : sizeof now / sizeof *now;
	return i >= count ? NULL : not ? &indirect[i] : &now[i];
}

const char *gn_reason_text(bool not, const char *word, bool russian)
{
	const struct gn_reason *r;
	for (unsigned i = 0; (r = gn_reason_at(not, i)); i++)
		if (strcmp(r->word, word) == 0)
			return russian ? r->ru : r->en;
	return word;
}
