/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where on the volume a fio job's I/O goes: the heat map as zones of random I/O, or as
 * sequential streams.
 */
#ifndef DMP_FIO_PLACE_H
#define DMP_FIO_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "../common/interval.h"

#define FIO_STREAMS_MAX	16

/* Fewer samples say nothing about shares. */
#define FIO_FEW_SAMPLES	30

#define FIO_SECTOR_BYTES	512

/**
 * struct fio_stream - a part of the volume that one process goes through in sequence
 * @offset: in bytes
 * @bytes: length
 * @share: of all requests
 */
struct fio_stream {
	uint64_t offset, bytes;
	double share;
};

unsigned int fio_split_streams(const struct dmp_interval *interval, uint64_t sectors,
			       unsigned int n, struct fio_stream *streams);
bool fio_print_zones(const struct dmp_interval *interval, uint64_t sectors);

#endif /* DMP_FIO_PLACE_H */
