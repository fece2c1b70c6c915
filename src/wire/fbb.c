/* Building FlatBuffers back to front, as the format wants: children before parents, each part's
 * offset counted from the end. A part is padded before it is written, so that its end-relative
 * place is a multiple of its alignment; finish pads the whole to the greatest alignment, which
 * makes the same true from the start. Output depends on the calls and values alone: padding is
 * zero, fields lie by falling alignment then slot, equal vtables are shared in order of first
 * use (WR-7). */
#include "wire/fb.h"

struct gn_fbb gn_fbb(void *storage, size_t cap)
{
	return (struct gn_fbb){
		.p = storage, .cap = cap < GN_FB_LEN_MAX ? cap : GN_FB_LEN_MAX, .align = 4};
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

static uint32_t bits_at(const uint8_t *p, unsigned size)
{
	uint32_t v = 0;
	for (unsigned i = size; i-- > 0;)
		v = v << 8 | p[i];
	return v;
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
	bool in_place =
		s.p == b->nested.p && s.len == b->nested.len && s.p == b->p + (b->cap - b->used);
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
		store(p + i * field->size,
		      bits_of((const uint8_t *)a.p + i * field->size, field->size), field->size);
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
			      bits_of((const uint8_t *)value + member->c_offset + i * member->size,
				      member->size),
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

/* The strings last to first, then the offsets: each is where it was written, known again by
 * walking the strings' sizes. */
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
		/* parts are padded to 4 below */
		ref -= (gn_fbref)(4 + s[i].len + 1 + 3) & ~(gn_fbref)3;
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
	case GN_FB_STRUCTS:
		memcpy(&array, p, sizeof array);
		return array.p ? structs(b, field->layout, array) : 0;
	case GN_FB_STRINGS: memcpy(&array, p, sizeof array); return array.p ? strings(b, array) : 0;
	case GN_FB_TABLES: memcpy(&array, p, sizeof array); return array.p ? tables(b, array) : 0;
	}
	GN_UNREACHABLE("an unknown kind");
}

static uint32_t inline_align(const struct gn_fb_field *field)
{
	return field->kind == GN_FB_SCALAR   ? field->size
	       : field->kind == GN_FB_STRUCT ? field->layout->align
					     : 4;
}

/* Writes an inline field unless it is absent or at its default; true when written. */
static bool inline_put(struct gn_fbb *b, const struct gn_fb_field *field, const void *args,
		       gn_fbref ref)
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

/* Inline fields by falling alignment; bit set in `fields`: the slots to write. */
static void inline_fields(struct gn_fbb *b, const struct gn_fb_type *type, const void *args,
			  uint64_t fields, const gn_fbref refs[GN_FB_SLOTS_MAX],
			  gn_fbref places[GN_FB_SLOTS_MAX])
{
	for (uint32_t align = 8; align; align /= 2) {
		for (unsigned i = 0; i < type->field_count; i++) {
			const struct gn_fb_field *field = &type->fields[i];
			if (inline_align(field) != align || !(fields & GN_FB_SLOT(field->slot)))
				continue;
			if (inline_put(b, field, args, refs[field->slot]))
				places[field->slot] = (gn_fbref)b->used;
			GN_ASSERT(b->bad || !field->required || places[field->slot]);
		}
	}
}

/* The head of a table whose fields lie at `places` and which ends at `end`, both counted as refs
 * are. */
static gn_fbref table_head(struct gn_fbb *b, const gn_fbref places[GN_FB_SLOTS_MAX], size_t end)
{
	unsigned slots = 0;
	pad(b, 4, 4);
	uint8_t *head = room(b, 4);
	if (!head)
		return 0;
	gn_fbref table = here(b);
	if (table - end > UINT16_MAX) {
		b->bad = true;
		return 0;
	}
	uint8_t vtable[4 + 2 * GN_FB_SLOTS_MAX];
	for (unsigned i = 0; i < GN_FB_SLOTS_MAX; i++)
		slots = places[i] ? i + 1 : slots;
	store(vtable, 4 + 2 * slots, 2);
	store(vtable + 2, table - end, 2);
	for (unsigned i = 0; i < slots; i++)
		store(vtable + 4 + 2 * i, places[i] ? table - places[i] : 0, 2);
	gn_fbref shared = vtable_put(b, vtable, 4 + 2 * slots);
	if (!shared)
		return 0;
	/* modulo 2^32: the vtable may lie on either side */
	store(head, (uint64_t)shared - table, 4);
	return table;
}

gn_fbref gn_fbb_table(struct gn_fbb *b, const struct gn_fb_type *type, const void *args)
{
	gn_fbref refs[GN_FB_SLOTS_MAX] = {0}, places[GN_FB_SLOTS_MAX] = {0};
	for (unsigned i = 0; i < type->field_count; i++)
		refs[type->fields[i].slot] = child(b, &type->fields[i], args);
	size_t end = b->used;
	inline_fields(b, type, args, UINT64_MAX, refs, places);
	return table_head(b, places, end);
}

/* ---- over a table of a kept buffer ----
 *
 *   storage:   ... | new root table | new children | the kept buffer, whole | padding to 8
 *
 * Fields that the schema lacks cannot be copied: nobody knows whether four bytes are a number or
 * an offset. So they are not moved. The new table begins before the kept buffer and its vtable
 * points to them where they lie; offsets in them stay right because nothing behind them moved. */

void gn_fbb_keep(struct gn_fbb *b, struct gn_slice old)
{
	size_t whole = (old.len + 7) & ~(size_t)7;
	GN_ASSERT(b->used == 0 && old.p);
	uint8_t *p = room(b, whole);
	if (!p)
		return;
	memcpy(p, old.p, old.len);
	memset(p + old.len, 0, whole - old.len);
	b->align = 8;
	b->kept = (gn_fbref)whole;
	b->kept_len = (uint32_t)old.len;
}

gn_fbref gn_fbb_kept(const struct gn_fbb *b, struct gn_fbt t)
{
	GN_ASSERT(b->bad || !t.buf || t.at < b->kept);
	return b->bad || !t.buf ? 0 : b->kept - t.at;
}

/* What the vtable says: the place of a slot in its table (0: absent), the bytes of the table. */
static uint32_t vtable_number(struct gn_fbt t, uint32_t at)
{
	const uint8_t *vtable = t.buf + (t.at - bits_at(t.buf + t.at, 4));
	return at + 2 <= bits_at(vtable, 2) ? bits_at(vtable + at, 2) : 0;
}

bool gn_fbt_beyond(struct gn_fbt t, uint64_t known)
{
	if (!t.buf)
		return false;
	uint32_t slots = (vtable_number(t, 0) - 4) / 2;
	for (uint32_t i = 0; i < slots; i++)
		if (vtable_number(t, 4 + 2 * i) &&
		    (i >= GN_FB_SLOTS_MAX || !(known & GN_FB_SLOT(i))))
			return true;
	return false;
}

static bool same_structs(const struct gn_fb_layout *layout, struct array a, struct gn_slice old)
{
	uint8_t one[256];
	GN_ASSERT(layout->size <= sizeof one);
	if (!a.p || !old.p || old.len != a.count * layout->size)
		return !a.p && !old.p;
	for (size_t i = 0; i < a.count; i++) {
		struct_put(one, layout, (const uint8_t *)a.p + i * layout->c_size);
		if (memcmp(one, old.p + i * layout->size, layout->size) != 0)
			return false;
	}
	return true;
}

static bool same_tables(const struct gn_fbb *b, struct array a, struct gn_fbt over, unsigned slot)
{
	const gn_fbref *refs = a.p;
	if (!a.p || !gn_fbt_has(over, slot) || gn_fbt_count(over, slot) != a.count)
		return !a.p && !gn_fbt_has(over, slot);
	for (uint32_t i = 0; i < a.count; i++)
		if (refs[i] != gn_fbb_kept(b, gn_fbt_table_at(over, slot, i)))
			return false;
	return true;
}

/* Does args say of a field what the old table says? No for what is not worth comparing. */
static bool same(const struct gn_fbb *b, const struct gn_fb_field *field, const void *args,
		 struct gn_fbt over)
{
	const uint8_t *p = (const uint8_t *)args + field->c_offset;
	uint32_t place = vtable_number(over, 4 + 2u * field->slot);
	struct gn_slice slice;
	struct array array;
	const void *value;
	gn_fbref ref;
	switch (field->kind) {
	case GN_FB_SCALAR:
		return bits_of(p, field->size) ==
		       gn_fbt_bits(over, field->slot, field->size, field->fallback);
	case GN_FB_STRUCT:
		memcpy(&value, p, sizeof value);
		return same_structs(
			field->layout, (struct array){value, 1},
			place ? gn_slice(over.buf + over.at + place, field->layout->size)
			      : gn_slice(NULL, 0));
	case GN_FB_STRING: memcpy(&slice, p, sizeof slice); break;
	case GN_FB_TABLE:
		memcpy(&ref, p, sizeof ref);
		return ref == gn_fbb_kept(b, gn_fbt_table(over, field->slot));
	case GN_FB_SCALARS:
		if (field->size != 1)
			return false;
		memcpy(&slice, p, sizeof slice);
		break;
	case GN_FB_STRUCTS:
		memcpy(&array, p, sizeof array);
		return same_structs(field->layout, array,
				    gn_fbt_elements(over, field->slot, field->layout->size));
	case GN_FB_TABLES:
		memcpy(&array, p, sizeof array);
		return same_tables(b, array, over, field->slot);
	case GN_FB_STRINGS:
	case GN_FB_UNION: return false;
	}
	struct gn_slice old = gn_fbt_bytes(over, field->slot);
	return slice.p && old.p ? gn_slice_eq(slice, old) : !slice.p && !old.p;
}

/* A scalar or struct over the one that is there; false when it needs other room. */
static bool overwrite(const struct gn_fb_field *field, const void *args, uint8_t *to)
{
	const uint8_t *p = (const uint8_t *)args + field->c_offset;
	const void *value;
	if (field->kind == GN_FB_SCALAR) {
		store(to, bits_of(p, field->size), field->size);
		return true;
	}
	memcpy(&value, p, sizeof value);
	if (field->kind != GN_FB_STRUCT || !value)
		return false;
	struct_put(to, field->layout, value);
	return true;
}

gn_fbref gn_fbb_table_over(struct gn_fbb *b, const struct gn_fb_type *type, const void *args,
			   uint64_t known, struct gn_fbt over)
{
	gn_fbref refs[GN_FB_SLOTS_MAX] = {0}, places[GN_FB_SLOTS_MAX] = {0},
		 at = gn_fbb_kept(b, over);
	uint64_t fields = 0;
	if (!at || vtable_number(over, 0) > 4 + 2 * GN_FB_SLOTS_MAX) {
		b->bad = true;
		return 0;
	}
	for (unsigned i = 0; i < GN_FB_SLOTS_MAX; i++) {
		uint32_t place = vtable_number(over, 4 + 2 * i);
		places[i] = place ? at - place : 0;
	}
	for (unsigned i = 0; i < type->field_count; i++) {
		const struct gn_fb_field *field = &type->fields[i];
		unsigned slot = field->slot;
		if (!(known & GN_FB_SLOT(slot)) || same(b, field, args, over))
			continue;
		if (places[slot] && overwrite(field, args, b->p + (b->cap - places[slot])))
			continue;
		refs[slot] = child(b, field, args);
		places[slot] = 0;
		fields |= GN_FB_SLOT(slot);
	}
	if (!fields)
		return at;
	inline_fields(b, type, args, fields, refs, places);
	return table_head(b, places, at - vtable_number(over, 2));
}

gn_err gn_fbb_finish(struct gn_fbb *b, gn_fbref root, const char *identifier, struct gn_slice *out)
{
	const uint8_t *kept = b->p + (b->cap - b->kept);
	if (b->kept && !b->bad && b->used == b->kept && root == b->kept - bits_at(kept, 4)) {
		/* nothing was added */
		*out = gn_slice(kept, b->kept_len);
		return GN_OK;
	}
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
