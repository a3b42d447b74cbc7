/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Resolver by the site's own rules: patterns in the configuration, whose named groups are a
 * guest's id, name and platform.
 *
 * Any local user chooses an argv, so a match has to end soon whatever the pattern: the text is
 * cut off, and automatic callouts count the work of a whole match.  PCRE2's own match limit
 * can't bound that, as it begins anew at every place where the match might start.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include <kvmtop/plugin.h>

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SUBJECT_MAX = 64 * 1024,    /* bytes of a command line that are looked at */
    WORK_MAX = 500 * 1000,      /* steps and bytes gone over: some 5 ms */
    MATCH_MAX = 1000 * 1000,    /* PCRE2's own limits, for one start of a match */
    DEPTH_MAX = 100 * 1000,
    HEAP_MAX = 16 * 1024,       /* KiB */
    WHY_MAX = 256,
};

enum subject { ARGV, EXE, CGROUP, SUBJECTS };

static const char *const subject_names[SUBJECTS] = { "argv", "exe", "cgroup" };

static const struct group {
    const char *name;
    enum kvmtop_field field;
} groups[] = {
    { "id", KVMTOP_GUEST_ID },
    { "name", KVMTOP_GUEST_NAME },
    { "platform", KVMTOP_PLATFORM },
};

struct rule {
    enum subject subject;
    pcre2_code *code;           /* owned */
    pcre2_match_data *match;    /* owned; room for all of its groups */
    const char *text;           /* as configured; the host's */
    bool reported;              /* that it hit a limit */
};

struct regex {
    const struct kvmtop_host *host;
    struct rule *rules;
    size_t nrules;
    pcre2_match_context *context;
    char *argv;                 /* SUBJECT_MAX bytes for the joined command line */
};

/* How far a match has come. */
struct work {
    size_t done, position;
};

/* ---- rules ---- */

static const struct group *find_group(const char *name)
{
    for (size_t i = 0; i < KVMTOP_COUNT(groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    return NULL;
}

/* PCRE2's table of named groups: entries of `size` bytes, a big-endian number before the name. */
struct name_table {
    const unsigned char *entry;
    uint32_t count, size;
};

static struct name_table name_table(const pcre2_code *code)
{
    struct name_table table = { NULL, 0, 0 };

    pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &table.count);
    pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &table.size);
    pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table.entry);
    return table;
}

static bool check_groups(const pcre2_code *code, char *why)
{
    struct name_table table = name_table(code);

    for (uint32_t i = 0; i < table.count; i++) {
        const char *name = (const char *)table.entry + i * table.size + 2;
        if (find_group(name) != NULL)
            continue;
        snprintf(why, WHY_MAX, "group '%s' is none of id, name, platform", name);
        return false;
    }
    if (table.count > 0)
        return true;
    snprintf(why, WHY_MAX, "none of the groups (?<id>...), (?<name>...), (?<platform>...)");
    return false;
}

static pcre2_code *compile_pattern(const char *pattern, char *why)
{
    PCRE2_UCHAR message[WHY_MAX / 2];
    PCRE2_SIZE offset;
    int error;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_AUTO_CALLOUT | PCRE2_NEVER_UTF, &error, &offset, NULL);

    if (code == NULL) {
        pcre2_get_error_message(error, message, sizeof message);
        snprintf(why, WHY_MAX, "offset %zu: %s", offset, (const char *)message);
    } else if (!check_groups(code, why)) {
        pcre2_code_free(code);
        code = NULL;
    }
    return code;
}

/* `SUBJECT PATTERN`; false with the reason in why. */
static bool compile_rule(const char *text, struct rule *rule, char *why)
{
    size_t len = strcspn(text, " \t"), blanks = strspn(text + len, " \t");

    rule->text = text;
    for (rule->subject = ARGV; rule->subject < SUBJECTS; rule->subject++)
        if (strlen(subject_names[rule->subject]) == len &&
            memcmp(subject_names[rule->subject], text, len) == 0)
            break;
    if (rule->subject == SUBJECTS || text[len + blanks] == '\0') {
        snprintf(why, WHY_MAX, "a rule is argv, exe or cgroup, then a pattern");
        return false;
    }
    rule->code = compile_pattern(text + len + blanks, why);
    return rule->code != NULL;
}

static int check_rule(const struct kvmtop_host *host, const char *value)
{
    struct rule rule = { 0 };
    char why[WHY_MAX];

    if (!compile_rule(value, &rule, why))
        return host->fail(host, -EINVAL, "%s", why);
    pcre2_code_free(rule.code);
    return 0;
}

/* ---- matching ---- */

/* Called before each item of the pattern: counts it, and the bytes that the last one went over. */
static int count_work(pcre2_callout_block *block, void *data)
{
    struct work *work = data;
    size_t at = block->current_position, was = work->position;

    work->done += 1 + (at > was ? at - was : was - at);
    work->position = at;
    return work->done > WORK_MAX ? PCRE2_ERROR_CALLOUT : 0;
}

static void report(const struct regex *regex, struct rule *rule, int error)
{
    PCRE2_UCHAR message[WHY_MAX / 2] = "takes too long";

    if (rule->reported)
        return;
    rule->reported = true;
    if (error != PCRE2_ERROR_CALLOUT)
        pcre2_get_error_message(error, message, sizeof message);
    regex->host->fail(regex->host, -ELOOP, "rule '%s' is skipped where it %s%s", rule->text,
                      error == PCRE2_ERROR_CALLOUT ? "" : "fails: ", (const char *)message);
}

/* In the order of the pattern; of a group that stands there twice, whichever took part. */
static void set_fields(const struct kvmtop_host *host, const struct rule *rule,
                       const char *subject, struct kvmtop_guest *guest)
{
    const PCRE2_SIZE *vector = pcre2_get_ovector_pointer(rule->match);
    struct name_table table = name_table(rule->code);

    for (uint32_t i = 0; i < table.count; i++) {
        const unsigned char *entry = table.entry + i * table.size;
        const struct group *group = find_group((const char *)entry + 2);
        size_t number = (size_t)entry[0] << 8 | entry[1];
        PCRE2_SIZE from = vector[2 * number], to = vector[2 * number + 1];
        if (from < to)          /* never so where the group took no part: PCRE2_UNSET */
            host->guest_set(guest, group->field, subject + from, to - from);
    }
}

static void apply_rule(struct regex *regex, struct rule *rule, const char *subject, size_t len,
                       struct kvmtop_guest *guest)
{
    struct work work = { 0, 0 };
    int rc;

    pcre2_set_callout(regex->context, count_work, &work);
    rc = pcre2_match(rule->code, (PCRE2_SPTR)subject, len, 0, 0, rule->match, regex->context);
    if (rc > 0)
        set_fields(regex->host, rule, subject, guest);
    else if (rc != PCRE2_ERROR_NOMATCH)
        report(regex, rule, rc);
}

/* The command line with single spaces between its arguments; returns its length. */
static size_t join_argv(struct regex *regex, const struct kvmtop_process *process)
{
    size_t argc = 0, len = 0;
    const char *const *argv = regex->host->argv(regex->host, process, &argc);

    for (size_t i = 0; argv != NULL && i < argc && len < SUBJECT_MAX; i++) {
        size_t room = SUBJECT_MAX - len, arg;
        if (i > 0) {
            regex->argv[len++] = ' ';
            room--;
        }
        arg = strnlen(argv[i], room);
        memcpy(regex->argv + len, argv[i], arg);
        len += arg;
    }
    return len;
}

static int resolve_regex(void *state, const struct kvmtop_process *process,
                         struct kvmtop_guest *guest)
{
    struct regex *regex = state;
    const struct kvmtop_host *host = regex->host;
    const char *subject[SUBJECTS] = {
        [ARGV] = regex->argv,
        [EXE] = host->fact(host, process, KVMTOP_FACT_EXE),
        [CGROUP] = host->fact(host, process, KVMTOP_FACT_CGROUP),
    };
    size_t len[SUBJECTS];

    if (regex->nrules == 0)
        return 0;
    len[ARGV] = join_argv(regex, process);
    for (size_t i = EXE; i < SUBJECTS; i++)
        len[i] = subject[i] != NULL ? strnlen(subject[i], SUBJECT_MAX) : 0;
    for (size_t i = 0; i < regex->nrules; i++) {
        struct rule *rule = &regex->rules[i];
        if (len[rule->subject] > 0)
            apply_rule(regex, rule, subject[rule->subject], len[rule->subject], guest);
    }
    return 0;
}

/* ---- life ---- */

static void free_rule(struct rule *rule)
{
    pcre2_match_data_free(rule->match);
    pcre2_code_free(rule->code);
}

static void close_regex(void *state)
{
    struct regex *regex = state;

    for (size_t i = 0; i < regex->nrules; i++)
        free_rule(&regex->rules[i]);
    free(regex->rules);
    pcre2_match_context_free(regex->context);
    free(regex->argv);
    free(regex);
}

static int add_rule(struct regex *regex, const char *text)
{
    struct rule rule = { 0 }, *rules;
    char why[WHY_MAX];

    if (!compile_rule(text, &rule, why))
        return regex->host->fail(regex->host, -EINVAL, "rule: %s", why);
    rule.match = pcre2_match_data_create_from_pattern(rule.code, NULL);
    rules = realloc(regex->rules, (regex->nrules + 1) * sizeof *rules);
    if (rules != NULL)
        regex->rules = rules;
    if (rules == NULL || rule.match == NULL) {
        free_rule(&rule);
        return -ENOMEM;
    }
    regex->rules[regex->nrules++] = rule;
    return 0;
}

static int read_rules(struct regex *regex)
{
    const char *text;
    int err = 0;

    for (size_t i = 0; err == 0; i++) {
        text = regex->host->option(regex->host, "rule", i);
        if (text == NULL)
            break;
        err = add_rule(regex, text);
    }
    return err;
}

static int open_regex(const struct kvmtop_host *host, void **state)
{
    struct regex *regex = calloc(1, sizeof *regex);
    int err = -ENOMEM;

    if (regex == NULL)
        return err;
    regex->host = host;
    regex->argv = malloc(SUBJECT_MAX);
    regex->context = pcre2_match_context_create(NULL);
    if (regex->argv == NULL || regex->context == NULL)
        goto out;
    pcre2_set_match_limit(regex->context, MATCH_MAX);
    pcre2_set_depth_limit(regex->context, DEPTH_MAX);
    pcre2_set_heap_limit(regex->context, HEAP_MAX);
    err = read_rules(regex);
out:
    if (err != 0)
        close_regex(regex);
    else
        *state = regex;
    return err;
}

static const struct kvmtop_option regex_options[] = {
    {
        .name = "rule",
        .help = "argv, exe or cgroup, then a Perl-compatible pattern with groups named id, name or "
                "platform, for processes of [core] vmm; argv is joined by single blanks; of "
                "several rules the first that has a field sets it, and fields without a rule are "
                "left to the other resolvers",
        .type = KVMTOP_OPTION_STRING,
        .repeatable = true,
        .check = check_rule,
    },
};

static const struct kvmtop_resolver regex_resolvers[] = {
    { .name = "regex", .rank = 100, .resolve = resolve_regex },
};

KVMTOP_PLUGIN(regex) = {
    KVMTOP_PLUGIN_HEAD,
    .name = "regex",
    .version = PACKAGE_VERSION,
    .license = "GPL-3.0-or-later",
    .summary = "names guests by the site's own patterns",
    .options = regex_options,
    .noptions = KVMTOP_COUNT(regex_options),
    .resolvers = regex_resolvers,
    .nresolvers = KVMTOP_COUNT(regex_resolvers),
    .open = open_regex,
    .close = close_regex,
};
