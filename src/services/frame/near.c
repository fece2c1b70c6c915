/* Who holds a key: the nodes nearest to it, as a lookup found them, and ourselves among them when
 * we are a server; and what is asked for where whom is asked shall not learn the key. */
#include "services/frame/frame.h"

void gn_frame_blur(const struct gn_overlay *ov, struct gn_rand *rand, const struct gn_hash *key,
		   struct gn_hash *out)
{
	struct gn_overlay_info info;
	uint64_t theta = gn_ov_theta(key->b), far = gn_rand_u64(rand);
	gn_overlay_info(ov, &info);
	if (info.n_estimate > GN_FRAME_BLIND) {
		uint64_t span = (uint64_t)(GN_FRAME_BLUR * 0x1p64 / info.n_estimate);
		far = gn_rand_below(rand, 2 * span + 1) - span;
	}
	gn_rand_fill(rand, out->b, sizeof out->b);
	gn_put_be64(out->b, theta + far);
}

static uint64_t sep(const struct gn_contact *c, uint64_t theta)
{
	return gn_ov_sep(gn_ov_theta(c->id.b), theta);
}

static uint32_t insert(struct gn_contact *out, uint32_t count, uint32_t max, uint64_t theta,
		       const struct gn_contact *c)
{
	GN_ASSERT(count <= max);
	uint32_t at = count;
	while (at > 0 && sep(&out[at - 1], theta) > sep(c, theta))
		at--;
	if (at >= max)
		return count;
	count += count < max;
	memmove(&out[at + 1], &out[at], (count - at - 1) * sizeof out[0]);
	out[at] = *c;
	return count;
}

uint32_t gn_frame_nearest(const struct gn_overlay *ov, const struct gn_hash *key,
			  const struct gn_overlay_event *found, uint32_t max,
			  struct gn_contact *out)
{
	struct gn_overlay_info info;
	uint64_t theta = gn_ov_theta(key->b);
	uint32_t count = 0;
	bool there = false;
	gn_overlay_info(ov, &info);
	for (uint32_t i = 0; i < found->contact_count; i++) {
		there = there || gn_pk_eq(&found->contacts[i].pk, &info.self.pk);
		count = insert(out, count, max, theta, &found->contacts[i]);
	}
	return there || !info.server ? count : insert(out, count, max, theta, &info.self);
}
