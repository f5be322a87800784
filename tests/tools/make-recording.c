// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Make a recording of a load that is known: so many volumes for so many seconds, each of
 * them busy with reads and writes. For tests of the report page and for the bench.
 *
 * usage: make-recording FILE VOLUMES SECONDS
 *
 * Volume 0 has, in the middle: 7 errors, an I/O in flight for 5 s, a reset, and 31 s for
 * which nothing was recorded. Of the others it prints, as the report page calls it, what
 * they did while they were recorded.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/common/memory.h"
#include "../../tools/common/record.h"

#define SECOND		1000000000ull
#define EPOCH		1767225600ull	/* 2026-01-01 00:00:00 UTC */
#define PARTS		16		/* buckets of an octave */
#define FIRST_OCTAVE	14		/* 16 us */
#define OCTAVES		10
#define BUCKETS		(PARTS * OCTAVES)
#define OPS		2

static const char *const ops[OPS] = { "read", "write" };

/**
 * struct load - what a volume does
 * @rate: requests a second
 * @median_ns: of their latency
 * @spread: logarithmic
 * @bytes: of a request
 */
struct load {
	double rate[OPS], median_ns[OPS], spread[OPS];
	uint64_t bytes[OPS];
};

/**
 * struct counted - what was counted of a volume
 * @known: requests while they were recorded
 */
struct counted {
	uint64_t requests[OPS], bytes[OPS], time_ns[OPS], latency[OPS][BUCKETS];
	uint64_t sampled[OPS], sequential[OPS], heat[OPS][64], depth[OPS][8], windows[OPS][16];
	uint64_t seek[OPS][8];
	uint64_t known[OPS];
	uint64_t busy_ns, errors, oldest_ns, generation, start_ns;
};

static double uniform(void)
{
	return (random() + 0.5) / (RAND_MAX + 1.0);
}

static double normal(void)
{
	return sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
}

/* As many as chance makes of so many expected. */
static uint64_t drawn(double expected)
{
	double value = expected + sqrt(expected) * normal();

	if (expected < 1)
		return uniform() < expected;
	return value < 0 ? 0 : (uint64_t)(value + 0.5);
}

static uint64_t least_of(int bucket)
{
	uint64_t octave = 1ull << (FIRST_OCTAVE + bucket / PARTS);

	return octave + octave / PARTS * (bucket % PARTS);
}

static double share_below(const struct load *load, int op, double ns)
{
	return 0.5 * erfc(-log(ns / load->median_ns[op]) / load->spread[op] / sqrt(2));
}

static void count_op(struct counted *counted, const struct load *load, int op, double factor,
		     const double shares[BUCKETS], bool known)
{
	uint64_t requests = 0, n, sampled;
	int i;

	for (i = 0; i < BUCKETS; i++) {
		if (shares[i] * load->rate[op] < 1e-4)
			continue;
		n = drawn(load->rate[op] * factor * shares[i]);
		counted->latency[op][i] += n;
		counted->time_ns[op] += n * (least_of(i) + random() % (least_of(i) / PARTS));
		requests += n;
	}
	counted->requests[op] += requests;
	counted->known[op] += known ? requests : 0;
	counted->bytes[op] += requests * load->bytes[op];
	sampled = drawn(requests / 128.0);
	counted->sampled[op] += sampled;
	counted->sequential[op] += drawn(sampled * 0.3);
	for (; sampled; sampled--) {
		counted->heat[op][uniform() < 0.8 ? random() % 8 + 20 : random() % 64]++;
		counted->depth[op][random() % 8]++;
		counted->seek[op][random() % 8]++;
	}
	n = requests / 10 + 1;
	counted->windows[op][63 - __builtin_clzll(n) > 15 ? 15 : 63 - __builtin_clzll(n)] += 10;
}

static size_t append(char *text, size_t at, size_t room, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static size_t append(char *text, size_t at, size_t room, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	at += vsnprintf(text + at, room - at, format, args);
	va_end(args);
	return at < room ? at : room - 1;
}

static size_t append_op(char *text, size_t at, size_t room, const struct counted *counted,
			const struct load *load, int op, bool all)
{
	const char *name = ops[op];
	int i;

	at = append(text, at, room, "%s_requests %llu\n%s_bytes %llu\n%s_time_ns %llu\n"
		    "%s_timed %llu\n%s_sampled %llu\n%s_sequential %llu\n%s_refused 0\n"
		    "%s_refused_bytes 0\n%s_latency_ns",
		    name, (unsigned long long)counted->requests[op],
		    name, (unsigned long long)counted->bytes[op],
		    name, (unsigned long long)counted->time_ns[op],
		    name, (unsigned long long)counted->requests[op],
		    name, (unsigned long long)counted->sampled[op],
		    name, (unsigned long long)counted->sequential[op], name, name, name);
	for (i = 0; i < BUCKETS; i++) {
		if (counted->latency[op][i])
			at = append(text, at, room, " %llu:%llu=%llu",
				    (unsigned long long)least_of(i),
				    (unsigned long long)(least_of(i) + (1ull << (FIRST_OCTAVE + i / PARTS)) / PARTS),
				    (unsigned long long)counted->latency[op][i]);
	}
	at = append(text, at, room, "\n");
	if (!all)
		return at;
	at = append(text, at, room, "%s_size_bytes %llu:%llu=%llu\n%s_heat", name,
		    (unsigned long long)load->bytes[op], (unsigned long long)load->bytes[op] + 512,
		    (unsigned long long)counted->requests[op], name);
	for (i = 0; i < 64; i++) {
		if (counted->heat[op][i])
			at = append(text, at, room, " %d:%d=%llu", i, i + 1,
				    (unsigned long long)counted->heat[op][i]);
	}
	at = append(text, at, room, "\n%s_depth", name);
	for (i = 0; i < 8; i++) {
		if (counted->depth[op][i])
			at = append(text, at, room, " %d:%d=%llu", i, i + 1,
				    (unsigned long long)counted->depth[op][i]);
	}
	at = append(text, at, room, "\n%s_seek_sectors", name);
	for (i = 0; i < 8; i++) {
		if (counted->seek[op][i])
			at = append(text, at, room, " %d:%d=%llu", -(1 << (18 - 2 * i)),
				    -(1 << (16 - 2 * i)), (unsigned long long)counted->seek[op][i]);
	}
	at = append(text, at, room, "\n%s_window_requests", name);
	for (i = 0; i < 16; i++) {
		if (counted->windows[op][i])
			at = append(text, at, room, " %d:%d=%llu", 1 << i, 2 << i,
				    (unsigned long long)counted->windows[op][i]);
	}
	return append(text, at, room, "\n");
}

static void add_volume(struct dmp_snapshot *snapshot, int number, const struct counted *counted,
		       const struct load *load, bool all)
{
	static char text[1 << 16];
	struct dmp_sample *sample = dmp_snapshot_append(snapshot);
	size_t at;

	sample->names.device = dmp_format("dm-%d", number);
	sample->names.major = 253;
	sample->names.minor = number;
	sample->names.name = dmp_format("vg0-volume%d", number);
	sample->names.uuid = dmp_format("LVM-%d", number);
	sample->names.lv = dmp_format("vg0/volume%d", number);
	sample->names.mount = dmp_format("/srv/%d", number);
	sample->names.below = dmp_strdup("dm-90");
	sample->boot_ns = snapshot->boot_ns + 300000 * (number + 1) + random() % 20000;
	at = append(text, 0, sizeof(text), "dmp_stats 1\ncollect all\nbusy_ns %llu\nerrors %llu\n"
		    "fua 0\nin_flight %ld\noldest_ns %llu\ngeneration %llu\nstart_boot_ns %llu\n"
		    "start_real_ns %llu\nlatency_start_boot_ns %llu\nheat_cell_sectors 32768\n",
		    (unsigned long long)counted->busy_ns, (unsigned long long)counted->errors,
		    random() % 32, (unsigned long long)counted->oldest_ns,
		    (unsigned long long)counted->generation,
		    (unsigned long long)counted->start_ns,
		    (unsigned long long)(EPOCH * SECOND + counted->start_ns),
		    (unsigned long long)counted->start_ns);
	at = append_op(text, at, sizeof(text), counted, load, 0, all);
	append_op(text, at, sizeof(text), counted, load, 1, all);
	dmp_sample_parse(sample, text, NULL);
}

static void choose(struct load *load, double shares[OPS][BUCKETS])
{
	static const double rates[] = { 300, 1000, 3000, 8000, 20000 };
	static const double medians[] = { 60e3, 120e3, 500e3, 3e6 };
	static const uint64_t sizes[] = { 4096, 8192, 65536 };
	int op, i;

	for (op = 0; op < OPS; op++) {
		load->rate[op] = rates[random() % 5] / (op + 1);
		load->median_ns[op] = medians[random() % 4];
		load->spread[op] = 0.25 + 0.05 * (random() % 10);
		load->bytes[op] = sizes[random() % 3];
		for (i = 0; i < BUCKETS; i++)
			shares[op][i] = share_below(load, op, least_of(i + 1)) -
				share_below(load, op, least_of(i)) + 1e-7;
	}
}

static void happen(struct counted *counted, long second, long seconds)
{
	long middle = seconds / 2;

	if (second == middle - 20)
		counted->errors += 7;
	counted->oldest_ns = second > middle - 10 && second <= middle - 5 ?
		(second - middle + 10) * SECOND : random() % 900000ull;
	if (second == middle - 3) {
		memset(counted, 0, sizeof(*counted));
		counted->generation = 1000;
		counted->start_ns = second * SECOND;
	}
}

int main(int argc, char **argv)
{
	long volumes = argc == 4 ? atol(argv[2]) : 0, seconds = argc == 4 ? atol(argv[3]) : 0;
	struct dmp_recorder *recorder;
	struct counted *counted;
	struct load *loads;
	double (*shares)[OPS][BUCKETS];
	struct dmp_snapshot snapshot;
	long second, i, op;

	if (volumes < 1 || seconds < 1) {
		fputs("usage: make-recording FILE VOLUMES SECONDS\n", stderr);
		return 2;
	}
	recorder = dmp_recorder_open(argv[1], "/nonexistent");
	if (!recorder)
		return 1;
	counted = dmp_alloc(volumes * sizeof(*counted));
	loads = dmp_alloc(volumes * sizeof(*loads));
	shares = dmp_alloc(volumes * sizeof(*shares));
	srandom(1);
	for (i = 0; i < volumes; i++) {
		choose(&loads[i], shares[i]);
		counted[i].generation = i + 1;
	}
	for (second = 1; second <= seconds; second++) {
		double factor = 1 + 0.6 * sin(2 * M_PI * second / 86400);
		bool all = second == seconds ||
			dmp_recorder_wants_all(recorder, second * SECOND, 1);

		/* Neither before the first snapshot, nor in the pause. */
		bool known = second > 1 && (second <= seconds / 2 || second > seconds / 2 + 31);

		for (i = 0; i < volumes; i++) {
			for (op = 0; op < OPS; op++)
				count_op(&counted[i], &loads[i], op, factor, shares[i][op], known);
			counted[i].busy_ns += SECOND - random() % (SECOND / 3);
		}
		happen(&counted[0], second, seconds);
		if (second > seconds / 2 && second <= seconds / 2 + 30)
			continue;
		memset(&snapshot, 0, sizeof(snapshot));
		snapshot.boot_ns = second * SECOND + random() % 200000;
		snapshot.real_ns = EPOCH * SECOND + snapshot.boot_ns;
		for (i = 0; i < volumes; i++)
			add_volume(&snapshot, i, &counted[i], &loads[i], all);
		if (!dmp_recorder_append(recorder, &snapshot, 1, all))
			return 1;
		dmp_snapshot_free(&snapshot);
	}
	for (i = 1; i < volumes; i++)
		printf("vg0-volume%ld r_requests %llu\nvg0-volume%ld w_requests %llu\n", i,
		       (unsigned long long)counted[i].known[0], i,
		       (unsigned long long)counted[i].known[1]);
	free(shares);
	free(loads);
	free(counted);
	return !dmp_recorder_close(recorder);
}
