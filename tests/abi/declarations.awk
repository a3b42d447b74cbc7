# SPDX-License-Identifier: GPL-3.0-or-later
# What the public header declares: a line for each member of a structure and each constant of an
# enumeration, in their order: "struct kvmtop_row: uint32_t ref", "enum kvmtop_dir: KVMTOP_DIR_SYS".
{ text = text $0 "\n" }

END {
    while (at = index(text, "/*")) {
        end = index(substr(text, at), "*/")
        text = substr(text, 1, at - 1) substr(text, at + end + 1)
    }
    gsub(/[ \t\n]+/, " ", text)
    while (match(text, /(struct|union|enum) kvmtop_[a-z_]+ \{[^}]*\}/)) {
        print_body(substr(text, RSTART, RLENGTH))
        text = substr(text, RSTART + RLENGTH)
    }
}

function print_body(body,    head, n, part, i)
{
    head = substr(body, 1, index(body, "{") - 2)
    sub(/^[^{]*\{/, "", body)
    sub(/ *\}$/, "", body)
    n = split(body, part, head ~ /^enum/ ? "," : ";")
    for (i = 1; i <= n; i++) {
        sub(/^ +/, "", part[i])
        if (part[i] != "")
            print head ": " part[i]
    }
}
