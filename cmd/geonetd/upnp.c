/* What geonetd does when it is started as `geonetd --upnp add|remove LOCAL ROUTER` by a node: a
 * mapping of a port by UPnP-IGD (libminiupnpc). Whoever answers on the network is read here, in a
 * process without keys that ends by itself after five seconds (docs/spec/reach.md RE-16).
 *
 * It prints "ADDRESS SECONDS", or nothing. Only a device at the router's own address is asked. */
#include "geonetd/upnp.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef GEONET_UPNP
#include "base/base.h"

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>

#define TIME 5        /* seconds of its life */
#define DISCOVER 1500 /* ms for devices to answer */
#define LEASE "7200"
#define LEASE_FOREVER "0" /* of routers that know no other: removed at the end */
#define ONLY_FOREVER 725
#define TAKEN 718 /* by another machine's mapping of that port */
#define TRIES 4   /* ports, the next ones */

/* "A.B.C.D:PORT" taken apart; false: it is none. */
static int split(const char *text, char host[16], unsigned *port)
{
	struct gn_addr a;
	if (gn_addr_parse(gn_str(text), &a) || !gn_addr_is_v4(&a) || strcspn(text, ":") > 15)
		return 0;
	snprintf(host, 16, "%.*s", (int)strcspn(text, ":"), text);
	*port = a.port;
	return 1;
}

static int is_at(const char *url, const char *host)
{
	size_t len = strlen(host);
	return url && strncmp(url, "http://", 7) == 0 && strncmp(url + 7, host, len) == 0 &&
	       (url[7 + len] == ':' || url[7 + len] == '/');
}

/* The router's gateway device; 1: it is there and connected. */
static int find(const char *local, const char *router, struct UPNPUrls *urls, struct IGDdatas *data)
{
	int error = 0;
	char lan[64] = "";
	struct UPNPDev *all = upnpDiscover(DISCOVER, local, NULL, 0, 0, 2, &error), **at = &all;
	while (*at) { /* of all that answer, the router's only */
		struct UPNPDev *d = *at;
		if (is_at(d->descURL, router)) {
			at = &d->pNext;
			continue;
		}
		*at = d->pNext;
		d->pNext = NULL;
		freeUPNPDevlist(d);
	}
#if MINIUPNPC_API_VERSION >= 18
	char wan[64] = "";
	int found = UPNP_GetValidIGD(all, urls, data, lan, sizeof lan, wan, sizeof wan);
#else
	int found = UPNP_GetValidIGD(all, urls, data, lan, sizeof lan);
#endif
	freeUPNPDevlist(all);
	return found == 1 && is_at(urls->controlURL, router);
}

static int map(const struct UPNPUrls *urls, const struct IGDdatas *data, const char *local,
	       unsigned port)
{
	const char *control = urls->controlURL, *service = data->first.servicetype;
	char inner[8], outer[8], address[64] = "";
	if (UPNP_GetExternalIPAddress(control, service, address) != UPNPCOMMAND_SUCCESS)
		return 1;
	snprintf(inner, sizeof inner, "%u", port);
	for (unsigned i = 0; i < TRIES && port + i <= 65535; i++) {
		snprintf(outer, sizeof outer, "%u", port + i);
		int error = UPNP_AddPortMapping(control, service, outer, inner, local, "geonet",
						"UDP", NULL, LEASE);
		if (error == ONLY_FOREVER)
			error = UPNP_AddPortMapping(control, service, outer, inner, local, "geonet",
						    "UDP", NULL, LEASE_FOREVER);
		if (error == UPNPCOMMAND_SUCCESS)
			return printf("%.15s:%s %s\n", address, outer, LEASE) < 0;
		if (error != TAKEN)
			return 1;
	}
	return 1;
}

/* The mapping of ours among those next to the port. */
static int unmap(const struct UPNPUrls *urls, const struct IGDdatas *data, const char *local,
		 unsigned port)
{
	const char *control = urls->controlURL, *service = data->first.servicetype;
	for (unsigned i = 0; i < TRIES && port + i <= 65535; i++) {
		char outer[8], own[8], client[16] = "", inner[6] = "";
		snprintf(outer, sizeof outer, "%u", port + i);
		snprintf(own, sizeof own, "%u", port);
		if (UPNP_GetSpecificPortMappingEntry(control, service, outer, "UDP", NULL, client,
						     inner, NULL, NULL, NULL) ||
		    strcmp(client, local) != 0 || strcmp(inner, own) != 0)
			continue;
		return UPNP_DeletePortMapping(control, service, outer, "UDP", NULL);
	}
	return 1;
}

int upnp_main(char **words)
{
	struct UPNPUrls urls;
	struct IGDdatas data;
	char local[16], router[16];
	unsigned port, any;
	alarm(TIME);
	memset(&urls, 0, sizeof urls);
	memset(&data, 0, sizeof data);
	if (!words[0] || !words[1] || !words[2] || !split(words[1], local, &port) ||
	    !split(words[2], router, &any))
		return 2;
	int failed = 1;
	if (find(local, router, &urls, &data))
		failed = strcmp(words[0], "add") == 0 ? map(&urls, &data, local, port)
						      : unmap(&urls, &data, local, port);
	FreeUPNPUrls(&urls);
	return failed || fflush(stdout) != 0;
}

#else

int upnp_main(char **words)
{
	(void)words;
	return 1;
}

#endif
