// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Counters as text. What is printed here is a contract: see docs/ABI/.
 */
#include <linux/device-mapper.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "buckets.h"
#include "report.h"
#include "stats.h"

/*
 * Two guides describe this module, under two names and with two indentations.
 * Each name keeps the one that its guide shows.
 */
static const char *volumes_indent(void)
{
	return strcmp(KBUILD_MODNAME, "dmp") ? " " : "    ";
}

static int volumes_block(char *page, int at, const char *label,
			 const struct dmp_op_counts *op)
{
	const char *indent = volumes_indent();

	return sysfs_emit_at(page, at, "%s:\n%sreqs: %llu\n%savg size: %llu\n",
			     label, indent, op->requests, indent,
			     dmp_average_up(op->bytes, op->requests));
}

/**
 * dmp_report_volumes() - the text of stat/volumes
 * @counts: of all volumes
 * @page: where it goes, PAGE_SIZE bytes
 *
 * Frozen, byte for byte: nothing is ever added to it.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_volumes(const struct dmp_counts *counts, char *page)
{
	const struct dmp_op_counts *read = &counts->op[DMP_READ];
	const struct dmp_op_counts *write = &counts->op[DMP_WRITE];
	const struct dmp_op_counts total = {
		.requests = read->requests + write->requests,
		.bytes = read->bytes + write->bytes,
	};
	int at = 0;

	at += volumes_block(page, at, "read", read);
	at += volumes_block(page, at, "write", write);
	at += volumes_block(page, at, "total", &total);
	return at;
}

/**
 * dmp_report_stat() - the text of stat/dm-N/stat
 * @counts: of one volume
 * @page: where it goes, PAGE_SIZE bytes
 *
 * Requests and bytes of each operation, then errors, FUA, in flight. New
 * fields go to the end.
 *
 * Context: any.
 * Return: its length.
 */
ssize_t dmp_report_stat(const struct dmp_counts *counts, char *page)
{
	int op, at = 0;

	for (op = 0; op < DMP_NR_OPS; op++)
		at += sysfs_emit_at(page, at, "%llu %llu ",
				    counts->op[op].requests,
				    counts->op[op].bytes);
	at += sysfs_emit_at(page, at, "%llu %llu %llu\n", counts->errors,
			    counts->fua,
			    counts->submitted - dmp_counts_completed(counts));
	return at;
}

/**
 * dmp_report_status() - what "dmsetup status" shows after the target's name
 * @counts: of one volume
 * @result: where it goes
 * @maxlen: the room there; device-mapper offers more if it was filled
 *
 * Requests and bytes read, requests and bytes written, errors, in flight. New
 * fields go to the end.
 *
 * Context: any.
 */
void dmp_report_status(const struct dmp_counts *counts, char *result,
		       unsigned int maxlen)
{
	const struct dmp_op_counts *read = &counts->op[DMP_READ];
	const struct dmp_op_counts *write = &counts->op[DMP_WRITE];
	unsigned int sz = 0;

	DMEMIT("%llu %llu %llu %llu %llu %llu", read->requests, read->bytes,
	       write->requests, write->bytes, counts->errors,
	       counts->submitted - dmp_counts_completed(counts));
}
