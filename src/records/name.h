/* Name records (records.md type 3): texts, record sets, claims and the rules by which they are
 * judged. Pure functions; keys are in their arguments only. */
#ifndef GN_RECORDS_NAME_H
#define GN_RECORDS_NAME_H

#include "wire/generated/bodies_fb.h"
#include "wire/wire.h"

/* bytes of a normalised name with terminator, without ".geo" */
#define GN_NAME_MAX 254
#define GN_NAME_DEPTH 8            /* labels */
#define GN_NAME_POW_BITS 20        /* identity puzzle of a claim: of a long label, at least */
#define GN_NAME_TTL (30u * 86400u) /* seconds a claim lives */
/* seconds after expiry in which only the last holder may renew */
#define GN_NAME_GRACE (30u * 86400u)

enum gn_name_form { GN_NAME_PID, GN_NAME_GLOBAL, GN_NAME_DELEGATED };

struct gn_name {
	enum gn_name_form form;
	/* normalised (IDNA2008 A-labels, lower case), without ".geo"; a PID keeps its case */
	char text[GN_NAME_MAX];
	struct gn_hash pid; /* GN_NAME_PID: SHA-256 of the owner's key */
	unsigned labels;
};
static inline struct gn_slice gn_name_text(const struct gn_name *name)
{
	return gn_str(name->text);
}
/* Accepts "welcome", "welcome.geo", "Münch.geo", "<pid>.geo", "a.town.geo", "blog.<pid>.geo",
 * one trailing dot, and the host form of a PID. GN_TEXT with *why naming the rule broken and
 * where (why may be NULL). */
GN_MUST gn_err gn_name_parse(struct gn_slice text, struct gn_name *out, const char **why);

/* a PID has 32 characters or more, its host form 56: the longest name grows past what DNS allows */
#define GN_NAME_HOST_MAX 288
/* The name as a host part for browsers, which fold case: PIDs become "pid-" and 52 characters of
 * base32 (RFC 4648, lower case); other names stay as they are. Without ".geo". */
void gn_name_host(const struct gn_name *name, char out[GN_NAME_HOST_MAX]);
/* The name one level up; false for a PID or a global name. */
bool gn_name_parent(const struct gn_name *name, struct gn_name *out);

enum gn_name_type { /* entries of a record set; values are text as in a zone file, PID as base58 */
		    GN_NAME_A = 1,
		    GN_NAME_CNAME = 5,
		    GN_NAME_MX = 15,
		    GN_NAME_TXT = 16,
		    GN_NAME_AAAA = 28,
		    GN_NAME_SRV = 33,
		    GN_NAME_HTTPS = 65,
		    GN_NAME_CAA = 257,
		    GN_NAME_T_PID = 65280,
		    GN_NAME_SITE = 65281,
		    GN_NAME_CHAT = 65282,
		    GN_NAME_MAIL = 65283,
		    GN_NAME_MAILBOX = 65284,
		    GN_NAME_WALLET = 65285,
};
const char *gn_name_type_text(uint16_t type);
GN_MUST gn_err gn_name_type_parse(struct gn_slice text, uint16_t *out);

struct gn_name_entry {
	uint16_t type;
	struct gn_slice value; /* <= 1024 bytes */
	uint32_t ttl;          /* seconds a resolver may keep it */
};
/* GN_USAGE with a sentence when a value does not fit its type. */
GN_MUST gn_err gn_name_entry_check(const struct gn_name_entry *e, const char **why);

#define GN_NAME_ENTRIES 64

struct gn_name_claim {
	struct gn_name name;
	uint64_t seq, created, epoch; /* epoch: Unix day of the work */
	uint32_t ttl;                 /* seconds */
	uint8_t puzzle[8];            /* global names only */
	const struct gn_name_entry *entries;
	size_t entry_count;
	/* Transfer, kept by renewals: who gave the name away, gn_name_transfer's signature, the
	 * seq in it (0: this record's). */
	bool transferred;
	struct gn_pk previous_owner;
	struct gn_sig previous_sig;
	uint64_t transfer_seq;
	struct gn_before before; /* NA-14 */
};
/* Zero bits that the puzzle of this name must have when its owner has so many others (NA-4); 0
 * when the name has none. */
unsigned gn_name_bits(const struct gn_name *name, uint32_t names);
/* NA-15: GN_TEXT with *why (may be NULL) when a label mixes scripts. Such a name is looked up
 * but not claimed. */
GN_MUST gn_err gn_name_script(const struct gn_name *name, const char **why);
/* What a puzzle is solved for. */
struct gn_name_work {
	const struct gn_name *name;
	const struct gn_pk *owner;
	uint64_t epoch; /* Unix day */
};
/* Tries as gn_overlay_id_search. */
GN_MUST gn_err gn_name_puzzle(const struct gn_name_work *work, unsigned bits, uint64_t start,
			      uint64_t tries, uint8_t nonce[8]);
/* The signed record for one salt (0 or 1); both are put. A PID's own record set is signed by
 * that key; a delegated name by the owner of its parent. GN_USAGE (an entry that does not fit
 * its type, twice too many), GN_KEY (a PID of another key), GN_PROOF_OF_WORK, GN_VERSION
 * (before.beyond). What the record in claim->before says beyond the fields here stays. */
GN_MUST gn_err gn_name_record(const struct gn_sk *owner, const struct gn_name_claim *claim,
			      uint8_t salt, struct gn_buf *out);
/* What the previous owner signs to hand a name over to `to` (also signed by the new owner's
 * claim). */
void gn_name_transfer(const struct gn_sk *from, const struct gn_name *name, const struct gn_pk *to,
		      uint64_t seq, struct gn_sig *out);
/* Reads and checks a name record: form, signature, entries, puzzle, transfer. claim->entries
 * points to the caller's array; slices borrow from record. For renewals: open the present
 * record, raise seq and created, sign again (claim->before is then this record). */
GN_MUST gn_err gn_name_open(struct gn_slice record, struct gn_pk *owner,
			    struct gn_name_claim *claim,
			    struct gn_name_entry entries[GN_NAME_ENTRIES]);
/* Place on the disk. parent_owner: whoever signs a delegated name, part of its place so that
 * nobody else can sit on it; NULL for the other forms. */
void gn_name_key(const struct gn_name *name, const struct gn_pk *parent_owner, uint8_t salt,
		 struct gn_hash *key);
/* The text of a SITE entry, "<owner key hex>/<label>", and back. GN_USAGE. */
GN_MUST gn_err gn_name_site_parse(struct gn_slice value, struct gn_pk *owner,
				  struct gn_slice *label);
/* names of gn_name_admit: a linked server handed the record over, by whom it was judged. The
 * overlay's GN_OVERLAY_PUSHED. */
#define GN_NAME_PUSHED UINT32_MAX
/* The holder's rule for type 3 (config.admit[3] of the overlay). names: how many others of in's
 * owner and salt are held, or GN_NAME_PUSHED. */
gn_err gn_name_admit(const struct gn_record *held, const struct gn_record *in, uint32_t names,
		     gn_time now);

/* GN_NAME_GRACE for a global name; 0 for the others, whose places nobody else can have
 * (config.grace[3]). */
uint32_t gn_name_grace(const struct gn_record *r);

/* ---- for whoever resolves names ---- */

/* A name record whose body is checked: form, entries, puzzle, transfer (NA-4..NA-8). The
 * signature is the caller's. */
struct gn_name_view {
	struct gn_name name;
	uint64_t epoch;
	uint8_t puzzle[8];
	uint32_t entry_count;
	struct gn_fb_name_body body;
	bool transferred;
	struct gn_pk previous_owner;
	struct gn_sig previous_sig;
	uint64_t transfer_seq;
};
GN_MUST gn_err gn_name_view(const struct gn_record *r, struct gn_name_view *out);
/* i < entry_count; borrows from the record. */
struct gn_name_entry gn_name_view_entry(const struct gn_name_view *v, uint32_t i);
/* What equal counts fall to: SHA-256(name || owner || epoch be64), the smaller wins (NA-9). */
void gn_name_tie(const struct gn_name *name, const struct gn_pk *owner, uint64_t epoch,
		 struct gn_hash *out);
/* The skeleton of the claimed label of a name: equal for names that look alike (NA-16); false
 * when it has none. */
bool gn_name_look(const struct gn_name *name, struct gn_hash *out);

#endif
