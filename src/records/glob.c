/* Globs of header rules: '*' any run of bytes, '?' one byte. All ways through the glob are
 * walked at once, a bit for each place in it, so that the work is the path's length times a few
 * words, whatever the glob is: a site cannot make its visitors' nodes search. Rule:
 * docs/spec/services.md BU-5. */
#include "records/manifest_int.h"

/* place i: i bytes of the glob, stars not counted, have matched */
#define WORDS (GN_GLOB_MAX / 64 + 1)

typedef uint64_t places[WORDS];

static void set_place(places p, size_t i)
{
	p[i / 64] |= UINT64_C(1) << i % 64;
}

bool gn_bundle_glob_matches(struct gn_slice glob, struct gn_slice path)
{
	/* next: by byte; stay: a star stands there */
	places next[256] = {{0}}, any = {0}, stay = {0}, now = {1};
	size_t end = 0;
	if (glob.len > GN_GLOB_MAX)
		return false;
	for (size_t i = 0; i < glob.len; i++) {
		if (glob.p[i] == '*')
			set_place(stay, end);
		else
			set_place(glob.p[i] == '?' ? any : next[glob.p[i]], end++);
	}
	for (size_t p = 0; p < path.len; p++) {
		uint64_t carry = 0;
		for (size_t w = 0; w < WORDS; w++) {
			uint64_t step = now[w] & (next[path.p[p]][w] | any[w]);
			now[w] = (now[w] & stay[w]) | step << 1 | carry;
			carry = step >> 63;
		}
	}
	return now[end / 64] >> end % 64 & 1;
}
