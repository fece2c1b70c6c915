/* Verifying and reading FlatBuffers. Verification walks everything the schema knows with an
 * explicit stack and proves bounds, so that reading needs no error path; reading asserts the
 * same bounds again, which fires only when bytes changed after they were verified.
 *
 *   buffer: root offset u32 | identifier 4 (optional) | ... table: offset back to its vtable i32
 *   | inline fields vtable: its bytes u16 | the table's bytes u16 | per slot: the field's place
 *   in the table u16, 0 = absent string, vector: count u32 | elements (a string ends in a zero
 *   byte that is not counted) offsets to tables, strings and vectors are u32, from where they
 *   stand, never 0
 *
 * Invariants: 1. every offset is checked in 64 bits before it is followed; 2. the bytes walked
 * are at most GN_FB_WORK_FACTOR per byte of buffer, so sharing cannot multiply work; 3. the
 * stack holds one frame per nested table and fbc refuses schemas deeper than it. */
#include "wire/fb.h"

static uint64_t load(const uint8_t *p, unsigned size)
{
	uint64_t v = 0;
	for (unsigned i = size; i-- > 0;)
		v = v << 8 | p[i];
	return v;
}

/* ---- verifying ---- */

struct frame {
	const struct gn_fb_type *type;
	uint32_t at, vtable, vtable_len, table_len;
	uint32_t field; /* next of type->fields */
	/* tables still to visit of the vector last met, and where the next offset stands */
	uint32_t left, next;
	const struct gn_fb_type *element;
};

struct walk {
	const uint8_t *buf;
	uint64_t len, work; /* bytes; work is what may still be walked */
	struct frame stack[GN_FB_DEPTH_MAX];
	unsigned depth;
};

static bool spend(struct walk *w, uint64_t bytes)
{
	if (bytes > w->work)
		return false;
	w->work -= bytes;
	return true;
}

static bool inside(const struct walk *w, uint64_t at, uint64_t bytes)
{
	return at <= w->len && bytes <= w->len - at;
}

static bool enter(struct walk *w, uint64_t at, const struct gn_fb_type *type)
{
	GN_ASSERT(w->depth < GN_FB_DEPTH_MAX);
	if (!inside(w, at, 4))
		return false;
	int64_t vtable = (int64_t)at - (int32_t)load(w->buf + at, 4);
	if (vtable < 0 || !inside(w, (uint64_t)vtable, 4))
		return false;
	uint32_t vtable_len = (uint32_t)load(w->buf + vtable, 2),
		 table_len = (uint32_t)load(w->buf + vtable + 2, 2);
	if (vtable_len < 4 || vtable_len % 2 || !inside(w, (uint64_t)vtable, vtable_len) ||
	    table_len < 4 || !inside(w, at, table_len) || !spend(w, table_len))
		return false;
	w->stack[w->depth++] = (struct frame){.type = type,
					      .at = (uint32_t)at,
					      .vtable = (uint32_t)vtable,
					      .vtable_len = vtable_len,
					      .table_len = table_len};
	return true;
}

/* Place of a slot in its table, 0 = absent. */
static uint32_t slot_place(const struct walk *w, const struct frame *f, unsigned slot)
{
	uint32_t entry = 4 + 2 * slot;
	return entry + 2 <= f->vtable_len ? (uint32_t)load(w->buf + f->vtable + entry, 2) : 0;
}

/* Follows the offset that stands at `from`; 0 when it leads nowhere good for `bytes` more bytes. */
static uint64_t follow(const struct walk *w, uint64_t from, uint64_t bytes)
{
	uint64_t offset = load(w->buf + from, 4);
	return offset && inside(w, from + offset, bytes) ? from + offset : 0;
}

static bool string_ok(struct walk *w, uint64_t from)
{
	uint64_t at = follow(w, from, 4);
	if (!at)
		return false;
	uint64_t len = load(w->buf + at, 4);
	return inside(w, at + 4, len + 1) && w->buf[at + 4 + len] == 0 && spend(w, 4 + len + 1) &&
	       gn_utf8_ok(gn_slice(w->buf + at + 4, len));
}

static bool vector_ok(struct walk *w, uint64_t from, uint64_t size, uint64_t *at, uint64_t *count)
{
	*at = follow(w, from, 4);
	if (!*at)
		return false;
	*count = load(w->buf + *at, 4);
	return inside(w, *at + 4, *count * size) && spend(w, 4 + *count * size);
}

static uint32_t inline_size(const struct gn_fb_field *field)
{
	return field->kind == GN_FB_SCALAR   ? field->size
	       : field->kind == GN_FB_STRUCT ? field->layout->size
					     : 4;
}

static bool union_ok(struct walk *w, struct frame *f, const struct gn_fb_field *field,
		     uint32_t place)
{
	uint32_t type_place = slot_place(w, f, field->slot - 1u);
	unsigned type = type_place ? w->buf[f->at + type_place]
				   : 0; /* in bounds: checked as the scalar it is, one row before */
	if ((type == 0) != (place == 0))
		return false;
	if (type == 0)
		return true;
	uint64_t at = follow(w, (uint64_t)f->at + place, 4);
	return at && (type > field->type_count || enter(w, at, field->types[type - 1]));
}

/* One field of the table on top of the stack; tables in it are pushed or left for later in the
 * frame. */
static bool field_ok(struct walk *w, struct frame *f, const struct gn_fb_field *field)
{
	uint32_t place = slot_place(w, f, field->slot);
	if (place == 0 && field->kind != GN_FB_UNION)
		return !field->required;
	if (place ? place < 4 || place + inline_size(field) > f->table_len : field->required)
		return false;
	uint64_t from = (uint64_t)f->at + place, at, count;
	switch (field->kind) {
	case GN_FB_SCALAR:
	case GN_FB_STRUCT: return true;
	case GN_FB_STRING: return string_ok(w, from);
	case GN_FB_TABLE: at = follow(w, from, 4); return at && enter(w, at, field->types[0]);
	case GN_FB_UNION: return union_ok(w, f, field, place);
	case GN_FB_SCALARS: return vector_ok(w, from, field->size, &at, &count);
	case GN_FB_STRUCTS: return vector_ok(w, from, field->layout->size, &at, &count);
	case GN_FB_STRINGS:
		if (!vector_ok(w, from, 4, &at, &count))
			return false;
		for (uint64_t i = 0; i < count; i++)
			if (!string_ok(w, at + 4 + 4 * i))
				return false;
		return true;
	case GN_FB_TABLES:
		if (!vector_ok(w, from, 4, &at, &count))
			return false;
		f->left = (uint32_t)count;
		f->next = (uint32_t)at + 4;
		f->element = field->types[0];
		return true;
	}
	GN_UNREACHABLE("an unknown kind");
}

static bool step(struct walk *w)
{
	struct frame *f = &w->stack[w->depth - 1];
	if (f->left) {
		uint64_t at = follow(w, f->next, 4);
		f->left--;
		f->next += 4;
		return at && enter(w, at, f->element);
	}
	if (f->field == f->type->field_count) {
		w->depth--;
		return true;
	}
	return field_ok(w, f, &f->type->fields[f->field++]);
}

gn_err gn_fb_verify(struct gn_slice in, const struct gn_fb_type *type, struct gn_fbt *out)
{
	struct walk w = {.buf = in.p, .len = in.len, .work = (uint64_t)in.len * GN_FB_WORK_FACTOR};
	if (!in.p || in.len < 8 || in.len > GN_FB_LEN_MAX)
		return GN_MALFORMED;
	if (type->identifier && memcmp(in.p + 4, type->identifier, 4) != 0)
		return GN_MALFORMED;
	uint64_t root = follow(&w, 0, 4);
	if (!root || !enter(&w, root, type))
		return GN_MALFORMED;
	while (w.depth)
		if (!step(&w))
			return GN_MALFORMED;
	*out = (struct gn_fbt){in.p, (uint32_t)in.len, (uint32_t)root};
	return GN_OK;
}

/* ---- reading verified bytes ---- */

static const uint8_t *bytes_at(struct gn_fbt t, uint64_t pos, uint64_t bytes)
{
	GN_ASSERT(pos <= t.len && bytes <= t.len - pos);
	return t.buf + pos;
}

/* Position of a field, 0 = absent. */
static uint32_t field_pos(struct gn_fbt t, unsigned slot)
{
	if (!t.buf)
		return 0;
	uint32_t vtable = t.at - (uint32_t)load(bytes_at(t, t.at, 4), 4), entry = 4 + 2 * slot;
	if (entry + 2 > load(bytes_at(t, vtable, 4), 2))
		return 0;
	uint32_t place = (uint32_t)load(bytes_at(t, (uint64_t)vtable + entry, 2), 2);
	return place ? t.at + place : 0;
}

static uint32_t target(struct gn_fbt t, uint32_t pos)
{
	return pos + (uint32_t)load(bytes_at(t, pos, 4), 4);
}

/* Position of element i of a vector. */
static uint32_t element(struct gn_fbt t, unsigned slot, unsigned size, uint32_t i)
{
	uint32_t pos = field_pos(t, slot);
	GN_ASSERT(pos);
	uint32_t vector = target(t, pos);
	GN_ASSERT(i < load(bytes_at(t, vector, 4), 4));
	return vector + 4 + i * size;
}

static struct gn_slice run(struct gn_fbt t, uint32_t vector, unsigned size)
{
	uint64_t len = load(bytes_at(t, vector, 4), 4) * size;
	return gn_slice(bytes_at(t, (uint64_t)vector + 4, len), len);
}

bool gn_fbt_has(struct gn_fbt t, unsigned slot)
{
	return field_pos(t, slot) != 0;
}

uint64_t gn_fbt_bits(struct gn_fbt t, unsigned slot, unsigned size, uint64_t fallback)
{
	uint32_t pos = field_pos(t, slot);
	return pos ? load(bytes_at(t, pos, size), size) : fallback;
}

struct gn_slice gn_fbt_elements(struct gn_fbt t, unsigned slot, unsigned size)
{
	uint32_t pos = field_pos(t, slot);
	return pos ? run(t, target(t, pos), size) : gn_slice(NULL, 0);
}

struct gn_slice gn_fbt_bytes(struct gn_fbt t, unsigned slot)
{
	return gn_fbt_elements(t, slot, 1);
}

struct gn_fbt gn_fbt_table(struct gn_fbt t, unsigned slot)
{
	uint32_t pos = field_pos(t, slot);
	return pos ? (struct gn_fbt){t.buf, t.len, target(t, pos)} : (struct gn_fbt){0};
}

struct gn_fbt gn_fbt_member(struct gn_fbt t, unsigned slot, unsigned type)
{
	return gn_fbt_bits(t, slot - 1, 1, 0) == type ? gn_fbt_table(t, slot) : (struct gn_fbt){0};
}

static void struct_get(const uint8_t *p, const struct gn_fb_layout *layout, void *out)
{
	for (unsigned m = 0; m < layout->member_count; m++) {
		const struct gn_fb_member *member = &layout->members[m];
		for (unsigned i = 0; i < member->count; i++) {
			uint64_t v = load(p + member->offset + i * member->size, member->size);
			uint8_t *to = (uint8_t *)out + member->c_offset + i * member->size;
			/* a C bool holds nothing else */
			v = member->number == GN_FB_BOOL ? v != 0 : v;
			switch (member->size) {
			case 1: memcpy(to, &(uint8_t){(uint8_t)v}, 1); break;
			case 2: memcpy(to, &(uint16_t){(uint16_t)v}, 2); break;
			case 4: memcpy(to, &(uint32_t){(uint32_t)v}, 4); break;
			default: memcpy(to, &v, 8); break;
			}
		}
	}
}

bool gn_fbt_struct(struct gn_fbt t, unsigned slot, const struct gn_fb_layout *layout, void *out)
{
	uint32_t pos = field_pos(t, slot);
	memset(out, 0, layout->c_size);
	if (pos)
		struct_get(bytes_at(t, pos, layout->size), layout, out);
	return pos != 0;
}

uint32_t gn_fbt_count(struct gn_fbt t, unsigned slot)
{
	uint32_t pos = field_pos(t, slot);
	return pos ? (uint32_t)load(bytes_at(t, target(t, pos), 4), 4) : 0;
}

uint64_t gn_fbt_bits_at(struct gn_fbt t, unsigned slot, unsigned size, uint32_t i)
{
	return load(bytes_at(t, element(t, slot, size, i), size), size);
}

struct gn_slice gn_fbt_string_at(struct gn_fbt t, unsigned slot, uint32_t i)
{
	return run(t, target(t, element(t, slot, 4, i)), 1);
}

struct gn_fbt gn_fbt_table_at(struct gn_fbt t, unsigned slot, uint32_t i)
{
	return (struct gn_fbt){t.buf, t.len, target(t, element(t, slot, 4, i))};
}

void gn_fbt_struct_at(struct gn_fbt t, unsigned slot, const struct gn_fb_layout *layout, uint32_t i,
		      void *out)
{
	memset(out, 0, layout->c_size);
	struct_get(bytes_at(t, element(t, slot, layout->size, i), layout->size), layout, out);
}

float gn_fb_float(uint64_t bits)
{
	uint32_t low = (uint32_t)bits;
	float v;
	memcpy(&v, &low, sizeof v);
	return v;
}

double gn_fb_double(uint64_t bits)
{
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}
