/* picohttpparser over the C ABI of wireproof.h.
 *
 * One call parses one head from its first octet, and says -2 while it is not complete. So the octets of the head are
 * kept, and each call gets a fresh copy of exactly so many, with `last_len` as its interface asks for it: how many the
 * call before was given, 0 in the first one. From the second call on the parser looks for the end of the head before it
 * looks at anything else, and so refuses later than in the first.
 *
 * A line that begins with white space comes from it as a field without a name, and is shown so: to join it to the one
 * before is left to the caller. After one head there is nothing more to ask: where the next begins depends on content,
 * which the caller has to find. */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "picohttpparser.h"
#include "wireproof.h"

/* It has no releases: the version is that of the package that its sources come from. */
#define VERSION "h1c-0.6.9"

/* Field lines given room for. picohttpparser has no limit of its own: the caller brings the array. */
#define FIELDS 256

static const char profile[] =
    "{\"name\": \"picohttpparser\", \"version\": \"" VERSION "\", \"language\": \"c\","
    " \"endpoints\": [\"http1.server\", \"http1.client\"],"
    " \"can\": [\"head\", \"target\", \"version\", \"reason\", \"field-order\"],"
    " \"licence\": \"MIT OR Artistic-1.0-Perl OR GPL-1.0-or-later\","
    " \"home\": \"https://github.com/h2o/picohttpparser\","
    " \"cannot\": {\"framing\": \"it parses one head; its decoder of chunks is for a caller that has read the fields\","
    " \"pipeline\": \"where the next head begins is its caller's to know\","
    " \"eof\": \"it has no call for the end of the stream\", \"close\": \"it does not look at what fields mean\","
    " \"trailers\": \"phr_parse_headers could read them, but only the caller knows where they begin\","
    " \"interim\": \"a 1xx head is the one head it parses; that another follows is its caller's to know\","
    " \"upgrade\": \"it does not look at what fields mean\", \"output\": \"a parser: it writes nothing\","
    " \"host\": \"left to the application\", \"continue\": \"left to the application\","
    " \"error-class\": \"it has one error, -1\", \"error-status\": \"it has one error, -1\"}}";

typedef struct endpoint {
    bool client;
    bool done;     /* a head or its refusal was shown */
    char *octets;  /* of the head, as far as they have come */
    size_t len;
    struct phr_header *lines; /* room for `room` */
    wp_field *fields;         /* and as they are shown */
    size_t room;
} endpoint;

/* Room whose content is yet to come. A full memory ends the process, which the harness sees. */
static void *room_for(size_t count, size_t size) {
    if (size > 0 && count > SIZE_MAX / size) abort();
    void *room = malloc(count == 0 ? 1 : count * size);
    if (room == NULL) abort();
    return room;
}

static wp_bytes word(const char *zero_ended) { return (wp_bytes){(const uint8_t *)zero_ended, strlen(zero_ended)}; }

static wp_member of_bytes(const char *name, wp_bytes bytes) {
    return (wp_member){.name = name, .kind = WP_BYTES, .bytes = bytes};
}

static wp_member of_octets(const char *name, const char *octets, size_t len) {
    return of_bytes(name, (wp_bytes){(const uint8_t *)octets, len});
}

/* The fields, their names lower-cased where they stand, in our copy. */
static wp_member of_lines(endpoint *e, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct phr_header *line = &e->lines[i];
        char *name = line->name == NULL ? NULL : e->octets + (line->name - e->octets);
        for (size_t at = 0; at < line->name_len; at++) {
            name[at] = (char)(name[at] | ((uint8_t)(name[at] - 'A') < 26) << 5);
        }
        e->fields[i].name = (wp_bytes){(const uint8_t *)name, line->name_len};
        e->fields[i].value = (wp_bytes){(const uint8_t *)line->value, line->value_len};
    }
    return (wp_member){.name = "fields", .kind = WP_FIELDS, .fields = e->fields, .field_count = count};
}

static void show(endpoint *e, const char *event, wp_member *members, int minor, size_t count, wp_sink sink,
                 void *context) {
    char version[] = {'1', '.', (char)('0' + minor % 10), 0};
    members[2] = of_bytes("version", word(version));
    members[3] = of_lines(e, count);
    sink(context, event, members, 4);
}

/* Both return what the parser says: the length of the head, -1, or -2. */

static int request(endpoint *e, size_t last_len, wp_sink sink, void *context) {
    const char *method, *path;
    size_t method_len, path_len, count = e->room;
    int minor;
    int said = phr_parse_request(e->octets, e->len, &method, &method_len, &path, &path_len, &minor, e->lines, &count,
                                 last_len);
    if (said < 0) return said;
    wp_member members[4] = {of_octets("method", method, method_len), of_octets("target", path, path_len)};
    show(e, "request", members, minor, count, sink, context);
    return said;
}

static int response(endpoint *e, size_t last_len, wp_sink sink, void *context) {
    const char *reason;
    size_t reason_len, count = e->room;
    int minor, status;
    int said = phr_parse_response(e->octets, e->len, &minor, &status, &reason, &reason_len, e->lines, &count, last_len);
    if (said < 0) return said;
    wp_member number = {.name = "status", .kind = WP_NUMBER, .number = (uint64_t)status};
    wp_member members[4] = {number, of_octets("reason", reason, reason_len)};
    bool interim = status / 100 == 1 && status != 101;
    show(e, interim ? "interim" : "response", members, minor, count, sink, context);
    return said;
}

/* ---- The interface ------------------------------------------------------------------------------------------------ */

uint32_t wireproof_abi(void) { return WIREPROOF_ABI; }

const char *wireproof_profile(void) { return profile; }

/* {} or {"max-fields":10}: how long an array the parser gets. */
static bool read_config(const char *config, size_t *room) {
    int end = 0;
    *room = FIELDS;
    if (strcmp(config, "{}") == 0) return true;
    if (sscanf(config, "{\"max-fields\":%zu}%n", room, &end) != 1) return false;
    return end > 0 && config[end] == 0 && *room <= FIELDS;
}

void *wireproof_open(const char *name, const char *config) {
    size_t room;
    bool client = strcmp(name, "http1.client") == 0;
    if (!client && strcmp(name, "http1.server") != 0) return NULL;
    if (!read_config(config, &room)) return NULL;
    endpoint *e = room_for(1, sizeof *e);
    *e = (endpoint){0};
    e->client = client;
    e->room = room;
    e->lines = room_for(room, sizeof *e->lines);
    e->fields = room_for(room, sizeof *e->fields);
    return e;
}

void wireproof_receive(void *handle, int input, const uint8_t *bytes, size_t len, uint64_t ms, wp_sink sink,
                       void *context) {
    endpoint *e = handle;
    (void)ms;
    if (input != WP_INPUT_BYTES || len == 0 || e->done) return;
    size_t last_len = e->len;
    char *octets = room_for(last_len + len, 1);
    if (last_len > 0) memcpy(octets, e->octets, last_len);
    memcpy(octets + last_len, bytes, len);
    free(e->octets);
    e->octets = octets;
    e->len = last_len + len;
    int said = e->client ? response(e, last_len, sink, context) : request(e, last_len, sink, context);
    e->done = said != -2;
    if (said == -1) {
        wp_member text = of_bytes("text", word("-1"));
        sink(context, "rejected", &text, 1);
    }
}

int wireproof_send(void *handle, const char *action, const wp_member *members, size_t count) {
    (void)handle, (void)action, (void)members, (void)count;
    return WP_DONE; /* how a head reads depends on nothing that was sent */
}

const char *wireproof_why(void *handle) {
    (void)handle;
    return NULL; /* nothing is ever refused */
}

size_t wireproof_transmit(void *handle, uint8_t *out, size_t capacity) {
    (void)handle, (void)out, (void)capacity;
    return 0;
}

void wireproof_close(void *handle) {
    endpoint *e = handle;
    free(e->octets);
    free(e->lines);
    free(e->fields);
    free(e);
}
