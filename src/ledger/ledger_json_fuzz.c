/* Whatever parses has one canonical form, which is canonical, parses to itself, and is what the
 * checker accepts. */
#include "ledger/json.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The rules of LG-19 read off the bytes, without the parser: what canonical text cannot contain. */
static void check_rules(struct gn_slice text)
{
	bool string = false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.p[i];
		GN_ASSERT(c >= 0x20);
		if (!string) {
			GN_ASSERT(c != ' ' && c != '.' && c != 'E' && c != '+');
			GN_ASSERT(c != '-' || (i + 1 < text.len && text.p[i + 1] >= '1' &&
					       text.p[i + 1] <= '9'));
			string = c == '"';
		} else if (c == '\\') {
			uint8_t e = text.p[++i];
			GN_ASSERT(strchr("\"\\bfnrtu", e));
			if (e == 'u')
				GN_ASSERT(memcmp(text.p + i + 1, "00", 2) == 0 &&
					  (text.p[i + 3] == '0' || text.p[i + 3] == '1'));
		} else {
			string = c != '"';
		}
	}
	GN_ASSERT(!string);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gn_json j, k;
	static uint8_t one[6 * JSON_TEXT_MAX], two[6 * JSON_TEXT_MAX];
	struct gn_slice in = gn_slice(data, len);
	gn_err check = gn_json_check(in, NULL);
	gn_err parse = gn_json_parse(in, &j);
	if (parse) {
		GN_ASSERT(check == parse);
		return 0;
	}
	struct gn_buf a = {one, 0, sizeof one}, b = {two, 0, sizeof two};
	GN_ASSERT(gn_json_write(&j, &a) == GN_OK);
	GN_ASSERT((check == GN_OK) == gn_slice_eq(in, gn_buf_slice(&a)));
	check_rules(gn_buf_slice(&a));
	if (a.len > JSON_TEXT_MAX)
		return 0;
	GN_ASSERT(gn_json_check(gn_buf_slice(&a), &k) == GN_OK && k.count == j.count);
	GN_ASSERT(gn_json_write(&k, &b) == GN_OK &&
		  gn_slice_eq(gn_buf_slice(&a), gn_buf_slice(&b)));
	return 0;
}
