/* Building FlatBuffers back to front, as the format wants: children before parents, each part's offset counted from the
 * end. A part is padded before it is written, so that its end-relative place is a multiple of its alignment; finish
 * pads the whole to the greatest alignment, which makes the same true from the start. Output depends on the calls and
 * values alone: padding is zero, fields lie by falling alignment then slot, equal vtables are shared in order of first
 * use (WR-7). */
#include "wire/fb.h"

struct gn_fbb gn_fbb(void *storage, size_t cap)
{
	return (struct gn_fbb){.p = storage, .cap = cap < GN_FB_LEN_MAX ? cap : GN_FB_LEN_MAX, .align = 4};
}

/* Room for len bytes before what is there; NULL, and bad for ever, when there is none. */
static uint8_t *room(struct gn_fbb *b, size_t len)
{
	if (b->bad || len > b->cap - b->used) {
		b->bad = true;
		return NULL;
	}
	b->used += len;
	return b->p + (b->cap - b->used);
}

/* Pads so that after `len` more bytes the place is a multiple of align. */
static void pad(struct gn_fbb *b, size_t len, uint32_t align)
{
	size_t n = (0 - (b->used + len)) & (align - 1);
	uint8_t *p = room(b, n);
	if (p && n)
		memset(p, 0, n);
	b->align = align > b->align ? align : b->align;
}

static void store(uint8_t *p, uint64_t v, unsigned size)
{
	for (unsigned i = 0; i < size; i++, v >>= 8)
		p[i] = (uint8_t)v;
}

static void put(struct gn_fbb *b, uint64_t v, unsigned size)
{
	uint8_t *p = room(b, size);
	if (p)
		store(p, v, size);
}

static gn_fbref here(const struct gn_fbb *b)
{
	return b->bad ? 0 : (gn_fbref)b->used;
}

/* The offset to ref from a place 4 bytes ahead of what is written so far. */
static void put_offset(struct gn_fbb *b, gn_fbref ref)
{
	pad(b, 4, 4);
	GN_ASSERT(b->bad || (ref > 0 && ref <= b->used));
	put(b, b->used + 4 - ref, 4);
}

/* Bits of a C scalar of `size` bytes, whatever the machine's byte order. */
static uint64_t bits_of(const void *p, unsigned size)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	switch (size) {
	case 1: memcpy(&u8, p, 1); return u8;
	case 2: memcpy(&u16, p, 2); return u16;
	case 4: memcpy(&u32, p, 4); return u32;
	default: memcpy(&u64, p, 8); return u64;
	}
}

/* A vector pads so that its elements, behind the count, are aligned. */
static uint8_t *vector_room(struct gn_fbb *b, size_t count, size_t size, uint32_t align)
{
	if (count > GN_FB_LEN_MAX / size) {
		b->bad = true;
		return NULL;
	}
	pad(b, count * size, 4);
	pad(b, count * size, align);
	return room(b, count * size);
}

static gn_fbref string(struct gn_fbb *b, struct gn_slice s)
{
	if (!s.p)
		return 0;
	if (s.len >= GN_FB_LEN_MAX) {
		b->bad = true;
		return 0;
	}
	pad(b, s.len + 1, 4);
	uint8_t *p = room(b, s.len + 1);
	if (p) {
		memcpy(p, s.p, s.len);
		p[s.len] = 0;
	}
	put(b, s.len, 4);
	return here(b);
}

static gn_fbref bytes(struct gn_fbb *b, struct gn_slice s)
{
	if (!s.p)
		return 0;
	bool in_place = s.p == b->nested.p && s.len == b->nested.len && s.p == b->p + (b->cap - b->used);
	if (!in_place) {
		uint8_t *p = vector_room(b, s.len, 1, 4);
		if (p && s.len)
			memcpy(p, s.p, s.len);
	}
	put(b, s.len, 4);
	return here(b);
}

/* What every {pointer, count} of an args struct looks like. */
struct array {
	const void *p;
	size_t count;
};

static gn_fbref scalars(struct gn_fbb *b, const struct gn_fb_field *field, struct array a)
{
	uint8_t *p = vector_room(b, a.count, field->size, field->size > 4 ? field->size : 4);
	for (size_t i = 0; p && i < a.count; i++)
		store(p + i * field->size, bits_of((const uint8_t *)a.p + i * field->size, field->size), field->size);
	put(b, a.count, 4);
	return here(b);
}

static void struct_put(uint8_t *p, const struct gn_fb_layout *layout, const void *value)
{
	memset(p, 0, layout->size);
	for (unsigned m = 0; m < layout->member_count; m++) {
		const struct gn_fb_member *member = &layout->members[m];
		for (unsigned i = 0; i < member->count; i++)
			store(p + member->offset + i * member->size,
			      bits_of((const uint8_t *)value + member->c_offset + i * member->size, member->size),
			      member->size);
	}
}

static gn_fbref structs(struct gn_fbb *b, const struct gn_fb_layout *layout, struct array a)
{
	uint8_t *p = vector_room(b, a.count, layout->size, layout->align > 4 ? layout->align : 4);
	for (size_t i = 0; p && i < a.count; i++)
		struct_put(p + i * layout->size, layout, (const uint8_t *)a.p + i * layout->c_size);
	put(b, a.count, 4);
	return here(b);
}

static gn_fbref tables(struct gn_fbb *b, struct array a)
{
	const gn_fbref *refs = a.p;
	if (!vector_room(b, 0, 4, 4))
		return 0;
	for (size_t i = a.count; i-- > 0;)
		put_offset(b, refs[i]);
	put(b, a.count, 4);
	return here(b);
}

/* The strings last to first, then the offsets: each is where it was written, known again by walking the strings' sizes.
 */
static gn_fbref strings(struct gn_fbb *b, struct array a)
{
	const struct gn_slice *s = a.p;
	for (size_t i = a.count; i-- > 0;) {
		GN_ASSERT(s[i].p || s[i].len == 0);
		string(b, s[i].p ? s[i] : GN_LIT(""));
	}
	gn_fbref ref = here(b); /* of string 0 */
	if (!vector_room(b, a.count, 4, 4))
		return 0;
	uint8_t *p = b->p + (b->cap - b->used);
	for (size_t i = 0; i < a.count; i++) {
		store(p + 4 * i, (uint64_t)(b->used - 4 * i) - ref, 4);
		ref -= (gn_fbref)(4 + s[i].len + 1 + 3) & ~(gn_fbref)3; /* parts are padded to 4 below */
	}
	put(b, a.count, 4);
	return here(b);
}

/* Strings, vectors and children of one field, written ahead of its table; 0 = absent. */
static gn_fbref child(struct gn_fbb *b, const struct gn_fb_field *field, const void *args)
{
	const uint8_t *p = (const uint8_t *)args + field->c_offset;
	struct gn_slice slice;
	struct array array;
	gn_fbref ref;
	switch (field->kind) {
	case GN_FB_SCALAR:
	case GN_FB_STRUCT: return 0;
	case GN_FB_TABLE:
	case GN_FB_UNION: memcpy(&ref, p, sizeof ref); return ref;
	case GN_FB_STRING: memcpy(&slice, p, sizeof slice); return string(b, slice);
	case GN_FB_SCALARS:
		if (field->size == 1 && field->number == GN_FB_UINT) {
			memcpy(&slice, p, sizeof slice);
			return bytes(b, slice);
		}
		memcpy(&array, p, sizeof array);
		return array.p ? scalars(b, field, array) : 0;
	case GN_FB_STRUCTS: memcpy(&array, p, sizeof array); return array.p ? structs(b, field->layout, array) : 0;
	case GN_FB_STRINGS: memcpy(&array, p, sizeof array); return array.p ? strings(b, array) : 0;
	case GN_FB_TABLES: memcpy(&array, p, sizeof array); return array.p ? tables(b, array) : 0;
	}
	GN_ASSERT(!"a kind");
	return 0;
}

static uint32_t inline_align(const struct gn_fb_field *field)
{
	return field->kind == GN_FB_SCALAR ? field->size : field->kind == GN_FB_STRUCT ? field->layout->align : 4;
}

/* Writes an inline field unless it is absent or at its default; true when written. */
static bool inline_put(struct gn_fbb *b, const struct gn_fb_field *field, const void *args, gn_fbref ref)
{
	const uint8_t *p = (const uint8_t *)args + field->c_offset;
	if (field->kind == GN_FB_SCALAR) {
		uint64_t v = bits_of(p, field->size);
		if (v == field->fallback)
			return false;
		pad(b, field->size, field->size);
		put(b, v, field->size);
		return true;
	}
	if (field->kind == GN_FB_STRUCT) {
		const void *value;
		memcpy(&value, p, sizeof value);
		if (!value)
			return false;
		pad(b, field->layout->size, field->layout->align);
		uint8_t *to = room(b, field->layout->size);
		if (to)
			struct_put(to, field->layout, value);
		return true;
	}
	if (ref)
		put_offset(b, ref);
	return ref != 0;
}

/* The same vtable written before, or this one now. */
static gn_fbref vtable_put(struct gn_fbb *b, const uint8_t *vtable, size_t len)
{
	for (uint32_t i = 0; i < b->vtable_count; i++) {
		const uint8_t *old = b->p + (b->cap - b->vtables[i]);
		if (len <= b->vtables[i] && memcmp(old, vtable, len) == 0)
			return b->vtables[i];
	}
	uint8_t *p = room(b, len);
	if (!p)
		return 0;
	memcpy(p, vtable, len);
	if (b->vtable_count < GN_FB_VTABLES_MAX)
		b->vtables[b->vtable_count++] = here(b);
	return here(b);
}

gn_fbref gn_fbb_table(struct gn_fbb *b, const struct gn_fb_type *type, const void *args)
{
	gn_fbref refs[GN_FB_SLOTS_MAX] = {0}, places[GN_FB_SLOTS_MAX] = {0};
	for (unsigned i = 0; i < type->field_count; i++)
		refs[type->fields[i].slot] = child(b, &type->fields[i], args);
	size_t bottom = b->used;
	unsigned slots = 0;
	for (uint32_t align = 8; align; align /= 2) {
		for (unsigned i = 0; i < type->field_count; i++) {
			const struct gn_fb_field *field = &type->fields[i];
			if (inline_align(field) != align)
				continue;
			if (inline_put(b, field, args, refs[field->slot])) {
				places[field->slot] = (gn_fbref)b->used;
				slots = field->slot + 1u > slots ? field->slot + 1u : slots;
			}
			GN_ASSERT(b->bad || !field->required || places[field->slot]);
		}
	}
	pad(b, 4, 4);
	uint8_t *head = room(b, 4);
	if (!head)
		return 0;
	gn_fbref table = here(b);
	uint8_t vtable[4 + 2 * GN_FB_SLOTS_MAX];
	store(vtable, 4 + 2 * slots, 2);
	GN_ASSERT(table - bottom <= UINT16_MAX);
	store(vtable + 2, table - bottom, 2);
	for (unsigned i = 0; i < slots; i++)
		store(vtable + 4 + 2 * i, places[i] ? table - places[i] : 0, 2);
	gn_fbref shared = vtable_put(b, vtable, 4 + 2 * slots);
	if (!shared)
		return 0;
	store(head, (uint64_t)shared - table, 4); /* modulo 2^32: the vtable may lie on either side */
	return table;
}

gn_err gn_fbb_finish(struct gn_fbb *b, gn_fbref root, const char *identifier, struct gn_slice *out)
{
	pad(b, identifier ? 8 : 4, b->align);
	uint8_t *p = identifier ? room(b, 4) : NULL;
	if (p)
		memcpy(p, identifier, 4);
	put_offset(b, root);
	if (b->bad)
		return GN_TOO_LARGE;
	*out = b->nested = gn_slice(b->p + (b->cap - b->used), b->used);
	b->vtable_count = 0; /* what follows is another buffer */
	return GN_OK;
}
