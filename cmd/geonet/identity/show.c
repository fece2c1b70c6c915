/* Whose key this is, and what another's record says of itself. */
#include "geonet/frame/frame.h"
#include "geonet/frame/keys.h"
#include "geonet/identity/commands.h"
#include "geonet/identity/identity.h"
#include "geonet/identity/resolve.h"
#include "records/identity.h"

#include <stdlib.h>

static int show_own(struct cli *cli)
{
	struct gn_pk pk;
	char pid[GN_PID_MAX];
	if (!identity_public(cli, &pk))
		return CLI_FAILED;
	gn_pid(&pk, pid);
	if (cli->json)
		return cli_json(cli, json_pack("{ss so}", "pid", pid, "key", json_hex(pk.b, 32)));
	out_pair(cli, "pid", "%s", pid);
	out_pair(cli, "key", "%s", out_hex(pk.b, sizeof pk.b));
	return CLI_OK;
}

static json_t *identity_json(const struct gn_identity *in, const char *pid,
			     const struct gn_hash *pq)
{
	json_t *keys = json_array();
	for (size_t i = 0; i < in->key_count; i++)
		json_array_append_new(
			keys,
			json_pack("{so ss so sI}", "key", json_hex(in->keys[i].pk.b, 32), "kind",
				  in->keys[i].kind == GN_FB_MEMBER_KIND_NODE ? "node" : "device",
				  "name", json_slice(in->keys[i].name), "expires",
				  (json_int_t)in->keys[i].expires));
	uint64_t expires = in->created + in->ttl;
	return json_pack("{ss so so sI sI sI so so so}", "pid", pid, "key",
			 json_hex(in->owner.b, 32), "name", json_slice(in->display_name), "seq",
			 (json_int_t)in->seq, "created", (json_int_t)in->created, "expires",
			 (json_int_t)expires, "pq_hash", json_hex(pq->b, 32), "next",
			 json_hex(in->next.b, 32), "keys", keys);
}

int cmd_id_show(struct cli *cli)
{
	struct gn_identity *in;
	struct gn_pk owner;
	struct gn_hash pq;
	uint8_t *bytes = NULL;
	char pid[GN_PID_MAX];
	int exit;
	if (cli->arg_count == 0)
		return show_own(cli);
	if (!owner_of(cli, cli->args[0], &owner, &exit))
		return exit;
	in = cli_alloc(sizeof *in);
	gn_pid(&owner, pid);
	exit = identity_present(cli, &owner, &bytes, in);
	if (exit == CLI_NOT_FOUND)
		cli_fail(cli, exit, "not-found",
			 "%s has published no identity record (its key is %s)", pid,
			 out_hex(owner.b, sizeof owner.b));
	if (exit == CLI_OK) {
		gn_sha256(&in->pq_pk, 1, &pq);
		if (cli->json) {
			exit = cli_json(cli, identity_json(in, pid, &pq));
		} else {
			out_pair(cli, "pid", "%s", pid);
			out_pair(cli, "key", "%s", out_hex(owner.b, sizeof owner.b));
			if (in->display_name.len)
				out_pair(cli, "name", "%s (chosen by its owner)",
					 out_text_slice(in->display_name));
			out_pair(cli, "ML-DSA-65", "%s", out_hex(pq.b, sizeof pq.b));
			out_pair(cli, "next key", "%s", out_hex(in->next.b, sizeof in->next.b));
			for (size_t i = 0; i < in->key_count; i++)
				out_pair(cli,
					 in->keys[i].kind == GN_FB_MEMBER_KIND_NODE ? "its node"
										    : "its device",
					 "%s %s, until %s", out_hex(in->keys[i].pk.b, 32),
					 out_text_slice(in->keys[i].name),
					 out_time(in->keys[i].expires));
			out_pair(cli, "version", "%llu of %s, until %s",
				 (unsigned long long)in->seq, out_time(in->created),
				 out_time(in->created + in->ttl));
		}
	}
	free(bytes);
	free(in);
	return exit;
}
