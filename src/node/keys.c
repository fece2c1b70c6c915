/* The node's own secrets: its key, made once with its proof of work, and the token of the local
 * API, made anew at each start. */
#include "node/node_int.h"

#include <stdio.h>
#include <unistd.h>

static gn_err make_key(struct gn_node *node, char why[GN_HOST_WHY])
{
	uint8_t secret[40], file[GN_KEYFILE_MAX];
	struct gn_buf out = {file, 0, sizeof file};
	bool tty = isatty(STDERR_FILENO);
	gn_rand_fill(&node->host.rand, secret, 32);
	gn_sk_from_seed(secret, &node->key);
	gn_err err = GN_AGAIN;
	for (uint64_t start = 0; err == GN_AGAIN; start += 200000) {
		err = gn_overlay_id_search(&node->key.pk, node->config.pow_bits, start, 200000,
					   node->nonce);
		if (tty && err == GN_AGAIN)
			fprintf(stderr,
				"\rmaking this node's identity: %llu tries (about %llu expected)",
				start + 200000ull, 1ull << node->config.pow_bits);
	}
	if (tty)
		fprintf(stderr, "\r\033[K");
	memcpy(secret + 32, node->nonce, 8);
	if (!err)
		err = gn_keyfile_seal(&node->host.rand, "node", gn_slice(secret, sizeof secret),
				      gn_slice(NULL, 0), &out);
	if (!err)
		err = gn_os_file_write(node->host.dir, "node.key", gn_buf_slice(&out));
	gn_wipe(secret, sizeof secret);
	gn_wipe(file, sizeof file);
	if (err)
		return gn_host_why(why, err, "the node key cannot be written to %s/node.key: %s",
				   node->config.data, gn_err_text(err));
	return GN_OK;
}

gn_err gn_node_key_load(struct gn_node *node, char why[GN_HOST_WHY])
{
	uint8_t secret[256], file[GN_KEYFILE_MAX];
	struct gn_buf in = {file, 0, sizeof file}, out = {secret, 0, sizeof secret};
	struct gn_node_id id;
	gn_err err = gn_os_file_read(node->host.dir, "node.key", &in);
	if (err == GN_NOT_FOUND)
		return make_key(node, why);
	if (!err)
		err = gn_keyfile_open(gn_buf_slice(&in), "node", gn_slice(NULL, 0), &out);
	if (!err && out.len != 40)
		err = GN_CORRUPT;
	if (!err) {
		gn_sk_from_seed(secret, &node->key);
		memcpy(node->nonce, secret + 32, 8);
		gn_overlay_id_make(&node->key.pk, node->nonce, &id);
		if (gn_overlay_id_work(&id) < node->config.pow_bits)
			err = GN_PROOF_OF_WORK;
	}
	gn_wipe(secret, sizeof secret);
	gn_wipe(file, sizeof file);
	if (err)
		return gn_host_why(
			why, err,
			"%s/node.key cannot be used: %s (moving it away makes a new node; records "
			"then move to it by themselves)",
			node->config.data, gn_err_text(err));
	return GN_OK;
}

/* Anew at each start: who took our port while we were away, and was sent the last one by a page
 * left open, has nothing (NO-25). What should not be there is not written over. */
gn_err gn_node_token_make(struct gn_node *node, char why[GN_HOST_WHY])
{
	struct gn_buf last = {(uint8_t *)node->token, 0, 64};
	uint8_t raw[32];
	gn_err err = gn_os_file_read(node->host.dir, "token", &last);
	if (err && err != GN_NOT_FOUND && err != GN_TOO_LARGE)
		return gn_host_why(
			why, err,
			"cannot read %.200s/%.200s. It was left as it is; if it is removed, a "
			"new one is made",
			node->config.data, gn_os_why());
	gn_rand_fill(&node->host.rand, raw, sizeof raw);
	gn_hex(GN_SLICE(raw), node->token);
	gn_wipe(raw, sizeof raw);
	err = gn_os_file_write(node->host.dir, "token", gn_str(node->token));
	if (err)
		return gn_host_why(why, err, "%s/token cannot be written: %s", node->config.data,
				   gn_err_text(err));
	return GN_OK;
}
