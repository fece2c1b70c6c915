/* Settings: setting.h says what a table is. A value is parsed into a local and stored in one step,
 * so that a bad one leaves what was there. */
#include "host/setting.h"

#include "os/os.h"
#include <stdlib.h>

#define HELP_COLUMN 22 /* of --help: a name and its value before the sentence */
#define HELP_WIDTH 80

const struct gn_host_setting *gn_host_setting_find(const struct gn_host_setting *table,
						   struct gn_slice name)
{
	for (const struct gn_host_setting *s = table; s->name; s++)
		if (gn_slice_eq(gn_str(s->name), name))
			return s;
	return NULL;
}

/* ---- storing ---- */

static void *member(const struct gn_host_setting *s, void *config)
{
	return (uint8_t *)config + s->at;
}

static void store_number(void *to, size_t size, uint64_t v)
{
	uint8_t v8 = (uint8_t)v;
	uint16_t v16 = (uint16_t)v;
	uint32_t v32 = (uint32_t)v;
	const void *from = size == 1 ? (void *)&v8 : size == 2 ? (void *)&v16 : (void *)&v32;
	GN_ASSERT(size == 1 || size == 2 || size == 4 || size == 8);
	memcpy(to, size == 8 ? (const void *)&v : from, size);
}

static bool set_number(const struct gn_host_setting *s, void *config, const char *value)
{
	uint64_t v = 0;
	bool off = s->off_at && strcmp(value, "off") == 0;
	if (!off && !gn_os_setting_number(value, s->least, s->most, s->kind == GN_HOST_BYTES, &v))
		return false;
	if (s->off_at)
		memcpy((uint8_t *)config + s->off_at, &off, sizeof off);
	store_number(member(s, config), s->size, v << s->shift);
	return true;
}

static bool set_choice(const struct gn_host_setting *s, void *config, const char *value)
{
	for (unsigned i = 0; s->words[i]; i++)
		if (strcmp(value, s->words[i]) == 0) {
			store_number(member(s, config), s->size, i);
			return true;
		}
	return false;
}

/* What is kept of a text, into out of s->size bytes. */
static bool take_text(const struct gn_host_setting *s, const char *value, char *out)
{
	char kept[GN_HOST_VALUE];
	size_t cap = s->size < sizeof kept ? s->size : sizeof kept;
	if (s->take ? !s->take(value, kept, cap) : strlen(value) >= cap)
		return false;
	memcpy(out, s->take ? kept : value, strlen(s->take ? kept : value) + 1);
	return true;
}

static bool set_text(const struct gn_host_setting *s, void *config, const char *value)
{
	size_t len = strlen(value);
	if (len < s->least || (s->most && len > s->most))
		return false;
	return take_text(s, value, member(s, config));
}

static bool add_text(const struct gn_host_setting *s, void *config, const char *value)
{
	unsigned count;
	uint8_t *counter = (uint8_t *)config + s->count_at;
	memcpy(&count, counter, sizeof count);
	if (count >= s->most ||
	    !take_text(s, value, (char *)member(s, config) + (size_t)count * s->size))
		return false;
	count++;
	memcpy(counter, &count, sizeof count);
	return true;
}

static bool set_one(const struct gn_host_setting *s, void *config, const char *value)
{
	switch (s->kind) {
	case GN_HOST_TEXT: return set_text(s, config, value);
	case GN_HOST_LIST: return add_text(s, config, value);
	case GN_HOST_NUMBER:
	case GN_HOST_BYTES: return set_number(s, config, value);
	case GN_HOST_CHOICE: return set_choice(s, config, value);
	case GN_HOST_FLAG: break;
	}
	return false;
}

void gn_host_settings_default(const struct gn_host_setting *table, void *config, size_t size)
{
	memset(config, 0, size);
	for (const struct gn_host_setting *s = table; s->name; s++)
		if (s->standard && s->kind != GN_HOST_FLAG) {
			bool good = set_one(s, config, s->standard);
			GN_ASSERT(good);
		}
}

gn_err gn_host_setting_set(const struct gn_host_setting *table, void *config, struct gn_slice name,
			   struct gn_slice value, char why[GN_HOST_WHY])
{
	char n[GN_HOST_NAME], v[GN_HOST_VALUE];
	if (!gn_os_setting_text(name, n, sizeof n) || !gn_os_setting_text(value, v, sizeof v)) {
		snprintf(why, GN_HOST_WHY, "a setting's name or value is too long or not text");
		return GN_USAGE;
	}
	const struct gn_host_setting *s = gn_host_setting_find(table, gn_str(n));
	if (!s || s->kind == GN_HOST_FLAG) {
		snprintf(why, GN_HOST_WHY, "there is no setting '%s'", n);
		return GN_USAGE;
	}
	if (!set_one(s, config, v)) {
		snprintf(why, GN_HOST_WHY, "%s: '%.80s' is not %s", n, v, s->expected);
		return GN_USAGE;
	}
	return GN_OK;
}

/* ---- a file ---- */

struct target {
	const struct gn_host_setting *table;
	void *config;
};

static gn_err set_line(void *user, struct gn_slice name, struct gn_slice value, char *why,
		       size_t cap)
{
	const struct target *t = user;
	char inner[GN_HOST_WHY];
	gn_err err = gn_host_setting_set(t->table, t->config, name, value, inner);
	if (err)
		snprintf(why, cap, "%.280s", inner);
	return err;
}

gn_err gn_host_settings_parse(const struct gn_host_setting *table, void *config, size_t size,
			      struct gn_slice text, char why[GN_HOST_WHY])
{
	struct target t = {table, malloc(size)};
	if (!t.config) {
		snprintf(why, GN_HOST_WHY, "%s", gn_err_text(GN_NOMEM));
		return GN_NOMEM;
	}
	memcpy(t.config, config, size);
	gn_err err = gn_os_settings(text, set_line, &t, why, GN_HOST_WHY);
	if (!err)
		memcpy(config, t.config, size);
	free(t.config);
	return err;
}

/* ---- help ---- */

void gn_host_setting_help(const struct gn_host_setting *s, char *out, size_t cap)
{
	const char *usual = s->shown ? s->shown : s->standard;
	snprintf(out, cap, "%s%s%s%s", s->help, usual ? " (default " : "", usual ? usual : "",
		 usual ? ")" : "");
}

/* Words from a column on; lines that are full go on below the first. */
static void print_words(FILE *out, const char *text, size_t at)
{
	while (*text) {
		size_t len = strcspn(text, " ");
		if (at > HELP_COLUMN + 2 && at + 1 + len > HELP_WIDTH)
			at = (size_t)fprintf(out, "\n%*s", HELP_COLUMN + 2, "") - 1;
		else if (at > HELP_COLUMN + 2)
			at += (size_t)fprintf(out, " ");
		at += (size_t)fprintf(out, "%.*s", (int)len, text);
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

void gn_host_settings_print(const struct gn_host_setting *table, FILE *out)
{
	for (const struct gn_host_setting *s = table; s->name; s++) {
		char text[GN_HOST_WHY], head[2 * GN_HOST_NAME];
		snprintf(head, sizeof head, "--%s %s", s->name, s->value);
		gn_host_setting_help(s, text, sizeof text);
		fprintf(out, "  %-*s", HELP_COLUMN, head);
		print_words(out, text, strlen(head) < HELP_COLUMN ? HELP_COLUMN + 2 : HELP_WIDTH);
	}
}
