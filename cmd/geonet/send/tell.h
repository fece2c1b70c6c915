/* A code to somebody whom one's agent knows, sealed as messages are. */
#ifndef GEONET_SEND_TELL_H
#define GEONET_SEND_TELL_H

#include "geonet/frame/cli.h"

/* Can they be told? Asked before anything is read: an exit status, after printing. *rule: theirs
 * about paths (RE-11), "": none; the caller's. */
int tell_can(struct cli *cli, const char *who, char **rule);
/* what: "3 files, 20 MiB". */
int tell_code(struct cli *cli, const char *who, const char *what, const char *code);

#endif
