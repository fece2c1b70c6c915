/* Signed words are taken once, in the order of their signer (LG-20, LG-26). */
#include "ledger/book_int.h"

gn_err lg_signed_check(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(lg_rec_signed(r->type));
	const struct gn_rec_signed *s = &r->sign;
	if (r->type != GN_REC_PARTICIPANT) {
		if (s->signer >= b->participant_count)
			return GN_CORRUPT;
		const struct lg_participant *p = &b->participants[s->signer];
		if (p->status != GN_PARTICIPANT_ACTIVE)
			return GN_INACTIVE;
		if (s->profile == GN_PROFILE_V1)
			return s->seq == 0 || s->seq > p->seq ? GN_OK : GN_CONFLICT;
	} else if (s->profile == GN_PROFILE_V1) {
		return GN_OK;
	}
	if (!b->settings.accept_v0)
		return GN_DENIED;
	if (r->type == GN_REC_PAYMENT || r->type == GN_REC_FAILED || r->type == GN_REC_PREPARE ||
	    r->type == GN_REC_PARTICIPANT)
		return GN_OK; /* once only by their own keys */
	struct gn_tx_key key;
	lg_v0_key(&b->participants[s->signer].pk, s->bytes, &key);
	if (lg_keys_find(&b->keys_v0, &key))
		return GN_CONFLICT;
	return lg_keys_reserve(&b->keys_v0, b->env.alloc, r->time);
}

void lg_signed_note(struct lg_book *b, const struct gn_record_view *r)
{
	GN_ASSERT(lg_rec_signed(r->type) && r->sign.signer < b->participant_count);
	const struct gn_rec_signed *s = &r->sign;
	struct lg_participant *p = &b->participants[s->signer];
	if (s->profile == GN_PROFILE_V1) {
		p->seq = s->seq ? s->seq : p->seq;
		return;
	}
	struct lg_key k = {.body = 0};
	lg_v0_key(&p->pk, s->bytes, &k.key);
	lg_keys_add(&b->keys_v0, &k, r->time);
}
