/* Bytes to the node, as one file of its: hashed here as they go, and what the node says that it
 * has is compared. Rule AG-131. */
#include "agent/site_int.h"

static const struct gn_app_kind add_kind = {GN_FB_APP_BODY_APP_FILE, GN_FB_APP_FILE_BODY_FILE_ADD};

static bool is_same(const struct agent_upload *u, const struct gn_host_client_event *e)
{
	struct gn_fb_file_added t = {e->table};
	if (e->kind.area != add_kind.area || e->kind.member != GN_FB_APP_FILE_BODY_FILE_ADDED ||
	    !gn_fb_file_added_has_root(t) || !u->ended)
		return false;
	struct gn_fb_hash root = gn_fb_file_added_root(t);
	struct gn_slice blocks = gn_fb_file_added_blocks_bytes(t);
	return memcmp(root.b, u->root.b, sizeof root.b) == 0 &&
	       gn_fb_file_added_size(t) == u->size &&
	       gn_slice_eq(blocks, gn_slice(u->blocks, u->hasher.block_count * sizeof root));
}

static void push(struct agent_upload *u)
{
	size_t n;
	while (u->left.len && (n = agent_upload_put(u, u->left)) > 0)
		u->left = gn_slice_sub(u->left, n, u->left.len);
	if (!u->left.len)
		agent_upload_end(u);
}

static void on_added(void *user, const struct gn_host_client_event *e)
{
	struct agent_upload *u = user;
	if (e->what == GN_HOST_CLIENT_ROOM && !u->ended) {
		if (u->from)
			push(u);
		else
			u->room(u->user);
	} else if (e->what == GN_HOST_CLIENT_FAILED) {
		u->call = 0;
		u->over(u->user, e->fault.err, e->fault.detail);
	} else if (e->what == GN_HOST_CLIENT_ANSWER && !e->more) {
		u->call = 0;
		u->over(u->user, is_same(u, e) ? GN_OK : GN_HASH,
			GN_LIT("the node stored other bytes than it was given"));
	}
}

gn_err agent_upload_begin(struct agent_upload *u, uint64_t size, struct gn_hash *blocks)
{
	struct gn_agent_link *link = u->agent->link;
	struct gn_fb_file_add_args args = {.size = size};
	GN_ASSERT(!u->call);
	if (!gn_agent_link_is_up(link))
		return GN_CLOSED;
	u->size = size;
	u->blocks = blocks;
	u->ended = u->from = false;
	u->left = gn_slice(NULL, 0);
	gn_tree_hasher_init(&u->hasher, blocks, (size_t)gn_tree_block_count(size));
	gn_fbref t = gn_fb_file_add_make(gn_agent_link_builder(link), &args);
	gn_err err =
		gn_agent_link_call(link, add_kind, t, GN_HOST_CLIENT_LASTS, on_added, u, &u->call);
	if (err)
		u->call = 0;
	return err;
}

gn_err agent_upload_bytes(struct agent_upload *u, struct gn_slice bytes, struct gn_hash *blocks)
{
	GN_TRY(agent_upload_begin(u, bytes.len, blocks));
	u->from = true;
	u->left = bytes;
	push(u);
	return GN_OK;
}

size_t agent_upload_put(struct agent_upload *u, struct gn_slice in)
{
	struct gn_host_client *client = gn_agent_link_client(u->agent->link);
	size_t room = client && u->call ? gn_host_client_room(client, u->call) : 0;
	size_t n = in.len < room ? in.len : room;
	if (!n || gn_tree_hasher_put(&u->hasher, gn_slice(in.p, n)) != GN_OK)
		return 0;
	gn_host_client_send(client, u->call, gn_slice(in.p, n), u->agent->now);
	return n;
}

void agent_upload_end(struct agent_upload *u)
{
	struct gn_host_client *client = gn_agent_link_client(u->agent->link);
	gn_tree_hasher_end(&u->hasher, &u->root);
	u->ended = true;
	if (client && u->call)
		gn_host_client_send_end(client, u->call, GN_OK, u->agent->now);
}

void agent_upload_drop(struct agent_upload *u)
{
	if (u && u->call)
		gn_agent_link_drop(u->agent->link, u->call);
	if (u)
		u->call = 0;
}
