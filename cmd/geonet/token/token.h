/* A capability token as people type and read it. */
#ifndef GEONET_TOKEN_H
#define GEONET_TOKEN_H

#include "geonet/frame/cli.h"
#include "geonet/identity/identity.h"
#include "geonet/identity/own.h"
#include "wire/token.h"
#include <jansson.h>

struct token_text {
	uint8_t bytes[GN_TOKEN_MAX];
	struct gn_token token; /* borrows bytes */
};

/* "read,write" as bits. False after printing. */
bool token_actions(struct cli *cli, const char *text, uint64_t *bits);
/* The --limit options: "ops=100/60" (100 in 60 seconds). */
bool token_limits(struct cli *cli, struct gn_token_limit limits[GN_TOKEN_LIMITS_MAX],
		  size_t *count);
/* Does somebody count each of these limits of a new block (WR-37)? before: what it is made from, or
 * NULL; limits of that must be said again. False after printing. */
bool token_counted(struct cli *cli, const struct gn_token_fields *f, const struct gn_token *before);
/* From FILE, "-" or the text of a token itself, opened. False after printing. */
bool token_read(struct cli *cli, const char *word, struct token_text *out);
/* Prints it as one line that a shell leaves alone, or as JSON with what it says. */
int token_print(struct cli *cli, struct gn_slice bytes);
/* What it says, block by block. */
json_t *token_json(const struct gn_token *t);
void token_show(const struct cli *cli, const struct gn_token *t);
/* "block 2 grants a right that the block before does not have" */
int token_fail(struct cli *cli, gn_err err, const struct gn_token_fault *fault);

/* Puts the list of revoked tokens again when it is due, or nobody shows it whole. *expires stays 0
 * when nothing was revoked. */
int token_renew(struct cli *cli, const struct identity *id, struct own_term term, uint64_t *expires,
		bool *done);

#endif
