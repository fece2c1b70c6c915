/* Memory in which a passphrase or a client's secret may have been: none of it is left behind. */
#ifndef GN_HOST_WIPE_H
#define GN_HOST_WIPE_H

#include "base/env.h"

#include <stdlib.h>
#include <string.h>

/* Of malloc, with that many bytes; NULL is fine. */
static inline void gn_host_wipe_free(void *p, size_t len)
{
	if (p)
		gn_wipe(p, len);
	free(p);
}

/* As realloc, of what has len bytes in use. */
static inline void *gn_host_wipe_resize(void *p, size_t len, size_t cap)
{
	GN_ASSERT(cap >= len && cap > 0);
	void *grown = malloc(cap);
	if (!grown)
		return NULL;
	if (len)
		memcpy(grown, p, len);
	gn_host_wipe_free(p, len);
	return grown;
}

#endif
