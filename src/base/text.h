/* Text: ASCII letters and digits, hex, base64, and UTF-8 that forges nothing around it. Nothing here
 * asks the locale. */
#ifndef GN_BASE_TEXT_H
#define GN_BASE_TEXT_H

#include "base/slice.h"

/* ASCII upper case becomes lower; every other byte stays. */
static inline uint8_t gn_lower(uint8_t c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}
/* Equal but for the case of ASCII letters. */
bool gn_same_word(struct gn_slice a, struct gn_slice b);

/* The value of a hex digit in either case, or -1. */
int gn_hex_digit(uint8_t c);
/* Lower-case hex; out has 2 * len + 1 bytes and is terminated. */
void gn_hex(struct gn_slice in, char *out);
/* GN_TEXT unless in is exactly 2 * len hex digits. */
GN_MUST gn_err gn_unhex(struct gn_slice in, uint8_t *out, size_t len);

/* Base64 of RFC 4648: section 4 with padding, or, with `url`, section 5 without. */
#define GN_BASE64_MAX(len) (((len) + 2) / 3 * 4 + 1) /* characters and the terminator */
/* Terminated; GN_TOO_LARGE when out is too small. */
GN_MUST gn_err gn_base64(struct gn_slice in, bool url, char *out, size_t cap);
/* Appends the bytes, all or none. Each value has one text: GN_TEXT for foreign characters, missing
 * padding, and bits of the last digit that stand for nothing. */
GN_MUST gn_err gn_unbase64(struct gn_slice text, bool url, struct gn_buf *out);
/* GN_TEXT unless it is the text of exactly len bytes; out is then as it was. */
GN_MUST gn_err gn_unbase64_exact(struct gn_slice text, bool url, void *out, size_t len);

/* True for well-formed UTF-8 without surrogates (RFC 3629). */
bool gn_utf8_ok(struct gn_slice s);
/* Is s text that forges nothing around it: UTF-8 without controls, line ends, and what turns or
 * hides text? */
bool gn_plain_ok(struct gn_slice s);
/* s as such text, of at most cap - 1 bytes and a zero: bytes that are none, and backslashes, as
 * \xNN. */
void gn_plain(struct gn_slice s, char *out, size_t cap);

#endif
