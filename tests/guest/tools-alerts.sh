# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shows: Prometheus, which scrapes dmpstat export, raises each alert when its fault is injected, and none for a quiet volume
#
# The rules are those of packaging/, with their spans of minutes made seconds: promtool's
# tests hold those.

requires() {
	need_plain_kernel
	need_command fio prometheus
	prometheus --version >/dev/null 2>&1 || skip 'prometheus does not run here'
	need_module null_blk dm_delay
}

span=20

# A week is half a minute, five minutes are 20 s, and a burst is what an emulator manages.
rules() {
	local file
	for file in dmp.rules.yml dmp.alerts.yml; do
		sed -e "s/\[5m\]/[${span}s]/g; s/offset 1w/offset 30s/g; s/for: .*/for: 2s/; s/le=\"1023\"/le=\"127\"/" \
			"/run/dmp/guest/$file" >"$CASE_DIR/$file"
	done
	cat >"$CASE_DIR/prometheus.yml" <<-'END'
		global: {scrape_interval: 2s, evaluation_interval: 2s}
		rule_files: [dmp.rules.yml, dmp.alerts.yml]
		scrape_configs:
		  - job_name: dmp
		    static_configs: [{targets: ['127.0.0.1:9101']}]
	END
}

# Prometheus' answer to a query without blanks.
ask() { # QUERY
	local fd
	exec {fd}<>/dev/tcp/127.0.0.1/9090 || return
	printf 'GET /api/v1/query?query=%s HTTP/1.0\r\n\r\n' "$1" >&"$fd"
	cat <&"$fd"
	exec {fd}>&-
}

has_value() { # QUERY
	ask "$1" 2>/dev/null | grep '"value":' >/dev/null
}

# Names and devices of the alerts that fire.
firing() {
	ask 'ALERTS{alertstate="firing"}' | grep -o '{"__name__":"ALERTS"[^}]*}' |
		sed 's/.*"alertname":"\([^"]*\)".*"device":"\([^"]*\)".*/\1 \2/' | sort -u
}

fires() { # ALERT
	firing 2>/dev/null | grep -x "$1 $noisy" >/dev/null
}

ends() { # ALERT
	! fires "$1"
}

below_becomes() { # TABLE
	dmsetup suspend --noflush below
	dmsetup load below --table "$1"
	dmsetup resume below
}

make_volumes() {
	local disk
	disk=$(null_disk)
	dm_create quiet "0 $(sectors "$disk") dmp $disk"
	disk=$(null_disk)
	size=$(sectors "$disk")
	fast="0 $size linear $disk 0" slow="0 $size delay $disk 0 3000" broken="0 $size error"
	dm_create below "$fast"
	dm_create noisy "0 $size dmp /dev/mapper/below"
	noisy=$(dm_num noisy)
}

stop() { # PID
	kill "$1" 2>/dev/null || return 0
	while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
}

# In the background until the case ends.
start() { # COMMAND…
	"$@" >>"$CASE_DIR/log" 2>&1 &
	defer stop $!
}

start_all() {
	rules
	start dmpstat --listen 9101 export
	start prometheus --config.file="$CASE_DIR/prometheus.yml" --storage.tsdb.path="$CASE_DIR/tsdb" \
		--web.listen-address=127.0.0.1:9090
	start fio --output=/dev/null --name=reads --filename=/dev/mapper/noisy --direct=1 --ioengine=libaio \
		--rw=randread --bs=4k --iodepth=256 --rate_iops=20 --time_based --runtime=1000 \
		--continue_on_error=all
	wait_for 100 has_value 'device:dmp_read_latency_seconds:p99_5m'
}

reads_slower() {
	# as long as the rule looks back, and some scrapes
	wait_for 120 has_value "device:dmp_read_latency_seconds:p99_5m%20offset%2030s"
	assert_eq "$(firing)" '' 'before any fault'
	below_becomes "$slow"
	wait_for 100 fires DmpReadsSlowerThanLastWeek
	below_becomes "$fast"
}

errors() {
	below_becomes "$broken"
	wait_for 60 fires DmpVolumeErrors
	below_becomes "$fast"
	wait_for 100 ends DmpVolumeErrors
}

bursts() {
	fio --output=/dev/null --name=bursts --filename=/dev/mapper/noisy --direct=1 --ioengine=libaio --rw=read \
		--bs=512 --iodepth=128 --iodepth_batch=128 --time_based --runtime=40 &
	wait_for 60 fires DmpMicroBursts
	kill $!
	wait $! || true
}

stall() {
	dmsetup suspend --noflush below
	wait_for 60 fires DmpVolumeStalled
	dmsetup resume below
	wait_for 60 ends DmpVolumeStalled
}

suspended() {
	dmsetup suspend --noflush noisy
	wait_for 60 fires DmpVolumeSuspended
	dmsetup resume noisy
	wait_for 60 ends DmpVolumeSuspended
}

run() {
	local noisy size fast slow broken
	load_dmp
	make_volumes
	start_all
	reads_slower
	errors
	bursts
	stall
	suspended
	assert_eq "$(ask 'count(ALERTS{device="'"$(dm_num quiet)"'"})' | grep -c '"value":')" 0 'alerts for the quiet volume'
}
