/* What people say to each other: the plaintext of an envelope as values, and back. A content is
 * named by its sender and its id. Pure; nothing is allocated; what is read borrows the bytes it was
 * read from. docs/spec/people.md PE-1..PE-9. */
#ifndef GN_PEOPLE_CONTENT_H
#define GN_PEOPLE_CONTENT_H

#include "crypto/crypto.h"

#define GN_CONTENT_ID_LEN 16
#define GN_CONTENT_MAX 40960       /* bytes, the length before it included */
#define GN_CONTENT_TEXT_MAX 16384  /* bytes of a text */
#define GN_CONTENT_SEEN_MAX 8      /* devices of which it says how far they were seen */
#define GN_CONTENT_IDS_MAX 64      /* contents named by a receipt or a deletion */
#define GN_CONTENT_MENTIONS_MAX 32 /* people */
#define GN_CONTENT_FILES_MAX 8
#define GN_CONTENT_REGISTERS_MAX 16
#define GN_CONTENT_EMOJI_MAX 32        /* bytes: the longest sequences have 28 and 35 */
#define GN_CONTENT_REGISTER_KEY_MAX 96 /* bytes */
#define GN_CONTENT_VALUE_MAX 8192      /* bytes of a register */
#define GN_CERTIFICATE_LEN 112         /* bytes of a box's certificate */

struct gn_content_id {
	uint8_t b[GN_CONTENT_ID_LEN];
};
static inline bool gn_content_id_eq(const struct gn_content_id *a, const struct gn_content_id *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}
/* The short name of a device: the first 8 bytes of SHA-256 of its key. */
uint64_t gn_content_device(const struct gn_pk *device);

struct gn_content_pin { /* a version of an identity record; seq 0: none */
	uint64_t seq;
	uint8_t hash[16]; /* the first 16 bytes of its hash */
};
struct gn_content_seen {
	uint64_t device, seq;
};
struct gn_content_ref {
	struct gn_content_id id;
	struct gn_pk sender; /* owner key; zeros: of whoever refers to it */
};
struct gn_content_ids { /* any number of ids one after another; borrowed */
	const uint8_t *p;
	size_t count;
};
static inline struct gn_content_id gn_content_ids_at(struct gn_content_ids ids, size_t i)
{
	struct gn_content_id id;
	memcpy(id.b, ids.p + i * sizeof id.b, sizeof id.b);
	return id;
}

enum gn_content_kind { /* as the union ContentBody; others are of a later version */
		       GN_CONTENT_OTHER = 0,
		       GN_CONTENT_TEXT,
		       GN_CONTENT_EDIT,
		       GN_CONTENT_DELETE,
		       GN_CONTENT_REACTION,
		       GN_CONTENT_FILE,
		       GN_CONTENT_CONTACT,
		       GN_CONTENT_RECEIPT,
		       GN_CONTENT_TYPING,
		       GN_CONTENT_PAYMENT,
		       GN_CONTENT_JOB,
		       GN_CONTENT_SYNC,
		       GN_CONTENT_BOX,
		       GN_CONTENT_RESEND,
		       GN_CONTENT_SYSTEM,
};
/* Does it stay: has it a number in its chat, is it kept until it arrived? (PE-5) */
bool gn_content_stays(enum gn_content_kind kind);

struct gn_content_file {
	struct gn_hash root, key;
	uint64_t size;
	struct gn_slice name, mime, preview, blocks; /* blocks: hashes of 32 bytes */
	uint32_t width, height, ms;
};
struct gn_content_register {
	struct gn_slice key, value;
	uint64_t time, device; /* Unix ms; short name */
};
/* Of a contact's private box: what is needed to write to it. */
struct gn_content_box {
	struct gn_pk box;
	uint8_t certificate[GN_CERTIFICATE_LEN];
	uint8_t deposit_seed[32]; /* secret */
	uint8_t hint[32];         /* secret */
	uint64_t until;           /* Unix seconds */
};
enum gn_content_system { GN_CONTENT_READS = 1, GN_CONTENT_EXPIRE = 2, GN_CONTENT_PRESENCE = 3 };

struct gn_content {
	struct gn_content_id id, prev; /* prev: zeros where seq < 2 */
	uint64_t sent;                 /* Unix ms */
	uint64_t order;                /* its place (PE-10): sent or later */
	uint64_t seq;                  /* 0: it does not stay */
	struct gn_content_seen seen[GN_CONTENT_SEEN_MAX];
	size_t seen_count;
	struct gn_content_pin me, you;
	uint32_t expire; /* seconds after reading; 0: stays */
	enum gn_content_kind kind;
	struct gn_slice text; /* TEXT, EDIT, FILE's caption, JOB, SYSTEM; for people, as it came */
	struct gn_content_ref ref; /* TEXT, FILE: replied to (id zeros: nothing); EDIT (the
				       sender's own), REACTION: of what */
	struct gn_content_ids ids; /* DELETE, RECEIPT, RESEND */
	union {
		struct {
			const uint8_t *p; /* owner keys of 32 bytes, borrowed */
			size_t count;
		} mentions;            /* TEXT */
		struct gn_slice emoji; /* REACTION; absent: taken back */
		struct {
			struct gn_content_file at[GN_CONTENT_FILES_MAX];
			size_t count;
		} files; /* FILE */
		struct {
			struct gn_pk person;
			struct gn_slice name, record, token;
		} card;               /* CONTACT */
		bool read;            /* RECEIPT; else delivered */
		bool typing;          /* TYPING */
		struct gn_slice link; /* PAYMENT */
		struct {
			struct gn_hash job;
			struct gn_pk box;
		} job; /* JOB */
		struct {
			struct gn_content_register at[GN_CONTENT_REGISTERS_MAX];
			size_t count;
			struct gn_slice copy_of; /* a whole content */
			struct gn_pk person;     /* in whose chat */
		} sync;                          /* SYNC */
		struct gn_content_box box;       /* BOX: wipe it */
		struct {
			const uint8_t *p; /* hashes of 32 bytes, borrowed */
			size_t count;
		} envelopes; /* RESEND */
		struct {
			uint16_t kind;
			uint64_t number;
			struct gn_slice bytes;
		} system; /* SYSTEM */
	} u;
};

/* Appends it, without zeros. GN_RANGE, GN_TEXT, GN_USAGE: it is none that would open; GN_TOO_LARGE:
 * past a limit, or out is too small (GN_CONTENT_MAX is enough). */
GN_MUST gn_err gn_content_make(const struct gn_content *c, struct gn_buf *out);
/* Reads a content and the zeros after it. *len, if asked, is its length without them.
 * GN_MALFORMED. */
GN_MUST gn_err gn_content_open(struct gn_slice in, struct gn_content *out, size_t *len);

#endif
