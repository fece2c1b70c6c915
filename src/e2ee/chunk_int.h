/* An ML-KEM object in chunks of which any four rebuild it (EE-24). */
#ifndef GN_E2EE_CHUNK_INT_H
#define GN_E2EE_CHUNK_INT_H

#include "base/base.h"

#define E2EE_CHUNK 296               /* bytes of a chunk: a quarter of an object */
#define E2EE_QUARTERS 4              /* chunks that rebuild */
#define E2EE_OBJECT (4 * E2EE_CHUNK) /* an ML-KEM-768 key; a ciphertext, a hash and zeros */
#define E2EE_CHUNK_INDICES 255       /* 0..254 */

/* Chunk number index of the object; index below E2EE_CHUNK_INDICES. */
void e2ee_chunk(const uint8_t object[E2EE_OBJECT], uint8_t index, uint8_t out[E2EE_CHUNK]);
/* The object from four chunks of different indices; chunk i lies at chunks + i * E2EE_CHUNK. */
void e2ee_unchunk(const uint8_t index[E2EE_QUARTERS], const uint8_t *chunks,
		  uint8_t out[E2EE_OBJECT]);

#endif
