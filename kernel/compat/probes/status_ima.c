// SPDX-License-Identifier: GPL-2.0-or-later
/* 8ec456629d0b ("dm: update target status functions to support IMA measurement"), v5.15 */
#include <linux/device-mapper.h>

status_type_t probe = STATUSTYPE_IMA;
