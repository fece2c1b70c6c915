/* A name being changed: store.c reads, edits, signs and puts it, for the commands of name.c and
 * for those that publish something under a name. */
#ifndef GEONET_NAME_H
#define GEONET_NAME_H

#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "records/name.h"
#include <jansson.h>

#define DAY 86400u
#define ENTRY_TTL 3600 /* seconds a resolver may keep an entry, by default */

struct name_state {
	struct gn_name name;
	bool exists;
	struct gn_pk owner; /* of the present record */
	struct gn_name_claim claim;
	struct gn_name_entry entries[GN_NAME_ENTRIES];
	uint8_t *bytes;              /* the present record, which slices point into */
	bool kept_here;              /* nobody shows it: it is the one that was kept here */
	char *made[GN_NAME_ENTRIES]; /* texts of new entries */
	size_t made_count;
};

bool name_parse(struct cli *cli, const char *text, struct gn_name *out);
/* The present record of a name, or exists = false. self: who will sign it, needed for the place
 * of delegated names. */
int name_load(struct cli *cli, const struct gn_name *name, const struct gn_pk *self,
	      struct name_state **out);
/* The same, but it must be there and be the identity's. */
int name_load_own(struct cli *cli, const struct gn_name *name, const struct identity *id,
		  struct name_state **out);
void name_free(struct name_state *s);
int name_not_yours(struct cli *cli, const struct name_state *s);

void name_drop_type(struct name_state *s, uint16_t type);
bool name_add_entry(struct cli *cli, struct name_state *s, uint16_t type, const char *value,
		    uint64_t ttl);
/* "LABEL" of one's own site, "OWNER/LABEL" of another's: the value of a SITE entry. NULL after
 * printing; the caller frees. */
char *name_site_value(struct cli *cli, const struct identity *id, const char *text);

enum name_renewal {
	NAME_KEPT, /* not due */
	NAME_RENEWED,
	/* another's, by a transfer that this identity signed: told, and forgotten (RN-4) */
	NAME_GIVEN,
};
/* Keeps a name of one's own for another term, unless less than half of this one is over. A name
 * that nobody shows any more is renewed from what was kept here. */
int name_renew(struct cli *cli, const struct identity *id, const char *text, struct own_term term,
	       uint64_t *expires, enum name_renewal *what);
/* Takes a name off the list of own names; false when it is not there. *expires: until when it
 * was held. */
bool name_forget(struct cli *cli, const struct gn_name *name, uint64_t *expires);

/* Raises seq and created; a claim of a new owner also begins its epoch. */
void name_next_version(struct name_state *s, uint64_t ttl, bool new_owner);
/* Works for the version unless that is done (NA-4, NA-7; more when holders ask for more), signs,
 * puts, notes it among the own names. *receipts: the caller's reference. */
int name_put(struct cli *cli, const struct identity *id, struct name_state *s, uint64_t w,
	     json_t **receipts);
/* "3 nodes at each of its two places": who signed, or who agrees, at each. One of
 * out.c's buffers. */
const char *name_places(const json_t *counts);
/* Claims NAME or makes it point to the site. */
int name_point_to_site(struct cli *cli, const struct identity *id, const char *name,
		       const char *label, uint64_t w);
/* The record set of one's own PID, which leads from PID to key. first: there is none yet. */
int name_publish_pid(struct cli *cli, const struct identity *id, bool first, uint64_t w);

#endif
