/* For tests, loaded before a program: getaddrinfo takes names from the file $SHIM_HOSTS ("name
 * address" lines) first; a name under .test that is not there is unknown. The file is read at
 * every call. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **out)
{
	int (*next)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
		dlsym(RTLD_NEXT, "getaddrinfo");
	char name[256], addr[64];
	const char *path = getenv("SHIM_HOSTS");
	FILE *f = path && node ? fopen(path, "r") : NULL;
	while (f && fscanf(f, "%255s %63s", name, addr) == 2)
		if (strcmp(name, node) == 0) {
			fclose(f);
			return next(addr, service, hints, out);
		}
	if (f)
		fclose(f);
	size_t len = node ? strlen(node) : 0;
	return len > 5 && strcmp(node + len - 5, ".test") == 0 ? EAI_NONAME
							       : next(node, service, hints, out);
}
