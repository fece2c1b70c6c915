/* Random tables and their JSON, as random_fb.h says. */
#include "wire/testing/random_fb.h"

static gn_fbref random_table(struct random_fb *r, const struct gn_fb_type *type);
GN_PRINTF(2, 3) static void json_put(struct json *j, const char *fmt, ...);
static void json_table(struct json *j, const struct gn_fb_type *type, struct gn_fbt t);

static void *random_take(struct random_fb *r, size_t len)
{
	size_t at = (r->used + 15) & ~(size_t)15;
	GN_ASSERT(at + len <= sizeof r->arena);
	r->used = at + len;
	return r->arena + at;
}

static void random_number(struct random_fb *r, unsigned size, enum gn_fb_number number, void *out)
{
	uint64_t v = gn_rand_u64(&r->rand);
	double small = ((double)(v % 4001) - 2000) / 4;
	float small_float = (float)small;
	v = v % 5 == 0 ? 0 : v % 5 == 1 ? UINT64_MAX : v % 5 == 2 ? v >> 40 & 127 : v;
	if (number == GN_FB_BOOL)
		*(uint8_t *)out = v & 1;
	else if (number == GN_FB_FLOAT)
		memcpy(out, size == 4 ? (void *)&small_float : (void *)&small, size);
	else if (size == 1)
		memcpy(out, &(uint8_t){(uint8_t)v}, 1);
	else if (size == 2)
		memcpy(out, &(uint16_t){(uint16_t)v}, 2);
	else if (size == 4)
		memcpy(out, &(uint32_t){(uint32_t)v}, 4);
	else
		memcpy(out, &v, 8);
}

static struct gn_slice random_text(struct random_fb *r)
{
	static const char *const parts[] = {"a",
					    "Zz",
					    "0",
					    "\"",
					    "\\",
					    "/",
					    " ",
					    "\n",
					    "\x01",
					    "\x7f",
					    "é",
					    "€",
					    "\xf0\x9f\x98\x80"};
	struct gn_buf buf = {random_take(r, 64), 0, 64};
	for (uint64_t n = gn_rand_below(&r->rand, 14); n > 0; n--)
		GN_ASSERT(
			gn_buf_put(&buf, gn_str(parts[gn_rand_below(&r->rand, GN_COUNT(parts))])) ==
			GN_OK);
	return gn_buf_slice(&buf);
}

static void random_struct(struct random_fb *r, const struct gn_fb_layout *layout, uint8_t *out)
{
	/* C's padding too: it must not reach the wire */
	gn_rand_fill(&r->rand, out, layout->c_size);
	for (unsigned m = 0; m < layout->member_count; m++)
		for (unsigned i = 0; i < layout->members[m].count; i++)
			random_number(r, layout->members[m].size, layout->members[m].number,
				      out + layout->members[m].c_offset +
					      i * layout->members[m].size);
}

static void random_field(struct random_fb *r, const struct gn_fb_field *field, uint8_t *to)
{
	struct gn_slice slice;
	struct {
		void *p;
		size_t count;
	} array = {NULL, gn_rand_below(&r->rand, 4)};
	gn_fbref ref;
	switch (field->kind) {
	case GN_FB_SCALAR: random_number(r, field->size, field->number, to); return;
	case GN_FB_STRUCT:
		array.p = random_take(r, field->layout->c_size);
		random_struct(r, field->layout, array.p);
		memcpy(to, &array.p, sizeof array.p);
		return;
	case GN_FB_STRING:
		slice = random_text(r);
		memcpy(to, &slice, sizeof slice);
		return;
	case GN_FB_TABLE:
		ref = random_table(r, field->types[0]);
		memcpy(to, &ref, sizeof ref);
		return;
	case GN_FB_UNION: return; /* with its type, in random_table */
	case GN_FB_SCALARS: array.p = random_take(r, array.count * field->size + 1); break;
	case GN_FB_STRUCTS:
		array.p = random_take(r, array.count * field->layout->c_size + 1);
		break;
	case GN_FB_STRINGS: array.p = random_take(r, array.count * sizeof slice + 1); break;
	case GN_FB_TABLES: array.p = random_take(r, array.count * sizeof ref + 1); break;
	}
	for (size_t i = 0; i < array.count; i++) {
		if (field->kind == GN_FB_SCALARS)
			random_number(r, field->size, field->number,
				      (uint8_t *)array.p + i * field->size);
		else if (field->kind == GN_FB_STRUCTS)
			random_struct(r, field->layout,
				      (uint8_t *)array.p + i * field->layout->c_size);
		else if (field->kind == GN_FB_STRINGS)
			((struct gn_slice *)array.p)[i] = random_text(r);
		else
			((gn_fbref *)array.p)[i] = random_table(r, field->types[0]);
	}
	memcpy(to, &array, sizeof array); /* [ubyte] is a slice, which looks the same */
}

static gn_fbref random_table(struct random_fb *r, const struct gn_fb_type *type)
{
	_Alignas(16) uint8_t args[GN_FB_SLOTS_MAX * 16] = {0};
	for (unsigned i = 0; i < type->field_count; i++) {
		const struct gn_fb_field *field = &type->fields[i];
		GN_ASSERT(field->c_offset + 16u <= sizeof args);
		if (field->kind == GN_FB_UNION) {
			unsigned least = field->required,
				 member = least + (unsigned)gn_rand_below(
							  &r->rand, field->type_count + 1u - least);
			gn_fbref ref = member ? random_table(r, field->types[member - 1]) : 0;
			args[field[-1].c_offset] = (uint8_t)member;
			memcpy(args + field->c_offset, &ref, sizeof ref);
		} else if (field->required || gn_rand_below(&r->rand, 4)) {
			random_field(r, field, args + field->c_offset);
		} else if (field->kind == GN_FB_SCALAR) {
			for (unsigned k = 0; k < field->size;
			     k++) /* the default; tests run on little-endian machines */
				args[field->c_offset + k] = (uint8_t)(field->fallback >> 8 * k);
		}
	}
	return gn_fbb_table(r->b, type, args);
}

gn_err random_buffer(const struct gn_fb_type *type, uint64_t seed, void *storage, size_t cap,
		     struct gn_slice *out)
{
	struct gn_prng prng;
	gn_prng_init(&prng, seed);
	struct gn_fbb b = gn_fbb(storage, cap);
	static struct random_fb r; /* large */
	r = (struct random_fb){.rand = gn_prng_rand(&prng), .b = &b};
	gn_fbref root = random_table(&r, type);
	return gn_fbb_finish(&b, root, type->identifier, out);
}

static inline void json_put(struct json *j, const char *fmt, ...)
{
	char text[64];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	GN_ASSERT(n >= 0 && n < (int)sizeof text);
	if (j->cap - j->len > (size_t)n) {
		memcpy(j->p + j->len, text, (size_t)n + 1);
		j->len += (size_t)n;
	}
}

static void json_number(struct json *j, uint64_t bits, unsigned size, enum gn_fb_number number)
{
	unsigned spare = 64 - 8 * size;
	if (number == GN_FB_BOOL)
		json_put(j, "%s", bits ? "true" : "false");
	else if (number == GN_FB_FLOAT)
		json_put(j, "%.17g", size == 4 ? (double)gn_fb_float(bits) : gn_fb_double(bits));
	else if (number == GN_FB_INT)
		json_put(j, "%lld", (long long)((int64_t)(bits << spare) >> spare));
	else
		json_put(j, "%llu", (unsigned long long)bits);
}

static void json_text(struct json *j, struct gn_slice s)
{
	json_put(j, "\"");
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < 0x20)
			json_put(j, "\\u%04x", s.p[i]);
		else
			json_put(j, "%s%c", s.p[i] == '"' || s.p[i] == '\\' ? "\\" : "", s.p[i]);
	}
	json_put(j, "\"");
}

static void json_struct(struct json *j, const struct gn_fb_layout *layout, const uint8_t *value)
{
	json_put(j, "{");
	for (unsigned m = 0; m < layout->member_count; m++) {
		const struct gn_fb_member *member = &layout->members[m];
		json_put(j, "%s\"%s\":%s", m ? "," : "", member->name,
			 member->count > 1 ? "[" : "");
		for (unsigned i = 0; i < member->count; i++) {
			uint64_t bits = 0;
			memcpy(&bits, value + member->c_offset + i * member->size, member->size);
			json_put(j, "%s", i ? "," : "");
			json_number(j, bits, member->size, member->number);
		}
		json_put(j, "%s", member->count > 1 ? "]" : "");
	}
	json_put(j, "}");
}

static void json_value(struct json *j, const struct gn_fb_field *field, struct gn_fbt t)
{
	_Alignas(16) uint8_t value[1024];
	unsigned slot = field->slot;
	switch (field->kind) {
	case GN_FB_SCALAR:
		json_number(j, gn_fbt_bits(t, slot, field->size, field->fallback), field->size,
			    field->number);
		return;
	case GN_FB_STRUCT:
		GN_ASSERT(field->layout->c_size <= sizeof value &&
			  gn_fbt_struct(t, slot, field->layout, value));
		json_struct(j, field->layout, value);
		return;
	case GN_FB_STRING: json_text(j, gn_fbt_bytes(t, slot)); return;
	case GN_FB_TABLE: json_table(j, field->types[0], gn_fbt_table(t, slot)); return;
	case GN_FB_UNION: {
		unsigned member = (unsigned)gn_fbt_bits(t, slot - 1, 1, 0);
		json_table(j, field->types[member - 1], gn_fbt_member(t, slot, member));
		return;
	}
	default: break;
	}
	json_put(j, "[");
	for (uint32_t i = 0; i < gn_fbt_count(t, slot); i++) {
		json_put(j, "%s", i ? "," : "");
		if (field->kind == GN_FB_SCALARS) {
			json_number(j, gn_fbt_bits_at(t, slot, field->size, i), field->size,
				    field->number);
		} else if (field->kind == GN_FB_STRUCTS) {
			gn_fbt_struct_at(t, slot, field->layout, i, value);
			json_struct(j, field->layout, value);
		} else if (field->kind == GN_FB_STRINGS) {
			json_text(j, gn_fbt_string_at(t, slot, i));
		} else {
			json_table(j, field->types[0], gn_fbt_table_at(t, slot, i));
		}
	}
	json_put(j, "]");
}

/* Scalars always, the rest when present; a union of an unknown type not at all. */
static void json_table(struct json *j, const struct gn_fb_type *type, struct gn_fbt t)
{
	const char *comma = "";
	json_put(j, "{");
	for (unsigned i = 0; i < type->field_count; i++) {
		const struct gn_fb_field *field = &type->fields[i], *next = field + 1;
		bool union_type = i + 1 < type->field_count && next->kind == GN_FB_UNION &&
				  next->slot == field->slot + 1u;
		unsigned member = union_type ? (unsigned)gn_fbt_bits(t, field->slot, 1, 0) : 0;
		if (union_type && (member == 0 || member > next->type_count)) {
			i++;
			continue;
		}
		if (field->kind != GN_FB_SCALAR && !gn_fbt_has(t, field->slot))
			continue;
		json_put(j, "%s\"%s\":", comma, field->name);
		comma = ",";
		if (union_type)
			json_put(j, "\"%s\"", next->types[member - 1]->name);
		else
			json_value(j, field, t);
	}
	json_put(j, "}");
}

struct json json_of(const struct gn_fb_type *type, struct gn_fbt t)
{
	static char text[1 << 20];
	struct json j = {text, 0, sizeof text};
	json_table(&j, type, t);
	return j;
}
