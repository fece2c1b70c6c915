/* A table as JSON: table.h says how. Recursion goes down the schema, which fbc bounds, never down
 * the input. */
#include "host/table.h"

#include "host/limits.h"

#include <stdio.h>

#define EXACT (UINT64_C(1) << 53) /* above it a double, which JSON readers use, skips numbers */

static json_t *table_object(const struct gn_fb_type *type, struct gn_fbt t);

static json_t *number_json(uint64_t bits, unsigned size, enum gn_fb_number number)
{
	unsigned spare = 64 - 8 * size;
	int64_t whole = (int64_t)(bits << spare) >> spare;
	char text[24];
	switch (number) {
	case GN_FB_BOOL: return json_boolean(bits != 0);
	case GN_FB_FLOAT:
		return json_real(size == 4 ? (double)gn_fb_float(bits) : gn_fb_double(bits));
	case GN_FB_INT:
		if (whole <= (int64_t)EXACT && whole >= -(int64_t)EXACT)
			return json_integer(whole);
		snprintf(text, sizeof text, "%lld", (long long)whole);
		return json_string(text);
	case GN_FB_UINT: break;
	}
	if (bits <= EXACT)
		return json_integer((json_int_t)bits);
	snprintf(text, sizeof text, "%llu", (unsigned long long)bits);
	return json_string(text);
}

/* Of an enum its word, of a time in seconds milliseconds; a value that has no word yet is a
 * number. */
static json_t *scalar_json(const struct gn_fb_field *f, uint64_t bits)
{
	for (const struct gn_fb_word *w = f->words; w && w->name; w++)
		if ((uint64_t)w->value == bits)
			return json_string(w->name);
	if (f->seconds)
		bits = bits <= UINT64_MAX / 1000 ? bits * 1000 : UINT64_MAX;
	return number_json(bits, f->size, f->number);
}

static json_t *member_json(const struct gn_fb_member *m, const uint8_t *value)
{
	if (m->size == 1 && m->count > 1)
		return gn_host_json_hex(value + m->c_offset, m->count);
	json_t *array = json_array();
	for (unsigned i = 0; i < m->count; i++) {
		uint64_t bits = 0;
		memcpy(&bits, value + m->c_offset + i * m->size, m->size);
		json_t *one = number_json(bits, m->size, m->number);
		if (m->count == 1) {
			json_decref(array);
			return one;
		}
		json_array_append_new(array, one);
	}
	return array;
}

/* A key is its hex alone; a struct of several members an object. */
static json_t *struct_json(const struct gn_fb_layout *layout, const uint8_t *value)
{
	if (layout->member_count == 1)
		return member_json(&layout->members[0], value);
	json_t *object = json_object();
	for (unsigned m = 0; m < layout->member_count; m++)
		json_object_set_new(object, layout->members[m].name,
				    member_json(&layout->members[m], value));
	return object;
}

static json_t *element_json(const struct gn_fb_field *f, struct gn_fbt t, uint32_t i)
{
	_Alignas(16) uint8_t value[GN_HOST_STRUCT];
	struct gn_slice s;
	if (f->kind == GN_FB_STRUCTS) {
		GN_ASSERT(f->layout->c_size <= sizeof value);
		gn_fbt_struct_at(t, f->slot, f->layout, i, value);
		return struct_json(f->layout, value);
	}
	if (f->kind == GN_FB_STRINGS) {
		s = gn_fbt_string_at(t, f->slot, i);
		return gn_host_json_slice(s);
	}
	if (f->kind == GN_FB_TABLES)
		return table_object(f->types[0], gn_fbt_table_at(t, f->slot, i));
	return number_json(gn_fbt_bits_at(t, f->slot, f->size, i), f->size, f->number);
}

static json_t *vector_json(const struct gn_fb_field *f, struct gn_fbt t)
{
	if (f->kind == GN_FB_SCALARS && f->size == 1)
		return gn_host_json_base64(gn_fbt_bytes(t, f->slot));
	json_t *array = json_array();
	for (uint32_t i = 0; i < gn_fbt_count(t, f->slot); i++)
		json_array_append_new(array, element_json(f, t, i));
	return array;
}

static json_t *field_json(const struct gn_fb_field *f, struct gn_fbt t)
{
	_Alignas(16) uint8_t value[GN_HOST_STRUCT];
	switch (f->kind) {
	case GN_FB_SCALAR: return scalar_json(f, gn_fbt_bits(t, f->slot, f->size, f->fallback));
	case GN_FB_STRUCT:
		GN_ASSERT(f->layout->c_size <= sizeof value);
		gn_fbt_struct(t, f->slot, f->layout, value);
		return struct_json(f->layout, value);
	case GN_FB_STRING: return gn_host_json_slice(gn_fbt_bytes(t, f->slot));
	case GN_FB_TABLE: return table_object(f->types[0], gn_fbt_table(t, f->slot));
	case GN_FB_UNION: return NULL; /* of frames alone, and those are not JSON */
	case GN_FB_SCALARS:
	case GN_FB_STRUCTS:
	case GN_FB_STRINGS:
	case GN_FB_TABLES: break;
	}
	return vector_json(f, t);
}

static json_t *table_object(const struct gn_fb_type *type, struct gn_fbt t)
{
	json_t *object = json_object();
	for (unsigned i = 0; i < type->field_count; i++) {
		const struct gn_fb_field *f = &type->fields[i];
		bool has_none = f->kind == GN_FB_STRUCT || f->kind == GN_FB_TABLE ||
				f->kind == GN_FB_UNION; /* nothing stands for an absent one */
		if (!has_none || gn_fbt_has(t, f->slot))
			json_object_set_new(object, f->name, field_json(f, t));
	}
	return object;
}

json_t *gn_host_table_json(const struct gn_fb_type *type, struct gn_fbt t)
{
	return table_object(type, t);
}
