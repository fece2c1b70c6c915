/* What the parts of e2ee_driver share: fields of a request, and its pool of randomness. */
#ifndef E2EE_DRIVER_H
#define E2EE_DRIVER_H

#include "e2ee/e2ee.h"
#include <jansson.h>

gn_err hex_into(const json_t *o, const char *name, uint8_t *out, size_t len);
/* As many bytes as there are; the caller frees them. NULL: no hex. */
uint8_t *hex_any(const json_t *o, const char *name, size_t *len);
gn_err number(const json_t *o, const char *name, uint64_t max, uint64_t *out);
gn_err time_of(const json_t *in, gn_time *now);
void put_hex(json_t *o, const char *name, const void *p, size_t len);
/* Are so many bytes left? If not, the operation is as if it had not been. */
bool pool_has(size_t len);
extern struct gn_rand rand_pool;
extern struct gn_env env;

/* Groups: an epoch of one member is named by "ep"; e: the device that "dev" names, or NULL. */
gn_err group_op(const char *name, struct gn_e2ee *e, const json_t *in, json_t *out);
void group_forget(void);

#endif
