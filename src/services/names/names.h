/* Names: three forms, one record set (records.md Names). `<pid>.geo` is right by itself;
 * `alice.geo` is claimed at two points of the disk; `alice.town.geo` is a binding signed by the
 * owner of town.geo. Private keys are never here: whoever owns the key builds and signs records
 * with the functions of records/name.h (the command line does), this engine puts and resolves.
 *
 * Built on the overlay alone. The engine calls gn_overlay_*; its owner hands it every overlay
 * event it started. */
#ifndef GN_SERVICES_NAMES_H
#define GN_SERVICES_NAMES_H

#include "overlay/overlay.h"
#include "records/name.h"

struct gn_names;
GN_MUST gn_err gn_names_new(const struct gn_env *env, struct gn_overlay *overlay,
			    struct gn_names **out);
void gn_names_free(struct gn_names *names);
/* fresh: do not answer from the cache; the event tells how old an answer from it is, and
 * NOT_FOUND is never said because of it. visitor: for a stranger's page (OV-72). Ends in one
 * event with the same op number, perhaps at once: poll events after the call. A record set that
 * is nothing but a PID stands for that person's own record set. GN_LIMIT, GN_NOMEM. */
GN_MUST gn_err gn_names_resolve(struct gn_names *names, const struct gn_name *name, bool fresh,
				bool visitor, gn_time now, gn_op *op);
/* Puts both records of a claim, renewal or transfer. Ends in one event: GN_OK with W receipts at
 * each salt; GN_EXISTS: another owner has it (event.owner); GN_STALE; GN_QUORUM. At once: what
 * gn_name_open says of a bad record, GN_USAGE when the two do not belong together. */
GN_MUST gn_err gn_names_put(struct gn_names *names, struct gn_slice salt0, struct gn_slice salt1,
			    unsigned w, gn_time now, gn_op *op);
/* True when the event belonged to this engine. */
bool gn_names_overlay_event(struct gn_names *names, const struct gn_overlay_event *event,
			    gn_time now);
void gn_names_tick(struct gn_names *names, gn_time now);
gn_time gn_names_deadline(const struct gn_names *names);

struct gn_names_event {
	gn_op op;
	gn_err err; /* NOT_FOUND, QUORUM, EXISTS (another owner), STALE, EXPIRED, ... */
	struct gn_name name;
	bool put;
	/* who signed the record set; of a delegated name the owner of its parent */
	struct gn_pk owner;
	bool owner_known; /* false when nothing was found */
	/* another owner than the one pinned at first sight: shown, never hidden. When the pinned
	 * owner signed a transfer the pin moves with it and this is true once; else until
	 * gn_names_pin accepts the new one */
	bool owner_changed;
	struct gn_pk owner_pinned;
	/* NA-16: another name, which was seen here before; NULL: none. Until the next call */
	const char *looks_like;
	uint64_t seq, expires;
	/* of the oldest that came from the cache: the network may know newer. 0: nothing did */
	gn_time age;
	unsigned holders[2]; /* agreeing holders (get) or receipts (put) at each salt */
	/* values valid until the next call on names */
	struct gn_name_entry entries[GN_NAME_ENTRIES];
	size_t entry_count;
};
bool gn_names_next_event(struct gn_names *names, struct gn_names_event *out);
/* Owners of global names pinned at first sight, to be kept over restarts: the node stores and
 * gives them back. Also how a person accepts a new owner. */
GN_MUST gn_err gn_names_pin(struct gn_names *names, const struct gn_name *name,
			    const struct gn_pk *owner);
bool gn_names_pin_at(const struct gn_names *names, uint32_t i, struct gn_name *name,
		     struct gn_pk *owner);
bool gn_names_counter_at(const struct gn_names *names, size_t i, struct gn_counter *out);
void gn_names_validate(const struct gn_names *names);

#endif
