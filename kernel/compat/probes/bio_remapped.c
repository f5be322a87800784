// SPDX-License-Identifier: GPL-2.0-or-later
/* 30c5d3456c2f ("block: do not reassig ->bi_bdev when partition remapping"), v5.12 */
#include <linux/bio.h>

bool probe(struct bio *bio)
{
	return bio_flagged(bio, BIO_REMAPPED);
}
