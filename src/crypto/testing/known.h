/* Known answers, as the standards print them. */
#ifndef GN_CRYPTO_KNOWN_H
#define GN_CRYPTO_KNOWN_H

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* got: as many bytes as want has pairs of hex digits, 256 at most. */
void assert_hex(const void *got, const char *want);
void assert_sha256(struct gn_slice got, const char *want);

#endif
