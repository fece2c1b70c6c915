/* Contacts as vCard 4.0 (RFC 6350): who they are is IMPP:geonet:PID. */
#ifndef GEONET_PEOPLE_VCARD_H
#define GEONET_PEOPLE_VCARD_H

#include "base/base.h"

/* One card, lines folded at 75 bytes; owned by the caller. */
char *vcard_make(const char *name, const char *pid);

struct vcard {
	char name[257], pid[64]; /* "": it has none */
};
/* The next card of *in, which moves on; false: there is none. A name that is longer is cut. */
bool vcard_next(struct gn_slice *in, struct vcard *out);

#endif
