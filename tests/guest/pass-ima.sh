# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: the integrity log says of a dmp table what it says of a linear one: no counter is in it

# shellcheck source=tests/guest/pass.bash
. "${BASH_SOURCE[0]%/*}/pass.bash"

ima=/sys/kernel/security/ima

requires() {
	need_kconfig CONFIG_IMA
	[ -e $ima/policy ] || skip 'the IMA policy cannot be loaded'
}

# The data of the last measurement of that name, which are in hexadecimal.
measured() { # EVENT
	local hex
	hex=$(awk -v name="$1" '$5 == name { data = $6 } END { print data }' \
		$ima/ascii_runtime_measurements)
	[ -n "$hex" ] || fail "nothing measured: $1"
	# shellcheck disable=SC2001 # of every two digits
	printf '%b' "$(sed 's/../\\x&/g' <<<"$hex")"
}

version_of() { # TARGET
	dmsetup targets | awk -v t="$1" '$1 == t { print substr($2, 2) }'
}

# The measured table of a device that has done some I/O, and been suspended.
table_of() { # TARGET
	local text
	dm_create tested "0 1000 $1 $disk 77"
	dd if=/dev/mapper/tested of=/dev/null bs=4096 count=7 iflag=direct
	dm_reload tested "0 1000 $1 $disk 77"
	dm remove --retry tested
	text=$(measured dm_table_load)
	assert_match "$text" \
		"target_name=$1,target_version=$(version_of "$1"),device_name=[0-9]+:[0-9]+,start=77;$" \
		'measured table'
	text=${text//target_name=$1,/target_name=NAME,}
	echo "${text//target_version=$(version_of "$1")/target_version=VERSION}"
}

run() {
	local linear
	load_dmp
	disk=$(null_disk size_mb=16)
	echo 'measure func=CRITICAL_DATA label=device-mapper' >$ima/policy
	linear=$(table_of linear)
	assert_eq "$(table_of dmp)" "$linear" 'measured table'
}
