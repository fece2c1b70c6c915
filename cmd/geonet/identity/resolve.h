/* People, sites and records by the words a user types. */
#ifndef GEONET_RESOLVE_H
#define GEONET_RESOLVE_H

#include "crypto/crypto.h"
#include "geonet/frame/client.h"

/* "64 hex digits", a PID, or a name: the key of whoever it belongs to. False after printing;
 * *exit tells the status. */
bool owner_of(struct cli *cli, const char *text, struct gn_pk *out, int *exit);
/* The same for whom something is given to, or asked of: a word that is both a contact of ours and
 * somebody else's name is refused. */
bool person_of(struct cli *cli, const char *text, struct gn_pk *out, int *exit);
/* What the node says of a name (GET names/NAME). Prints what is wrong, the end of a name of ours
 * too. */
struct gn_name;
int name_ask(struct cli *cli, const struct gn_name *name, bool fresh, struct reply *reply);
/* Warns of another owner than before, and of another name that looks like this one, when the
 * node's answer tells of it. */
void name_warn(struct cli *cli, const struct gn_name *name, const json_t *answer);
/* NAME (its SITE entry), PID, PID/LABEL, or LABEL of one's own after "@": owner, label (255
 * bytes and a terminator). */
bool site_of(struct cli *cli, const char *text, struct gn_pk *owner, char label[256], int *exit);
/* The newest record under a key, verified here: its bytes (the caller frees). CLI_NOT_FOUND is
 * not printed. */
int record_fetch(struct cli *cli, const struct gn_hash *key, unsigned type, unsigned quorum,
		 uint8_t **bytes, size_t *len, unsigned *holders);
/* Puts a record; what: the sentence's subject when that fails, which is printed. *reply as from
 * client_call when not NULL. */
int record_put(struct cli *cli, struct gn_slice record, uint64_t w, const char *what,
	       struct reply *reply);
/* Is it held, if by fewer nodes than was asked (CLI_QUORUM)? */
bool record_held(const struct reply *reply, int exit);
/* Says so: stored at `where`, by `least` nodes at least. CLI_QUORUM. */
int record_few(struct cli *cli, const char *what, const char *where, unsigned long long least);

#endif
