/* JSON as a table: table.h says how. What is read is kept in an arena until the builder has copied
 * it; each fault names the field as it was written, from the outermost in. */
#include "host/table.h"

#include "host/wipe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_SHOWN 160 /* bytes; a longer list is cut */

struct arena_block {
	struct arena_block *next;
	size_t len;
	_Alignas(16) uint8_t bytes[];
};

struct table_parse {
	struct gn_fbb *b;
	struct arena_block *blocks; /* owned */
	char *why;
	gn_err err; /* GN_OK until the first fault */
	const char *path[GN_FB_DEPTH_MAX + 1];
	unsigned depth;
};

/* What an args struct holds for a vector. */
struct parsed_array {
	void *p;
	size_t count;
};

static gn_fbref parse_table(struct table_parse *p, const struct gn_fb_type *type,
			    const json_t *json);

static void *arena_take(struct table_parse *p, size_t len)
{
	struct arena_block *block = calloc(1, sizeof *block + len + 1);
	if (!block) {
		p->err = GN_NOMEM;
		return NULL;
	}
	block->len = len;
	block->next = p->blocks;
	p->blocks = block;
	return block->bytes;
}

GN_PRINTF(2, 3) static void blame(struct table_parse *p, const char *fmt, ...)
{
	size_t at = 0;
	va_list args;
	if (p->err)
		return;
	p->err = GN_USAGE;
	for (unsigned i = 0; i < p->depth && at < GN_HOST_TABLE_WHY; i++)
		at += (size_t)snprintf(p->why + at, GN_HOST_TABLE_WHY - at, "%s%s", i ? "." : "",
				       p->path[i]);
	if (at && at < GN_HOST_TABLE_WHY)
		at += (size_t)snprintf(p->why + at, GN_HOST_TABLE_WHY - at, ": ");
	va_start(args, fmt);
	if (at < GN_HOST_TABLE_WHY)
		vsnprintf(p->why + at, GN_HOST_TABLE_WHY - at, fmt, args);
	va_end(args);
}

/* ---- values ---- */

/* From a whole number or a string of one. */
static bool whole_number(const json_t *json, bool is_signed, uint64_t *bits)
{
	char *end = NULL;
	if (json_is_integer(json)) {
		json_int_t v = json_integer_value(json);
		*bits = (uint64_t)v;
		return is_signed || v >= 0;
	}
	const char *text = json_string_value(json);
	if (!text || !*text || strspn(text, "-0123456789") != json_string_length(json) ||
	    (text[0] == '-' && !is_signed))
		return false;
	errno = 0;
	*bits = is_signed ? (uint64_t)strtoll(text, &end, 10) : strtoull(text, &end, 10);
	return errno == 0 && *end == 0;
}

static void parse_number(struct table_parse *p, const json_t *json, unsigned size,
			 enum gn_fb_number number, void *out)
{
	uint64_t bits = 0;
	unsigned spare = 64 - 8 * size;
	double real = json_number_value(json);
	float small = (float)real;
	bool fits = true;
	GN_ASSERT(out && size >= 1 && size <= sizeof bits);
	switch (number) {
	case GN_FB_BOOL:
		fits = json_is_boolean(json);
		bits = json_is_true(json);
		break;
	case GN_FB_FLOAT:
		if (!json_is_number(json))
			blame(p, "a number is wanted");
		memcpy(out, size == 4 ? (const void *)&small : (const void *)&real, size);
		return;
	case GN_FB_UINT:
		fits = whole_number(json, false, &bits) && bits << spare >> spare == bits;
		break;
	case GN_FB_INT:
		fits = whole_number(json, true, &bits) &&
		       (int64_t)(bits << spare) >> spare == (int64_t)bits;
		break;
	}
	if (!fits)
		blame(p,
		      number == GN_FB_BOOL ? "true or false is wanted"
					   : "a whole number of %u bits is wanted",
		      8 * size);
	for (unsigned i = 0; i < size; i++) /* as this machine has it */
		((uint8_t *)out)[i] = ((const uint8_t *)&bits)[i];
}

/* Of an enum a word or a number, of a time in seconds milliseconds. */
static void parse_scalar(struct table_parse *p, const json_t *json, const struct gn_fb_field *f,
			 uint8_t *to)
{
	const char *text = json_string_value(json);
	uint64_t value = 0;
	for (const struct gn_fb_word *w = f->words; text && w && w->name; w++) {
		if (strcmp(w->name, text) != 0)
			continue;
		value = (uint64_t)w->value;
		for (unsigned i = 0; i < f->size; i++) /* as this machine has it */
			to[i] = ((const uint8_t *)&value)[i];
		return;
	}
	if (f->words && text) {
		char words[WORDS_SHOWN] = "";
		size_t at = 0;
		for (const struct gn_fb_word *w = f->words; w->name && at < sizeof words; w++)
			at += (size_t)snprintf(words + at, sizeof words - at, "%s%s",
					       w == f->words ? "" : ", ", w->name);
		blame(p, "it is none of %s", words);
	}
	parse_number(p, json, f->size, f->number, to);
	if (!f->seconds)
		return;
	memcpy(&value, to, sizeof value); /* fbc lets only a ulong be one */
	value = value == UINT64_MAX ? value : value / 1000;
	memcpy(to, &value, sizeof value);
}

static void parse_member(struct table_parse *p, const json_t *json, const struct gn_fb_member *m,
			 uint8_t *value)
{
	uint8_t *to = value + m->c_offset;
	if (m->size == 1 && m->count > 1) {
		const char *text = json_string_value(json);
		if (!text || gn_unhex(gn_str(text), to, m->count) != GN_OK)
			blame(p, "%u hex digits are wanted", 2u * m->count);
	} else if (m->count == 1) {
		parse_number(p, json, m->size, m->number, to);
	} else if (json_array_size(json) != m->count) {
		blame(p, "an array of %u numbers is wanted", m->count);
	} else {
		for (unsigned i = 0; i < m->count; i++)
			parse_number(p, json_array_get(json, i), m->size, m->number,
				     to + i * m->size);
	}
}

static void parse_struct(struct table_parse *p, const json_t *json,
			 const struct gn_fb_layout *layout, uint8_t *value)
{
	if (layout->member_count == 1) {
		parse_member(p, json, &layout->members[0], value);
		return;
	}
	if (!json_is_object(json) || json_object_size(json) != layout->member_count)
		blame(p, "an object with %u members is wanted", layout->member_count);
	for (unsigned i = 0; i < layout->member_count && !p->err; i++) {
		const json_t *member = json_object_get(json, layout->members[i].name);
		if (member)
			parse_member(p, member, &layout->members[i], value);
		else
			blame(p, "%s is missing", layout->members[i].name);
	}
}

static struct gn_slice parse_text(struct table_parse *p, const json_t *json)
{
	const char *text = json_string_value(json);
	if (!text)
		blame(p, "a string is wanted");
	return text ? gn_slice((const uint8_t *)text, json_string_length(json)) : gn_slice(NULL, 0);
}

static struct parsed_array parse_bytes(struct table_parse *p, const json_t *json)
{
	size_t len = json_string_length(json);
	uint8_t *bytes = arena_take(p, len);
	struct gn_buf b = {bytes, 0, len};
	if (bytes && (!json_is_string(json) ||
		      gn_unbase64(gn_str(json_string_value(json)), false, &b) != GN_OK))
		blame(p, "base64 is wanted");
	return (struct parsed_array){bytes, b.len};
}

static size_t element_size(const struct gn_fb_field *f)
{
	return f->kind == GN_FB_SCALARS   ? f->size
	       : f->kind == GN_FB_STRUCTS ? f->layout->c_size
	       : f->kind == GN_FB_STRINGS ? sizeof(struct gn_slice)
					  : sizeof(gn_fbref);
}

static struct parsed_array parse_array(struct table_parse *p, const json_t *json,
				       const struct gn_fb_field *f)
{
	struct parsed_array out = {NULL, json_array_size(json)};
	if (!json_is_array(json))
		blame(p, "an array is wanted");
	else
		out.p = arena_take(p, out.count * element_size(f));
	for (size_t i = 0; out.p && i < out.count && !p->err; i++) {
		const json_t *one = json_array_get(json, i);
		uint8_t *to = (uint8_t *)out.p + i * element_size(f);
		if (f->kind == GN_FB_SCALARS)
			parse_number(p, one, f->size, f->number, to);
		else if (f->kind == GN_FB_STRUCTS)
			parse_struct(p, one, f->layout, to);
		else if (f->kind == GN_FB_STRINGS)
			*(struct gn_slice *)(void *)to = parse_text(p, one);
		else
			*(gn_fbref *)(void *)to = parse_table(p, f->types[0], one);
	}
	return out;
}

/* Into the field's place of the args struct. */
static void parse_field(struct table_parse *p, const json_t *json, const struct gn_fb_field *f,
			uint8_t *to)
{
	struct parsed_array array;
	struct gn_slice text;
	gn_fbref ref;
	void *value;
	switch (f->kind) {
	case GN_FB_SCALAR: parse_scalar(p, json, f, to); return;
	case GN_FB_STRUCT:
		value = arena_take(p, f->layout->c_size);
		if (value)
			parse_struct(p, json, f->layout, value);
		memcpy(to, &value, sizeof value);
		return;
	case GN_FB_STRING:
		text = parse_text(p, json);
		memcpy(to, &text, sizeof text);
		return;
	case GN_FB_TABLE:
		ref = parse_table(p, f->types[0], json);
		memcpy(to, &ref, sizeof ref);
		return;
	case GN_FB_UNION: blame(p, "cannot be said in JSON"); return;
	case GN_FB_SCALARS:
	case GN_FB_STRUCTS:
	case GN_FB_STRINGS:
	case GN_FB_TABLES: break;
	}
	array = f->kind == GN_FB_SCALARS && f->size == 1 ? parse_bytes(p, json)
							 : parse_array(p, json, f);
	memcpy(to, &array, sizeof array);
}

static const struct gn_fb_field *field_named(const struct gn_fb_type *type, const char *name)
{
	for (unsigned i = 0; i < type->field_count; i++)
		if (strcmp(type->fields[i].name, name) == 0)
			return &type->fields[i];
	return NULL;
}

static gn_fbref parse_table(struct table_parse *p, const struct gn_fb_type *type,
			    const json_t *json)
{
	_Alignas(16) uint8_t args[GN_FB_SLOTS_MAX * 16] = {0};
	const char *name;
	json_t *value;
	GN_ASSERT(p->depth < GN_COUNT(p->path)); /* fbc refuses deeper schemas */
	if (!json_is_object(json)) {
		blame(p, "an object is wanted");
		return 0;
	}
	for (unsigned i = 0; i < type->field_count; i++) {
		const struct gn_fb_field *f = &type->fields[i];
		GN_ASSERT(f->c_offset + 16u <= sizeof args);
		if (f->kind == GN_FB_SCALAR)
			memcpy(args + f->c_offset, &f->fallback, f->size);
		if (f->required && !json_object_get(json, f->name))
			blame(p, "%s is missing", f->name);
	}
	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		const struct gn_fb_field *f = field_named(type, name);
		p->path[p->depth++] = name;
		if (!f)
			blame(p, "there is no such field");
		else
			parse_field(p, value, f, args + f->c_offset);
		p->depth--;
		if (p->err)
			return 0;
	}
	return p->err ? 0 : gn_fbb_table(p->b, type, args);
}

gn_err gn_host_table_parse(const struct gn_fb_type *type, const json_t *json, struct gn_fbb *b,
			   gn_fbref *out, char why[GN_HOST_TABLE_WHY])
{
	struct table_parse p = {.b = b, .why = why};
	*why = 0;
	gn_fbref ref = parse_table(&p, type, json);
	while (p.blocks) {
		struct arena_block *next = p.blocks->next;
		gn_host_wipe_free(p.blocks, sizeof *p.blocks + p.blocks->len);
		p.blocks = next;
	}
	if (p.err)
		return p.err;
	if (b->bad)
		return GN_TOO_LARGE;
	*out = ref;
	return GN_OK;
}
