/* Settings files (NO-1): "name = value" lines, '#' begins a comment, blanks around both are
 * dropped. Pure: the file is read by someone else. */
#include "os/os.h"

#include <stdio.h>
#include <string.h>

static struct gn_slice trim(struct gn_slice s)
{
	while (s.len && s.p[0] && strchr(" \t\r", s.p[0]))
		s = gn_slice_sub(s, 1, s.len);
	while (s.len && s.p[s.len - 1] && strchr(" \t\r", s.p[s.len - 1]))
		s.len--;
	return s;
}

static gn_err one(struct gn_slice line, gn_os_setting *set, void *user, char *why, size_t cap)
{
	const uint8_t *equals = memchr(line.p, '=', line.len);
	if (!equals) {
		snprintf(why, cap, "expected \"name = value\"");
		return GN_USAGE;
	}
	size_t at = (size_t)(equals - line.p);
	return set(user, trim(gn_slice(line.p, at)), trim(gn_slice_sub(line, at + 1, line.len)),
		   why, cap);
}

gn_err gn_os_settings(struct gn_slice text, gn_os_setting *set, void *user, char *why, size_t cap)
{
	for (unsigned number = 1; text.len; number++) {
		char inner[320] = "";
		const uint8_t *newline = memchr(text.p, '\n', text.len);
		size_t len = newline ? (size_t)(newline - text.p) : text.len;
		struct gn_slice line = gn_slice_sub(text, 0, len);
		text = gn_slice_sub(text, len + 1, text.len);
		const uint8_t *hash = line.len ? memchr(line.p, '#', line.len) : NULL;
		line = trim(hash ? gn_slice(line.p, (size_t)(hash - line.p)) : line);
		if (line.len == 0)
			continue;
		gn_err err = one(line, set, user, inner, sizeof inner);
		if (err) {
			snprintf(why, cap, "line %u: %s", number, inner);
			return err;
		}
	}
	return GN_OK;
}

bool gn_os_setting_text(struct gn_slice s, char *out, size_t cap)
{
	if (s.len >= cap || (s.len && memchr(s.p, 0, s.len)))
		return false;
	if (s.len)
		memcpy(out, s.p, s.len);
	out[s.len] = 0;
	return true;
}

bool gn_os_setting_number(const char *s, uint64_t least, uint64_t most, bool suffix, uint64_t *out)
{
	uint64_t v = 0;
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (v > (UINT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
	}
	const char *unit = *s && suffix ? strchr("KMGT", *s) : NULL;
	if (unit) {
		unsigned shift = 10 * (unsigned)(unit - "KMGT" + 1);
		if (v > UINT64_MAX >> shift)
			return false;
		v <<= shift;
		s++;
	}
	if (*s || v < least || v > most)
		return false;
	*out = v;
	return true;
}
