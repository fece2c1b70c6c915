/* Any text: an address that is read is written and read again as the same. */
#include "wallet/link.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct gn_wallet_request q, again;
	static char out[GN_WALLET_LINK_MAX];
	char *text = malloc(len + 1);
	if (!text)
		abort();
	if (len)
		memcpy(text, data, len);
	text[len] = 0;
	if (!gn_wallet_link_read(text, &q)) {
		for (enum gn_wallet_form form = GN_WALLET_OLD; form <= GN_WALLET_NEW; form++) {
			if (gn_wallet_link_write(&q, form, out, sizeof out))
				continue; /* amount and equivalent are anything yet */
			if (!gn_wallet_link_read(out, &again))
				GN_ASSERT(strcmp(q.note, again.note) == 0 &&
					  strcmp(q.pid, again.pid) == 0);
		}
		(void)!gn_wallet_note_ok(q.note);
	}
	free(text);
	return 0;
}
