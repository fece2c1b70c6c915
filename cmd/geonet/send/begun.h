/* The states of receives that were begun in a folder, .geonet-CODE.receiving. */
#ifndef GEONET_SEND_BEGUN_H
#define GEONET_SEND_BEGUN_H

#include "crypto/crypto.h"
#include "geonet/frame/cli.h"

#define BEGUN_PREFIX ".geonet-"
#define BEGUN_SUFFIX ".receiving"
#define BEGUN_SHOWN 8u

struct begun {
	unsigned count;
	struct gn_code code;                 /* of the last one found */
	char text[GN_CODE_MAX];              /* the same */
	char all[BEGUN_SHOWN * GN_CODE_MAX]; /* the first codes, with ", " between them */
};

/* The name of a code's state; the caller's. */
char *begun_name(const char *code);
bool begun_is_there(int folder, const char *name);
/* Those of this user; what another may have written is none. */
struct begun begun_find(int folder);

#endif
