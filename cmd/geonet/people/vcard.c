/* vCards written and read: of a card its FN and the IMPP that is GeoNet's; other lines are
 * passed over. A line goes on in the next when that begins with a blank. */
#include "geonet/people/vcard.h"

#include "geonet/frame/frame.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE 4096u /* bytes of a line that are read, folds taken out */
#define FOLD 75

/* ---- written ---- */

static char *escaped(const char *text)
{
	char *out = cli_alloc(2 * strlen(text) + 1), *p = out;
	for (; *text; text++) {
		if (*text == '\\' || *text == ',' || *text == ';')
			*p++ = '\\';
		if (*text == '\n') {
			*p++ = '\\';
			*p++ = 'n';
		} else if ((unsigned char)*text >= ' ') {
			*p++ = *text;
		}
	}
	*p = 0;
	return out;
}

/* No fold within a character of UTF-8. */
static char *folded(const char *line)
{
	size_t len = strlen(line), used = 0;
	char *out = cli_alloc(len + 3 * (len / (FOLD - 4) + 2)), *p = out;
	for (size_t i = 0; i < len; i++) {
		size_t more = 1;
		while (i + more < len && ((unsigned char)line[i + more] & 0xc0) == 0x80)
			more++;
		if (used + more > FOLD) {
			memcpy(p, "\r\n ", 3);
			p += 3;
			used = 1;
		}
		memcpy(p, line + i, more);
		p += more;
		used += more;
		i += more - 1;
	}
	memcpy(p, "\r\n", 3);
	return out;
}

char *vcard_make(const char *name, const char *pid)
{
	char *text = escaped(name), *fn = cli_format("FN:%s", text), *line = folded(fn);
	char *card = cli_format("BEGIN:VCARD\r\nVERSION:4.0\r\n%sIMPP:geonet:%s\r\nEND:VCARD\r\n",
				line, pid);
	free(text);
	free(fn);
	free(line);
	return card;
}

/* ---- read ---- */

/* A line without its folds; false at the end. What is too long is cut. */
static bool take_line(struct gn_slice *in, char out[LINE])
{
	size_t len = 0, i = 0;
	if (!in->len)
		return false;
	for (; i < in->len; i++) {
		if (in->p[i] == '\n') {
			bool goes_on =
				i + 1 < in->len && (in->p[i + 1] == ' ' || in->p[i + 1] == '\t');
			if (!goes_on)
				break;
			i++;
		} else if (in->p[i] != '\r' && in->p[i] && len + 1 < LINE) {
			out[len++] = (char)in->p[i];
		}
	}
	out[len] = 0;
	*in = gn_slice_sub(*in, i < in->len ? i + 1 : i, in->len - (i < in->len ? i + 1 : i));
	return true;
}

/* The value of a line of that name, group and parameters aside; NULL: it is another. */
static const char *value_of(const char *line, const char *name)
{
	const char *colon = strchr(line, ':'), *dot = strchr(line, '.');
	size_t len = strlen(name);
	if (dot && colon && dot < colon && !memchr(line, ';', (size_t)(dot - line)))
		line = dot + 1;
	if (!colon || strncasecmp(line, name, len) != 0 || (line[len] != ':' && line[len] != ';'))
		return NULL;
	return colon + 1;
}

static void unescape(const char *text, char *out, size_t cap)
{
	size_t n = 0;
	for (; *text && n + 1 < cap; text++) {
		if (*text == '\\' && text[1])
			text++;
		out[n++] = *text;
	}
	while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80 && *text)
		n--; /* no half of a character */
	if (n && *text && (unsigned char)out[n - 1] >= 0xc0)
		n--;
	out[n] = 0;
}

bool vcard_next(struct gn_slice *in, struct vcard *out)
{
	char line[LINE] = "";
	bool within = false;
	memset(out, 0, sizeof *out);
	while (take_line(in, line)) {
		const char *value;
		if (strcasecmp(line, "BEGIN:VCARD") == 0)
			within = true;
		else if (within && strcasecmp(line, "END:VCARD") == 0)
			return true;
		else if (within && (value = value_of(line, "FN")))
			unescape(value, out->name, sizeof out->name);
		else if (within && (value = value_of(line, "IMPP")) &&
			 strncasecmp(value, "geonet:", 7) == 0 &&
			 strlen(value + 7) < sizeof out->pid)
			memcpy(out->pid, value + 7, strlen(value + 7) + 1);
	}
	return false;
}
