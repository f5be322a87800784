# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads what `objdump -dr --no-show-raw-insn` prints of a module. Starting at the
# functions named in `entries`, follows calls and jumps inside the module and
# prints each instruction that the hot path must not have. Exit status 1 if there
# was one, or if an entry is not there.

/^[0-9a-f]+ <.*>:$/ {
	current = $2
	gsub(/[<>:]/, "", current)
	known[current] = 1
	next
}

# A relocation names the target of the instruction before it.
/^\t+[0-9a-f]+: R_/ {
	target = $3
	sub(/[-+]0x[0-9a-f]+$/, "", target)
	relocation[current, size[current]] = target
	next
}

/^ *[0-9a-f]+:\t/ {
	text = $0
	sub(/^ *[0-9a-f]+:[ \t]*/, "", text)
	gsub(/[ \t]+/, " ", text)
	sub(/ +$/, "", text)
	line[current, ++size[current]] = text
}

function report(name, text, why) {
	print prefix name ": " text ": " why
	bad = 1
}

function visit(name) {
	if (!(name in seen)) {
		seen[name] = 1
		queue[++queued] = name
	}
}

# Where a call or a jump leads: a symbol, or nothing if it cannot be known.
function target_of(name, i, text,    words, n) {
	if ((name, i) in relocation)
		return relocation[name, i]
	n = split(text, words, /[<>]/)
	if (n < 2)
		return ""
	sub(/\+0x[0-9a-f]+$/, "", words[2])
	return words[2]
}

function branch(name, i, text,    target) {
	target = target_of(name, i, text)
	if (target == name)
		return
	if (target in known)
		visit(target)
	else if (target == "" || target ~ /^\./)
		report(name, text, "leads nobody knows where")
	else if (!(target in may))
		report(name, text, "calls " target)
}

function check(name, i,    text, op) {
	text = line[name, i]
	op = text
	sub(/^((bnd|notrack|cs|ds|rep|repz|repnz|data16) )+/, "", op)
	sub(/ .*/, "", op)
	if (text ~ /(^| )lock( |$)/ || (op ~ /^xchg/ && text ~ /\(|%gs:/))
		report(name, text, "locks the bus")
	else if (op ~ /^i?div[bwlq]?$/)
		report(name, text, "divides")
	else if (op ~ /^(call|j[a-z]+)$/)
		branch(name, i, text)
}

END {
	n = split(allowed, words, " ")
	for (i = 1; i <= n; i++)
		may[words[i]] = 1
	n = split(entries, words, " ")
	for (i = 1; i <= n; i++) {
		if (!(words[i] in known))
			report(words[i], "", "no such function in the module")
		else
			visit(words[i])
	}
	for (at = 1; at <= queued; at++)
		for (i = 1; i <= size[queue[at]]; i++)
			check(queue[at], i)
	exit bad
}
