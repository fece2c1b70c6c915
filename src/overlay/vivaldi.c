/* Network coordinates: a point of a plane and a height per node, in milliseconds, so that the
 * round trip to a stranger can be guessed (Dabek, Cox, Kaashoek, Morris 2004). A preference
 * only: no two nodes ever agree by it. */
#include "overlay/ring_int.h"

#include <math.h>

#define TUNE 0.25      /* share of a sample that moves the point and the error */
#define HEIGHT_MIN 0.1 /* ms */
#define ERR_MAX 2.0
#define RANGE_MS 32000.0

void gn_ov_coord_init(struct gn_ov_coord *c)
{
	*c = (struct gn_ov_coord){.h = HEIGHT_MIN, .err = 1};
}

double gn_ov_coord_ms(const struct gn_ov_coord *a, const struct gn_ov_coord *b)
{
	return hypot(a->x - b->x, a->y - b->y) + a->h + b->h;
}

static double bound_to(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

void gn_ov_coord_update(struct gn_ov_coord *own, const struct gn_ov_coord *peer, double rtt_ms)
{
	if (!(rtt_ms > 0.01) || rtt_ms > 10000)
		return;
	double guess = gn_ov_coord_ms(own, peer), miss = fabs(guess - rtt_ms) / rtt_ms;
	double weight = own->err / (own->err + peer->err + 1e-9),
	       step = TUNE * weight * (rtt_ms - guess);
	double dx = own->x - peer->x, dy = own->y - peer->y, flat = hypot(dx, dy);
	if (flat < 1e-6) { /* two points on one spot part along a fixed direction */
		dx = own->h >= peer->h ? 1 : -1;
		dy = 0.5;
		flat = hypot(dx, dy);
	}
	own->err = bound_to(miss * TUNE * weight + own->err * (1 - TUNE * weight), 0.01, ERR_MAX);
	own->x = bound_to(own->x + step * dx / flat, -RANGE_MS, RANGE_MS);
	own->y = bound_to(own->y + step * dy / flat, -RANGE_MS, RANGE_MS);
	own->h = bound_to(own->h + step * (own->h + peer->h) / guess, HEIGHT_MIN, RANGE_MS);
}

struct gn_fb_vivaldi gn_ov_coord_put(const struct gn_ov_coord *c)
{
	return (struct gn_fb_vivaldi){.x = (int16_t)lrint(c->x),
				      .y = (int16_t)lrint(c->y),
				      .h = (int16_t)lrint(c->h),
				      .err = (uint8_t)lrint(bound_to(c->err, 0, 1) * 255)};
}

struct gn_ov_coord gn_ov_coord_get(struct gn_fb_vivaldi v)
{
	return (struct gn_ov_coord){v.x, v.y, v.h > 0 ? v.h : HEIGHT_MIN, v.err / 255.0};
}
