/* Options that several commands have. */
#ifndef GEONET_OPTIONS_H
#define GEONET_OPTIONS_H

#define OPTION_PASSPHRASE                                                                          \
	{"passphrase-file", "FILE",                                                                \
	 "read the identity's passphrase from FILE (also $GEONET_PASSPHRASE_FILE)"}
#define OPTION_W                                                                                   \
	{"w", "N",                                                                                 \
	 "how many nodes must sign that they keep it, 1 to 8 (default: the node's own --w, 5)"}
#define OPTION_TTL {"ttl", "SECONDS", "how long it lives without renewal (default 30 days)"}
#define OPTION_HUB {"hub", "URL", "the hub (default $GEONET_HUB, then http://127.0.0.1:7790)"}
#define OPTION_REASON {"reason", "TEXT", "why, for the audit log"}

#endif
