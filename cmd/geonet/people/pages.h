/* Lists of the agent that come in pages, whole. */
#ifndef GEONET_PEOPLE_PAGES_H
#define GEONET_PEOPLE_PAGES_H

#include "geonet/frame/cli.h"
#include <jansson.h>

/* {"contacts": [..]} and {"chats": [..]}: an exit status, printed unless what is NULL; *out is the
 * caller's, and NULL when it is not CLI_OK. */
int people_contacts(struct cli *cli, const char *what, json_t **out);
int people_chats(struct cli *cli, const char *what, json_t **out);

#endif
