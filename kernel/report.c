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

static int volumes_block(char *page, int at, const char *label, u64 requests,
			 u64 bytes)
{
	const char *indent = volumes_indent();

	return sysfs_emit_at(page, at, "%s:\n%sreqs: %llu\n%savg size: %llu\n",
			     label, indent, requests, indent,
			     dmp_average_up(bytes, requests));
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
	const u64 *requests = counts->requests;
	const u64 *bytes = counts->bytes;
	int at = 0;

	at += volumes_block(page, at, "read", requests[DMP_READ],
			    bytes[DMP_READ]);
	at += volumes_block(page, at, "write", requests[DMP_WRITE],
			    bytes[DMP_WRITE]);
	at += volumes_block(page, at, "total",
			    requests[DMP_READ] + requests[DMP_WRITE],
			    bytes[DMP_READ] + bytes[DMP_WRITE]);
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
				    counts->requests[op], counts->bytes[op]);
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
	unsigned int sz = 0;

	DMEMIT("%llu %llu %llu %llu %llu %llu",
	       counts->requests[DMP_READ], counts->bytes[DMP_READ],
	       counts->requests[DMP_WRITE], counts->bytes[DMP_WRITE],
	       counts->errors,
	       counts->submitted - dmp_counts_completed(counts));
}
