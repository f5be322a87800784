# SPDX-License-Identifier: GPL-2.0-or-later
#
# Reads what `objdump -dr --no-show-raw-insn` prints of a module. Starting at the
# functions named in `entries`, follows calls and jumps inside the module and
# prints each instruction that the fast path must not have. Functions whose names match
# `slow`, and what only they reach, may divide and have locked instructions, but call
# nothing that is not allowed either. In the entries themselves,
# it also follows what the registers hold, and prints each store that goes neither
# to memory of this CPU (%gs, or a pointer made with this_cpu_off), nor to the bio,
# nor to the stack: what another CPU may write as well. Exit status 1 if there was
# one, or if an entry is not there.

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
	address = $1
	sub(/:$/, "", address)
	place[current, address] = size[current]
}

function report(name, text, why) {
	print prefix name ": " text ": " why
	bad = 1
}

function visit(name) {
	if (name in seen)
		return
	if (!on_slow_path && name ~ slow) {
		later[++laters] = name
		return
	}
	seen[name] = 1
	queue[++queued] = name
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
	if (on_slow_path && op !~ /^(call|j[a-z]+)$/)
		return
	if (text ~ /(^| )lock( |$)/ || (op ~ /^xchg/ && text ~ /\(|%gs:/))
		report(name, text, "locks the bus")
	else if (op ~ /^i?div[bwlq]?$/)
		report(name, text, "divides")
	else if (op ~ /^(call|j[a-z]+)$/)
		branch(name, i, text)
}

# --- stores: what registers hold ---------------------------------------------

# The 64-bit register that %eax, %r8d or %cl is a part of; nothing for no register.
function whole(operand) {
	if (operand !~ /^%[a-z0-9]+$/)
		return ""
	sub(/^%/, "", operand)
	if (operand ~ /^r[0-9]+[dwb]?$/) {
		sub(/[dwb]$/, "", operand)
		return operand
	}
	sub(/^[er]/, "", operand)
	if (operand ~ /^[abcd][lh]$/)
		operand = substr(operand, 1, 1) "x"
	sub(/l$/, "", operand)
	return "r" operand
}

# Split an instruction: op, from (all operands but the last), to (the last one).
function parse(text,    depth, i, c, cut) {
	sub(/ *[<#].*$/, "", text)
	op = text
	sub(/ .*/, "", op)
	sub(/^[^ ]+ ?/, "", text)
	cut = 0
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		depth += (c == "(") - (c == ")")
		if (c == "," && !depth)
			cut = i
	}
	from = substr(text, 1, cut ? cut - 1 : 0)
	to = substr(text, cut + 1)
}

function base(operand) {
	if (operand !~ /\(%/)
		return ""
	sub(/^[^(]*\(/, "", operand)
	sub(/[,)].*/, "", operand)
	return whole(operand)
}

# A state is a list like "rsi=bio rdx=own "; the absent hold anything.
function get(state, register) {
	if (match(state, "(^| )" register "=[a-z]+"))
		return substr(state, RSTART + RLENGTH - 3, 3)
	return ""
}

function set(state, register, what) {
	gsub("(^| )" register "=[a-z]+", "", state)
	return state (what == "" ? "" : " " register "=" what)
}

# What both of two states say.
function both(a, b,    words, n, i, common) {
	n = split(a, words, " ")
	for (i = 1; i <= n; i++)
		if (index(b " ", " " words[i] " "))
			common = common " " words[i]
	return common
}

function check_store(name, text, state) {
	if (op ~ /^(cmp|test|bt[lq]?$|lea|nop|call|j|push|pop|prefetch|endbr|ret|data16|xchg$)/)
		return
	if (to !~ /\(|^%gs:/ || to ~ /^%gs:/ || base(to) == "rsp")
		return
	if (get(state, base(to)) !~ /^(own|bio)$/)
		report(name, text, "writes what other CPUs may write")
}

# What the registers hold after an instruction.
function after(state,    register) {
	if (op == "rdtsc")
		return set(set(state, "rax", ""), "rdx", "")
	register = whole(to)
	if (op ~ /^(cmp|test|bt[lq]?$|nop|push|j)/ || register == "")
		return op ~ /^call/ ? "" : state
	if ((op == "add" || op == "mov") && from ~ /^%gs:/)
		return set(state, register, "own")
	if (op == "add" && (get(state, register) == "own" || get(state, whole(from)) == "own"))
		return set(state, register, "own")
	if (op == "mov" && whole(from) != "")
		return set(state, register, get(state, whole(from)))
	if (op == "lea")
		return set(state, register, get(state, base(from)))
	return set(state, register, "")
}

function arrive(i, state) {
	if (i in held) {
		state = both(held[i], state)
		if (state == held[i])
			return
	}
	held[i] = state
	todo[++todos] = i
}

function follow_stores(name,    i, text, state, there, words) {
	split("", held)
	todos = 0
	arrive(1, " rsi=bio")
	while (todos) {
		i = todo[todos--]
		text = line[name, i]
		state = held[i]
		parse(text)
		if (op ~ /^j/) {
			split(text, words, " ")
			there = place[name, words[2]]
			if (there && !((name, i) in relocation))
				arrive(there, state)
			if (op == "jmp")
				continue
		}
		if ((name, i) in relocation && relocation[name, i] == "__fentry__")
			op = "nop"
		if (op != "ret" && i < size[name])
			arrive(i + 1, after(state))
	}
	for (i in held) {
		parse(line[name, i])
		check_store(name, line[name, i], held[i])
	}
}

# All instructions of the functions that were visited and not checked yet.
function check_queue(    i) {
	while (checked < queued) {
		checked++
		for (i = 1; i <= size[queue[checked]]; i++)
			check(queue[checked], i)
	}
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
	for (i = 1; i <= n; i++)
		follow_stores(words[i])
	check_queue()
	on_slow_path = 1
	for (i = 1; i <= laters; i++)
		visit(later[i])
	check_queue()
	exit bad
}
