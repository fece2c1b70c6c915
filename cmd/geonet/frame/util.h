/* Memory, JSON fields, words. */
#ifndef GEONET_UTIL_H
#define GEONET_UTIL_H

#include "base/base.h"
#include <jansson.h>

void *cli_alloc(size_t size); /* ends the program when memory is out */
void *cli_grow(void *p, size_t size);
char *cli_format(const char *fmt, ...) GN_PRINTF(1, 2); /* the caller frees */
char *cli_base64(struct gn_slice s);                    /* the caller frees */
/* NULL when it is not base64; the caller frees. */
uint8_t *cli_unbase64(const char *text, size_t *len);
json_t *json_hex(const void *p, size_t len);
json_t *json_slice(struct gn_slice s);
const char *json_text(const json_t *object, const char *name); /* "" when absent */
uint64_t json_number(const json_t *object, const char *name);  /* 0 when absent */
/* Of a time in Unix milliseconds. */
uint64_t json_seconds(const json_t *object, const char *name);
/* Is it this word? */
bool json_is(const json_t *object, const char *name, const char *word);
double json_double(const json_t *object, const char *name);
/* Percent-encodes what is not unreserved, '/' too; the caller frees. */
char *url_part(const char *s);
/* Levenshtein distance, for suggestions. */
unsigned word_distance(const char *a, const char *b);

#endif
