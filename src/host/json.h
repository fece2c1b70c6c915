/* JSON values that answers are made of. Each returns a new value, or NULL without memory, which
 * json_pack and json_object_set_new take as a failure of the whole. */
#ifndef GN_HOST_JSON_H
#define GN_HOST_JSON_H

#include "base/base.h"
#include <jansson.h>

/* From now on all that JSON keeps in this program is wiped when it goes. */
void gn_host_json_wipes(void);
json_t *gn_host_json_hex(const void *p, size_t len); /* of at most 64 bytes */
json_t *gn_host_json_base64(struct gn_slice s);
json_t *gn_host_json_slice(struct gn_slice s); /* bytes that are not UTF-8 become base64 */
/* A sentence is to be JSON: what is not UTF-8 in it, or was cut inside a character, goes. */
void gn_host_json_keep(char *text);
/* Milliseconds, as answers show a time. */
static inline double gn_host_ms(gn_time t)
{
	return (double)t / (double)GN_MSEC;
}

#endif
