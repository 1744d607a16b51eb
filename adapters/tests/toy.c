/* The smallest library that uses all of wireproof.h, for the tests of its loader. It reads lines:
 *
 *     head               a `request` with fields
 *     !                  `rejected`
 *     ~ and a letter     an event that breaks the interface in the way of that letter
 *     any other          a `data` event with the line
 *
 * Actions are written down in the output, except `close`, which is refused, and `end`, which it cannot say. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wireproof.h"

#ifndef TOY_ABI
#define TOY_ABI WIREPROOF_ABI
#endif
#ifndef TOY_CAN
#define TOY_CAN "framing"
#endif

typedef struct toy {
    char line[256], out[1024];
    size_t line_len, out_len;
    int over;
    const char *why;
} toy;

static wp_bytes word(const char *text) { return (wp_bytes){(const uint8_t *)text, strlen(text)}; }

uint32_t wireproof_abi(void) { return TOY_ABI; }

const char *wireproof_profile(void) {
    return "{\"name\": \"toy\", \"version\": \"1\", \"language\": \"c\", \"endpoints\": [\"http1.server\"],"
           " \"can\": [\"" TOY_CAN "\"]}";
}

void *wireproof_open(const char *endpoint, const char *config) {
    if (strcmp(endpoint, "http1.server") != 0 || strcmp(config, "{}") != 0) return NULL;
    return calloc(1, sizeof(toy));
}

static void show_head(wp_sink sink, void *context) {
    wp_field fields[] = {{word("host"), word("a")}, {word("empty"), {NULL, 0}}};
    wp_member members[] = {
        {.name = "method", .kind = WP_BYTES, .bytes = word("GET")},
        {.name = "secure", .kind = WP_FLAG, .number = 1},
        {.name = "fields", .kind = WP_FIELDS, .fields = fields, .field_count = 2},
        {.name = "none", .kind = WP_FIELDS},
    };
    sink(context, "request", members, 4);
}

static void break_abi(char how, wp_sink sink, void *context) {
    wp_member member = {.name = "bytes", .kind = WP_BYTES};
    if (how == 'k') member.kind = 99;
    if (how == 'm') member.name = NULL;
    if (how == 'p') member.bytes.len = 5;
    if (how == 'f') member.kind = WP_FIELDS, member.field_count = 5;
    sink(context, how == 'e' ? "\xff" : "data", &member, how == 't' ? WP_MEMBERS + 1 : 1);
    sink(context, "closed", NULL, 0);
}

static void take_line(toy *t, wp_sink sink, void *context) {
    wp_member text = {.name = "text", .kind = WP_BYTES, .bytes = word("no")};
    wp_member data = {.name = "bytes", .kind = WP_BYTES, .bytes = {(const uint8_t *)t->line, t->line_len}};
    t->line[t->line_len] = 0;
    if (strcmp(t->line, "head") == 0) {
        show_head(sink, context);
    } else if (strcmp(t->line, "!") == 0) {
        t->over = 1;
        sink(context, "rejected", &text, 1);
    } else if (t->line[0] == '~') {
        break_abi(t->line[1], sink, context);
    } else {
        sink(context, "data", &data, 1);
    }
    t->line_len = 0;
}

void wireproof_receive(void *endpoint, int input, const uint8_t *bytes, size_t len, uint64_t ms, wp_sink sink,
                       void *context) {
    toy *t = endpoint;
    if (t->over) return;
    if (input == WP_INPUT_EOF) sink(context, "closed", NULL, 0);
    if (input == WP_INPUT_TICK) t->out_len += (size_t)snprintf(t->out + t->out_len, 32, "tick %u\n", (unsigned)ms);
    if (input != WP_INPUT_BYTES) return;
    for (size_t i = 0; i < len && !t->over; i++) {
        if (bytes[i] == '\n') {
            take_line(t, sink, context);
        } else if (t->line_len + 1 < sizeof t->line) {
            t->line[t->line_len++] = (char)bytes[i];
        }
    }
}

static void write_out(toy *t, const char *text, size_t len) {
    if (len > sizeof t->out - t->out_len) return;
    memcpy(t->out + t->out_len, text, len);
    t->out_len += len;
}

static void write_bytes(toy *t, wp_bytes bytes) { write_out(t, (const char *)bytes.data, bytes.len); }

static void write_member(toy *t, const wp_member *member) {
    char number[32];
    write_out(t, " ", 1);
    write_bytes(t, word(member->name));
    write_out(t, "=", 1);
    if (member->kind == WP_BYTES) write_bytes(t, member->bytes);
    if (member->kind == WP_NUMBER || member->kind == WP_FLAG) {
        int len = snprintf(number, sizeof number, "%llu", (unsigned long long)member->number);
        write_out(t, number, (size_t)len);
    }
    for (size_t i = 0; i < member->field_count; i++) {
        write_bytes(t, member->fields[i].name);
        write_out(t, ":", 1);
        write_bytes(t, member->fields[i].value);
        write_out(t, ";", 1);
    }
}

int wireproof_send(void *endpoint, const char *action, const wp_member *members, size_t count) {
    toy *t = endpoint;
    t->why = strcmp(action, "close") == 0 ? "it stays open" : "it has no end";
    if (strcmp(action, "close") == 0) return WP_REFUSED;
    if (strcmp(action, "end") == 0) return WP_CANNOT;
    write_bytes(t, word(action));
    for (size_t i = 0; i < count; i++) write_member(t, &members[i]);
    write_out(t, "\n", 1);
    return WP_DONE;
}

const char *wireproof_why(void *endpoint) { return ((toy *)endpoint)->why; }

/* Three octets at a time, so that a caller has to come back. */
size_t wireproof_transmit(void *endpoint, uint8_t *out, size_t capacity) {
    toy *t = endpoint;
    size_t some = t->out_len < 3 ? t->out_len : 3;
    if (some > capacity) some = capacity;
    memcpy(out, t->out, some);
    memmove(t->out, t->out + some, t->out_len - some);
    t->out_len -= some;
    return some;
}

#ifndef TOY_LACKS_CLOSE
void wireproof_close(void *endpoint) { free(endpoint); }
#endif
