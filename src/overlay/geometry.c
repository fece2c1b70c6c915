/* The disk: integers decide which of two nodes is nearer to a key, on every machine alike;
 * doubles only prefer and draw. All nodes lie on one circle of radius r0, where hyperbolic
 * distance grows strictly with the angle, so comparing 64-bit angle differences is comparing
 * distances exactly (docs/spec/overlay.md OV-1..OV-6). */
#include "overlay/ring_int.h"

#include <math.h>

#define TURN 0x1p64
#define LN2 0.69314718055994530942
#define PI 3.14159265358979323846

uint64_t gn_ov_theta(const uint8_t id[32])
{
	return gn_be64(id);
}

uint64_t gn_ov_sep(uint64_t a, uint64_t b)
{
	uint64_t d = a - b; /* wraps: an angle */
	return d >> 63 ? 0 - d : d;
}

/* Half-angle form: the textbook formulas lose all digits at this radius (OV-5). */
double gn_ov_dist(double r1, uint64_t t1, double r2, uint64_t t2)
{
	double h = sin((double)gn_ov_sep(t1, t2) * (PI / TURN));
	double a = sinh((r1 - r2) * 0.5);
	if (r1 + r2 < 600)
		return 2 * asinh(sqrt(a * a + sinh(r1) * sinh(r2) * h * h));
	double x = 2 * log(fabs(a) + 1e-320), y = r1 + r2 - 2 * LN2 + 2 * log(h + 1e-320);
	double big = x > y ? x : y, small = x < y ? x : y;
	double ln_x =
		/* of the argument of asinh, squared; large unless nearly on one ray */
		big + log1p(exp(small - big));
	return ln_x < 60 ? 2 * asinh(exp(ln_x / 2)) : 2 * LN2 + ln_x;
}

double gn_ov_busemann(double r, uint64_t t, uint64_t key)
{
	double half = (double)gn_ov_sep(t, key) * (PI / TURN);
	double x = r + 2 * log(sin(half) + 1e-320), y = -r + 2 * log(fabs(cos(half)) + 1e-320);
	double big = x > y ? x : y, small = x < y ? x : y;
	return big + log1p(exp(small - big));
}

/* Links per side and annulus that full nodes have on average, per unit of ln distance (OV-6). */
#define MU 1.83
#define LAMBDA (MU / LN2)
#define LEAF 8.0
#define REPLICAS 8.0

unsigned gn_ov_hops_max(double n)
{
	if (n <= 4 * LEAF)
		return 1;
	double s = 2 * (4 * LAMBDA * LAMBDA * log(n / (2 * LEAF)) + 4 * LEAF * LAMBDA) / log(1e3);
	return 1 + (unsigned)ceil(log(n / (4 * LEAF)) / log(s));
}

/* Entries known per rank at rank distance t. */
static double rho_of(double t)
{
	double all =
		t <= 2 * LEAF ? 1 : (4 * LAMBDA * LAMBDA * log(t / LEAF) + 4 * LEAF * LAMBDA) / t;
	return all > 1 ? 1 : all;
}

/* Mean number of hops from rank distance t: a hop lands beyond s with probability exp(-2 s rho).
 * The expected number is integrated on a grid of ranks in steps of a factor, from the near end
 * outwards. */
double gn_ov_hops_mean(double n)
{
	enum { STEPS = 96 };
	double rank[STEPS], hops[STEPS], top = n / 2 > REPLICAS ? n / 2 : REPLICAS, sum = 0,
					 weight = 0;
	if (n <= 1)
		return 0;
	for (int i = 0; i < STEPS; i++) {
		rank[i] = REPLICAS / 2 * pow(top / (REPLICAS / 2), (double)i / (STEPS - 1));
		double density = 2 * rho_of(rank[i]), h = 1, before = exp(-density * REPLICAS / 2);
		for (int j = 1; j <= i; j++) {
			double now = exp(-density * rank[j]);
			h += (before - now) * hops[j - 1];
			before = now;
		}
		hops[i] = h;
		/* keys are spread evenly over ranks */
		double width = i ? rank[i] - rank[i - 1] : rank[0];
		sum += h * width;
		weight += width;
	}
	return sum / weight;
}

unsigned gn_ov_annulus(uint64_t sep)
{
	GN_ASSERT(sep > 0);
	unsigned j = 0;
	while (!(sep >> 63)) {
		sep <<= 1;
		j++;
	}
	return j;
}
