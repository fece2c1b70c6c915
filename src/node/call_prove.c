/* Who follows a box or a topic with a key, or works with it, signs first that it is theirs. What is
 * shown at holders and roots is shown in this node's sessions, and serves whoever of this machine
 * uses that key; keys are public, so naming one proves nothing.
 *
 *   called [gn_node_prove] -> asked, one key after the other [gn_node_proven] -> begun [then]
 *
 * Invariant: no engine hears of a call before all of its keys are proven on its own connection.
 * Rules AP-16, BX-31, BS-5. */
#include "node/call.h"

#include "node/node_int.h"
#include "records/box_proof.h"
#include "records/said.h"

#define BOX_SIGN {GN_FB_APP_BODY_APP_BOX, GN_FB_APP_BOX_BODY_BOX_SIGN}
#define TOPIC_SIGN {GN_FB_APP_BODY_APP_TOPIC, GN_FB_APP_TOPIC_BODY_TOPIC_SIGN}
#define FIRST (UINT64_C(1) << 52) /* engines count from 1; JSON has numbers below 2^53 */

struct proving { /* of a request */
	struct gn_node_prove what;
	uint8_t exporter[32];
};

static gn_err ask(struct gn_node_request *r, struct proving *p)
{
	static const struct gn_app_kind box_kind = BOX_SIGN, topic_kind = TOPIC_SIGN;
	struct gn_node *node = r->node;
	uint64_t sign = FIRST + ++node->proofs;
	gn_rand_fill(node->env.rand, p->exporter, sizeof p->exporter);
	struct gn_fb_key key = gn_wire_key(&p->what.keys[0]), self = gn_wire_key(&node->key.pk),
			 box = gn_wire_key(&p->what.box);
	struct gn_fb_hash exporter = gn_wire_hash(p->exporter),
			  topic = gn_wire_hash(p->what.topic.b);
	struct gn_fbb *b = gn_host_answer_begin(&r->base);
	bool of_topic = p->what.roles[0] == 0;
	gn_fbref table =
		of_topic ? gn_fb_topic_sign_make(
				   b, &(struct gn_fb_topic_sign_args){.sign = sign,
								      .topic = &topic,
								      .key = &key,
								      .root = &self,
								      .exporter = &exporter})
			 : gn_fb_box_sign_make(
				   b, &(struct gn_fb_box_sign_args){.sign = sign,
								    .box = &box,
								    .role = p->what.roles[0],
								    .key = &key,
								    .holder = &self,
								    .exporter = &exporter});
	gn_host_wait(&r->base, GN_OP_PROOF, sign);
	gn_host_answer_more(&r->base, of_topic ? topic_kind : box_kind, table);
	return GN_OK;
}

gn_err gn_node_prove(struct gn_node_request *r, const struct gn_node_prove *what)
{
	GN_ASSERT(r->base.via && what->count > 0 && what->count <= GN_NODE_PROVEN);
	struct proving *p = gn_host_state(&r->base, sizeof *p);
	if (!p)
		return GN_NOMEM;
	p->what = *what;
	return ask(r, p);
}

static bool is_signed(const struct gn_node *node, const struct proving *p, const struct gn_sig *sig)
{
	if (p->what.roles[0] == 0) {
		struct gn_said_show show = {.topic = p->what.topic, .root = node->key.pk};
		memcpy(show.exporter, p->exporter, sizeof show.exporter);
		return gn_said_show_check(&p->what.keys[0], &show, sig) == GN_OK;
	}
	struct gn_boxrec_show show = {
		.box = p->what.box, .holder = node->key.pk, .role = p->what.roles[0]};
	memcpy(show.exporter, p->exporter, sizeof show.exporter);
	return gn_boxrec_show_check(&p->what.keys[0], &show, sig) == GN_OK;
}

gn_err gn_node_proven(const struct gn_node_request *r, uint64_t sign, const struct gn_sig *sig)
{
	struct gn_node_request *of =
		gn_node_request_of(gn_host_waiting(&r->node->api, GN_OP_PROOF, sign));
	if (!of || of->base.via != r->base.via)
		return GN_NOT_FOUND;
	struct proving *p = of->base.state;
	if (!is_signed(r->node, p, sig))
		return GN_SIGNATURE;
	gn_host_wait_end(&of->base);
	if (--p->what.count) {
		p->what.keys[0] = p->what.keys[1];
		p->what.roles[0] = p->what.roles[1];
		return ask(of, p);
	}
	gn_err err = p->what.then(of);
	if (err)
		gn_host_error(&of->base, err, "%s", gn_err_text(err));
	return GN_OK;
}
