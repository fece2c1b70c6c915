/* The code that somebody was told, as they give it to this command: what all users of the machine
 * can read of a process while it runs does not keep it. */
#ifndef GEONET_SEND_TYPED_H
#define GEONET_SEND_TYPED_H

#include "geonet/frame/cli.h"

/* The arguments are taken out of the process's command line; cli has them still. */
void typed_hide(struct cli *cli);
/* Of the arguments, of a line of stdin ("-"), or of GEONET_CODE, which is wiped; NULL: none says
 * one. The caller's. */
char *typed_code(struct cli *cli);
/* Of the terminal; NULL: there is none, or nothing was said. */
char *typed_ask(const struct cli *cli);

#endif
