/* The round trip model: forty metropolitan areas, great-circle fibre times 1.5, an access delay
 * per node (a quarter in data centres, two thirds at home, a tenth mobile), log-normal noise per
 * pair. */
#include "sim.h"

#include <math.h>

#define PI 3.14159265358979323846
#define EARTH_KM 6371.0
#define KM_PER_MS 200.0 /* light in fibre, one way */

static const struct {
	double lat, lon, weight; /* degrees, degrees, millions of people, roughly */
} cities[] = {
	{35.7, 139.7, 37},  {28.6, 77.2, 32},   {31.2, 121.5, 28}, {23.8, 90.4, 22},
	{-23.6, -46.6, 22}, {19.4, -99.1, 22},  {30.0, 31.2, 21},  {39.9, 116.4, 21},
	{19.1, 72.9, 21},   {34.7, 135.5, 19},  {29.6, 106.6, 17}, {24.9, 67.0, 17},
	{-4.3, 15.3, 16},   {6.5, 3.4, 15},     {41.0, 29.0, 15},  {-34.6, -58.4, 15},
	{22.6, 88.4, 15},   {14.6, 121.0, 14},  {23.1, 113.3, 14}, {-22.9, -43.2, 13},
	{55.8, 37.6, 13},   {34.1, -118.2, 13}, {40.7, -74.0, 19}, {51.5, -0.1, 14},
	{48.9, 2.4, 11},    {13.1, 80.3, 11},   {13.8, 100.5, 11}, {37.6, 127.0, 10},
	{-6.2, 106.8, 11},  {35.7, 51.4, 9},    {41.9, -87.6, 9},  {52.5, 13.4, 6},
	{40.4, -3.7, 7},    {43.7, -79.4, 6},   {-33.9, 151.2, 5}, {1.4, 103.8, 6},
	{-26.2, 28.0, 6},   {-33.4, -70.7, 7},  {4.7, -74.1, 11},  {50.1, 8.7, 6},
};

static double normal(struct gn_rand *r)
{
	double u = gn_rand_unit(r), v = gn_rand_unit(r);
	return sqrt(-2 * log(u > 0 ? u : 1e-300)) * cos(2 * PI * v);
}

void sim_place(struct sim *s, struct sim_node *n)
{
	double total = 0, at;
	for (size_t i = 0; i < GN_COUNT(cities); i++)
		total += cities[i].weight;
	at = gn_rand_unit(&s->rand) * total;
	n->city = 0;
	while (n->city + 1 < GN_COUNT(cities) && (at -= cities[n->city].weight) > 0)
		n->city++;
	double kind = gn_rand_unit(&s->rand);
	if (kind < 0.25)
		n->access_ms = 1 + 2 * gn_rand_unit(&s->rand);
	else
		n->access_ms = (kind < 0.90 ? 12 : 40) * exp(0.5 * normal(&s->rand));
}

/* The same for a pair whoever asks, and for a pair of nodes in every run of the seed. */
static double pair_noise(uint64_t seed, unsigned a, unsigned b)
{
	struct gn_prng g;
	gn_prng_init(&g, seed ^ ((uint64_t)(a < b ? a : b) << 32 | (a < b ? b : a)));
	struct gn_rand r = gn_prng_rand(&g);
	return exp(0.15 * normal(&r));
}

gn_time sim_rtt(const struct sim *s, unsigned a, unsigned b)
{
	if (s->opt.flat)
		return 20 * GN_MSEC;
	const struct sim_node *x = &s->nodes[a], *y = &s->nodes[b];
	double p1 = cities[x->city].lat * PI / 180, p2 = cities[y->city].lat * PI / 180;
	double dl = (cities[x->city].lon - cities[y->city].lon) * PI / 180, dp = p1 - p2;
	double h = sin(dp / 2) * sin(dp / 2) + cos(p1) * cos(p2) * sin(dl / 2) * sin(dl / 2);
	double km = 2 * EARTH_KM * asin(sqrt(h > 1 ? 1 : h));
	double ms = (2 * 1.5 * km / KM_PER_MS + x->access_ms + y->access_ms) *
		    pair_noise(s->opt.seed, a, b);
	return (gn_time)((ms < 0.2 ? 0.2 : ms) * 1e6);
}
