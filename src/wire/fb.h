/* FlatBuffers in C: the runtime under the headers that tools/fbc generates
 * (src/wire/generated/<schema>_fb.h). A received buffer is verified once, after that reading
 * never fails; a new one is built back to front in the caller's storage. Nothing here allocates,
 * recurses or needs aligned memory. Rules: docs/spec/wire.md WR-1..WR-9.
 *
 * Reading, with the generated names of `table Signed { seq:ulong; label:string; }`:
 *     struct gn_fb_signed s;
 *     GN_TRY(gn_fb_signed_verify(bytes, &s));        s borrows bytes
 *     use(gn_fb_signed_seq(s), gn_fb_signed_label(s));
 * Building:
 *     uint8_t storage[512]; struct gn_fbb b = gn_fbb(storage, sizeof storage); gn_fbref root =
 *     gn_fb_signed_make(&b, &(struct gn_fb_signed_args){.seq = 7, .label = gn_str("home")});
 *     GN_TRY(gn_fbb_finish(&b, root, NULL, &out)); out borrows storage */
#ifndef GN_WIRE_FB_H
#define GN_WIRE_FB_H

#include "base/base.h"

/* tables inside tables, counted from the root; fbc refuses deeper schemas */
#define GN_FB_DEPTH_MAX 16
/* fields of one table, deprecated ones and union types included */
#define GN_FB_SLOTS_MAX 64
#define GN_FB_LEN_MAX (64u << 20) /* bytes of one buffer */
/* verification walks at most this many bytes per byte of buffer (WR-4) */
#define GN_FB_WORK_FACTOR 2
#define GN_FB_VTABLES_MAX 32 /* vtables a builder remembers in order to share them */

/* ---- what fbc says about a schema ---- */

enum gn_fb_kind {
	GN_FB_SCALAR,
	GN_FB_STRUCT,
	GN_FB_STRING,
	GN_FB_TABLE,
	GN_FB_UNION,   /* the table; its type is the scalar field in the slot before */
	GN_FB_SCALARS, /* vectors: of scalars ([ubyte] too), structs, strings, tables */
	GN_FB_STRUCTS,
	GN_FB_STRINGS,
	GN_FB_TABLES,
};

enum gn_fb_number { GN_FB_UINT, GN_FB_INT, GN_FB_FLOAT, GN_FB_BOOL };

/* A run of `count` scalars in a struct: where it lies in C and on the wire. */
struct gn_fb_member {
	const char *name;
	/* bytes, bytes, bytes, elements (1 unless a fixed array) */
	uint16_t c_offset, offset, size, count;
	enum gn_fb_number number;
};

struct gn_fb_layout {
	const struct gn_fb_member *members;
	uint16_t member_count, c_size, size, align; /* sizes in bytes */
};

struct gn_fb_type;

/* A value of an enum, as JSON has it: "by-name". NULL ends a list. */
struct gn_fb_word {
	const char *name;
	int value;
};

struct gn_fb_field {
	const char *name;
	enum gn_fb_kind kind;
	enum gn_fb_number number;
	uint16_t slot;     /* id in the schema */
	uint16_t c_offset; /* in the args struct */
	uint16_t type_count;
	uint8_t size; /* bytes of the scalar or of one element of GN_FB_SCALARS */
	bool required;
	uint64_t fallback;                 /* default: bits of the scalar, truncated to size */
	const struct gn_fb_layout *layout; /* GN_FB_STRUCT, GN_FB_STRUCTS */
	/* one for tables, all members for a union, type 1 first */
	const struct gn_fb_type *const *types;
	const struct gn_fb_word *words; /* of an enum without bit_flags, else NULL */
	bool seconds;                   /* a time in Unix seconds, which JSON has in milliseconds */
};

struct gn_fb_type {
	const char *name;
	/* four bytes in the root of a schema with a file identifier, else NULL */
	const char *identifier;
	const struct gn_fb_field *fields; /* by slot, without deprecated ones */
	uint16_t field_count;
};

/* ---- reading ---- */

/* A table inside verified bytes; passed by value. The zero value is an absent table: it reads as
 * an empty one, every field at its default. */
struct gn_fbt {
	const uint8_t *buf; /* borrowed */
	uint32_t len, at;   /* bytes of buf; where the table starts */
};

/* The whole of `in` as a buffer whose root is a table of this type. GN_MALFORMED; *out is then
 * untouched. Unknown fields, enum values and union types pass: they are for a later version
 * (WR-3). */
GN_MUST gn_err gn_fb_verify(struct gn_slice in, const struct gn_fb_type *type, struct gn_fbt *out);

bool gn_fbt_has(struct gn_fbt t, unsigned slot);
/* Bits of a scalar, zero-extended. */
uint64_t gn_fbt_bits(struct gn_fbt t, unsigned slot, unsigned size, uint64_t fallback);
/* String (without its terminator) or vector of bytes; p is NULL when absent. */
struct gn_slice gn_fbt_bytes(struct gn_fbt t, unsigned slot);
struct gn_fbt gn_fbt_table(struct gn_fbt t, unsigned slot);
/* The table of a union when it is of that type, else an absent one; slot is the table's, its
 * type lies one before. */
struct gn_fbt gn_fbt_member(struct gn_fbt t, unsigned slot, unsigned type);
/* False, and *out all zero, when absent. */
bool gn_fbt_struct(struct gn_fbt t, unsigned slot, const struct gn_fb_layout *layout, void *out);
/* A vector of structs of bytes as count * size bytes; p is NULL when absent. */
struct gn_slice gn_fbt_elements(struct gn_fbt t, unsigned slot, unsigned size);
/* Elements of a vector; 0 when absent. Below, i must be less than that. */
uint32_t gn_fbt_count(struct gn_fbt t, unsigned slot);
uint64_t gn_fbt_bits_at(struct gn_fbt t, unsigned slot, unsigned size, uint32_t i);
struct gn_slice gn_fbt_string_at(struct gn_fbt t, unsigned slot, uint32_t i);
struct gn_fbt gn_fbt_table_at(struct gn_fbt t, unsigned slot, uint32_t i);
void gn_fbt_struct_at(struct gn_fbt t, unsigned slot, const struct gn_fb_layout *layout, uint32_t i,
		      void *out);

float gn_fb_float(uint64_t bits);
double gn_fb_double(uint64_t bits);

/* ---- building ---- */

/* A finished part of the buffer being built, counted from its end; 0 is "absent". Valid within
 * its builder alone. */
typedef uint32_t gn_fbref;

struct gn_fbb {
	uint8_t *p; /* the caller's storage, filled from its end */
	size_t cap, used;
	uint32_t align; /* the greatest alignment used */
	gn_fbref vtables[GN_FB_VTABLES_MAX];
	uint32_t vtable_count;
	/* a finished buffer at the head of the storage, see gn_fbb_finish */
	struct gn_slice nested;
	gn_fbref kept;     /* where the buffer of gn_fbb_keep begins; 0: none */
	uint32_t kept_len; /* its bytes */
	bool bad;          /* storage exhausted: every later call does nothing */
};

struct gn_fbb gn_fbb(void *storage, size_t cap);
/* One table from its generated args struct; strings, vectors and structs in it are copied.
 * Scalars at their default, NULL slices, pointers and refs are left out. Same calls and values,
 * same bytes (WR-7). */
gn_fbref gn_fbb_table(struct gn_fbb *b, const struct gn_fb_type *type, const void *args);
/* GN_TOO_LARGE when the storage was too small. identifier: four bytes, or NULL. *out borrows the
 * storage. The builder may go on: the finished bytes, passed unchanged as the first byte vector
 * of the next table, become that vector in place, without a copy (how a signed body is wrapped). */
GN_MUST gn_err gn_fbb_finish(struct gn_fbb *b, gn_fbref root, const char *identifier,
			     struct gn_slice *out);

/* ---- changing what another version made (WR-22) ---- */

/* A set of slots, one bit each. */
#define GN_FB_SLOT(slot) (UINT64_C(1) << (slot))

/* Has the table a field outside `known`? Fields that the schema lacks count. */
bool gn_fbt_beyond(struct gn_fbt t, uint64_t known);
/* First of all in a builder: a whole verified buffer, as it is, so that what is made later can
 * refer to its tables. */
void gn_fbb_keep(struct gn_fbb *b, struct gn_slice old);
/* A table read from that buffer, as a part of the one being built; 0 when it is absent. */
gn_fbref gn_fbb_kept(const struct gn_fbb *b, struct gn_fbt t);
/* gn_fbb_table for the fields in `known`; every other field is that of `over`, a table of the
 * kept buffer, whether the schema has it or not. What stays the same stays where it is; when all
 * does the result is gn_fbb_kept(b, over). What was replaced is carried along unseen, so this is
 * for tables that gn_fbt_beyond. */
gn_fbref gn_fbb_table_over(struct gn_fbb *b, const struct gn_fb_type *type, const void *args,
			   uint64_t known, struct gn_fbt over);

#endif
