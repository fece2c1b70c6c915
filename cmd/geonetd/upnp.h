/* UPnP for a node, in a process of its own: upnp.c. */
#ifndef GEONETD_UPNP_H
#define GEONETD_UPNP_H

/* What follows --upnp on the command line; the exit status. */
int upnp_main(char **words);

#endif
