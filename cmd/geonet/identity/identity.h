/* One's identity: made from a phrase, published as a record, kept for another term. */
#ifndef GEONET_IDENTITY_H
#define GEONET_IDENTITY_H

#include "geonet/frame/keys.h"
#include "geonet/identity/own.h"
#include "records/identity.h"

#define PHRASE_INPUT_MAX 4096

/* The words of FILE, of stdin, or asked for. False after printing. */
bool phrase_read(struct cli *cli, char text[PHRASE_INPUT_MAX]);
/* Cleans text on the way. False after printing. */
bool phrase_parse(struct cli *cli, char *text, uint8_t entropy[32]);

/* The record that is out there, so that what it says is kept; CLI_NOT_FOUND when there is none.
 * *bytes: what out borrows from, the caller frees. */
int identity_present(struct cli *cli, const struct gn_pk *owner, uint8_t **bytes,
		     struct gn_identity *out);
struct id_change {
	const char *name; /* to be shown; NULL: as it is */
	bool vouch;       /* for the running node */
	bool lose;        /* what a newer program said outside the body too */
	bool first;       /* there is no record yet */
};
/* *seq: of what is held now, by few perhaps (CLI_QUORUM), else 0. */
int identity_publish(struct cli *cli, const struct identity *id, const struct id_change *change,
		     struct own_term term, uint64_t *seq);
/* The identity record, its PID's record set with it: for another term, unless less than half of
 * this one is over. *expires: until when it is held now, 0: it was never published (must: it is
 * now). */
int id_renew(struct cli *cli, const struct identity *id, struct own_term term, bool must,
	     uint64_t *expires, bool *done);

#endif
