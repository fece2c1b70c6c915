/* Capability tokens: a chain of at most eight blocks, each signed by its issuer, that says what the
 * last audience may do with a resource of the first issuer's. Each block may only narrow the one
 * before, which is checked when a chain is opened; so a verifier needs the chain alone, and the
 * last block that speaks of rights, limits or time is what counts. Nothing is allocated; slices
 * are borrowed from the bytes they were read from. Rules: docs/spec/wire.md WR-30..WR-36.
 *
 *   owner --block 0--> friend --block 1 (less)--> bot           made  [gn_token_issue, _narrow]
 *   bot --chain, use--> verifier: opened, shown, granted   [gn_token_open, _shown, _grants] */
#ifndef GN_WIRE_TOKEN_H
#define GN_WIRE_TOKEN_H

#include "wire/generated/token_fb.h"
#include "wire/wire.h"

#define GN_TOKEN_DOMAIN "geonet/token/1"
#define GN_TOKEN_USE_DOMAIN "geonet/token-use/1"

/* A resource is a path; the last part of a pattern may be `*`: one or more parts. */
struct gn_token_right {
	struct gn_slice resource; /* "topic/news", "box/<64 hex digits>", or a pattern */
	uint64_t actions;         /* bits: enum gn_fb_action; unknown ones grant nothing */
};

struct gn_token_limit {
	uint16_t of;     /* enum gn_fb_limit_of */
	uint32_t per;    /* seconds; 0: in all */
	uint64_t amount; /* of what `of` counts */
};

/* What a new block says. Without rights or limits it has those of the block before. */
struct gn_token_fields {
	struct gn_pk audience;
	const struct gn_token_right *rights;
	size_t right_count;
	const struct gn_token_limit *limits;
	size_t limit_count;
	uint64_t not_before, expires; /* Unix seconds: from, and up to but not at */
	uint8_t depth;                /* blocks that may follow */
	uint8_t nonce[8];             /* makes two equal grants two tokens */
};

struct gn_token_block {
	struct gn_slice bytes; /* what its issuer signed */
	struct gn_sig sig;
	struct gn_hash id; /* SHA-256(bytes): its name, in `parent` and when it is revoked */
	struct gn_pk issuer, audience;
	struct gn_token_right rights[GN_TOKEN_RIGHTS_MAX];
	size_t right_count;
	struct gn_token_limit limits[GN_TOKEN_LIMITS_MAX];
	size_t limit_count;
	uint64_t not_before, expires;
	uint8_t depth;
};

struct gn_token {
	struct gn_slice bytes;
	struct gn_token_block blocks[GN_TOKEN_BLOCKS_MAX];
	size_t count; /* at least 1 */
};

/* Where a chain is wrong and how, for people. */
struct gn_token_fault {
	size_t block;     /* from 0 */
	const char *what; /* a sentence without a full stop */
};

/* Form, limits, signatures and narrowing. GN_TOO_LARGE, GN_MALFORMED, GN_SIGNATURE, GN_DENIED (a
 * block grants more than the one before), GN_RANGE (it lives too long), GN_VERSION (a limit of a
 * kind that is not known). *out is then untouched; fault may be NULL. */
GN_MUST gn_err gn_token_open(struct gn_slice in, struct gn_token *out,
			     struct gn_token_fault *fault);

/* The same without the signatures: what it would say if they held. */
GN_MUST gn_err gn_token_read(struct gn_slice in, struct gn_token *out);

/* Who gave it first, and who may use it. */
const struct gn_pk *gn_token_owner(const struct gn_token *t);
const struct gn_pk *gn_token_bearer(const struct gn_token *t);
/* The id of the last block. */
const struct gn_hash *gn_token_id(const struct gn_token *t);
/* The block whose rights, or limits, are the chain's; without limits: NULL. */
const struct gn_token_block *gn_token_rights(const struct gn_token *t);
const struct gn_token_block *gn_token_limits(const struct gn_token *t);
/* Seconds from the latest begin to the earliest end. */
uint64_t gn_token_life(const struct gn_token *t);

/* May the bearer do all of `actions` to `resource` (a path, no pattern) of `owner` now? GN_DENIED:
 * another's resource, or not this; GN_RANGE: not yet; GN_EXPIRED. */
GN_MUST gn_err gn_token_grants(const struct gn_token *t, const struct gn_pk *owner,
			       struct gn_slice resource, uint64_t actions, uint64_t unix_now);
/* The amount of one kind of limit; false: none is set. */
bool gn_token_amount(const struct gn_token *t, enum gn_fb_limit_of of, uint32_t per,
		     uint64_t *amount);

/* ---- what a limit refuses (WR-37) ---- */

/* How a refusal names a limit of this kind, "token-messages"; NULL: nobody counts this kind. */
const char *gn_token_limit_name(uint16_t of);
#define GN_TOKEN_LIMIT_TOTAL "token-total"   /* one in all, which nobody counts */
#define GN_TOKEN_LIMIT_MANY "token-limits"   /* more of them than one use draws from */
#define GN_TOKEN_LIMIT_PLACES "token-places" /* no bucket is left to count it with */
/* The same as a sentence for who used the token; NULL: it names another limit. */
const char *gn_token_limit_text(struct gn_slice limit);

/* ---- resources ---- */

/* "box", key as hex and so on, joined by '/'; '/', '*' and '%' inside a part are coded. GN_TEXT (a
 * part is empty, not UTF-8 or has control characters), GN_TOO_LARGE. */
GN_MUST gn_err gn_token_resource(const struct gn_slice *parts, size_t count, struct gn_buf *out);
/* Is it well formed, and a pattern where that is allowed? GN_TEXT, GN_TOO_LARGE. */
GN_MUST gn_err gn_token_resource_ok(struct gn_slice resource, bool pattern);
/* Does the pattern say at least what the other, a path or a pattern, says? */
bool gn_token_covers(struct gn_slice pattern, struct gn_slice other);

/* ---- making ---- */

/* Appends a chain of one block; the issuer owns the resources. GN_USAGE (no rights, times, an
 * unknown limit), GN_TEXT (a resource), GN_TOO_LARGE. GN_TOKEN_MAX bytes of room suffice. */
GN_MUST gn_err gn_token_issue(const struct gn_sk *issuer, const struct gn_token_fields *fields,
			      struct gn_buf *out, struct gn_token_fault *fault);
/* Appends the chain with one block more, by its bearer. GN_DENIED: the bearer is another, no more
 * blocks may follow, or the new one grants more. */
GN_MUST gn_err gn_token_narrow(const struct gn_token *before, const struct gn_sk *bearer,
			       const struct gn_token_fields *fields, struct gn_buf *out,
			       struct gn_token_fault *fault);

/* ---- showing ---- */

/* By whom, to whom, where and for what a chain is shown. */
struct gn_token_show {
	struct gn_pk verifier;   /* node key of who checks */
	uint8_t exporter[32];    /* of this session (RFC 8446 7.5): it is worth nothing elsewhere */
	struct gn_slice message; /* what is asked; empty: shown once, for the session */
	uint64_t time;           /* Unix seconds */
};
void gn_token_show_sign(const struct gn_token *t, const struct gn_sk *bearer,
			const struct gn_token_show *show, struct gn_sig *out);
/* GN_SIGNATURE; GN_EXPIRED, GN_RANGE: time is more than GN_TOKEN_SHOW_S away. */
GN_MUST gn_err gn_token_shown(const struct gn_token *t, const struct gn_token_show *show,
			      const struct gn_sig *sig, uint64_t unix_now);

#endif
