/* llhttp over the C ABI of wireproof.h.
 *
 * llhttp reports through callbacks while it is fed, spans in pieces. This shim joins the pieces and names what llhttp
 * reports in our vocabulary; it decides nothing about a message. Three things in it are not plain translation, each
 * the documented use of llhttp's interface:
 *
 * - The length of a response depends on the request. The methods of a client's requests are queued, and
 *   on_headers_complete returns 1 (no content) for HEAD and 2 (another protocol follows) for a 2xx to CONNECT.
 * - After a request that may switch protocols llhttp pauses (HPE_PAUSED_UPGRADE) and leaves the decision to the
 *   application. Octets that follow are held until the harness answers: `response` 101, or 2xx to CONNECT, and the
 *   endpoint becomes a tunnel; anything else, and llhttp_resume_after_upgrade lets llhttp go on with them. A stream
 *   that ends before that decision is held back in the same way.
 * - llhttp says where it stopped, not in which part of the message. `place` follows its callbacks, and says for errors
 *   that llhttp uses in several parts which of our classes is meant.
 *
 * No leniency is switched on. llhttp has no limits of its own; what is kept here is never more than was fed. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "llhttp.h"
#include "wireproof.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define VERSION TEXT(LLHTTP_VERSION_MAJOR) "." TEXT(LLHTTP_VERSION_MINOR) "." TEXT(LLHTTP_VERSION_PATCH)

static const char profile[] =
    "{\"name\": \"llhttp\", \"version\": \"" VERSION "\", \"language\": \"c\","
    " \"endpoints\": [\"http1.server\", \"http1.client\"],"
    " \"can\": [\"head\", \"framing\", \"pipeline\", \"eof\", \"trailers\", \"interim\", \"upgrade\","
    " \"target\", \"version\", \"reason\", \"field-order\", \"error-class\"],"
    " \"licence\": \"MIT\", \"home\": \"https://github.com/nodejs/llhttp\","
    " \"cannot\": {\"output\": \"a parser: it writes nothing\","
    " \"close\": \"it announces the end at eof only; after a last message it refuses what follows\","
    " \"host\": \"left to the application\", \"continue\": \"left to the application\","
    " \"error-status\": \"its errors name no status code\"}}";

/* ---- Octets and fields that grow ---------------------------------------------------------------------------------- */

typedef struct text {
    uint8_t *data;
    size_t len, room;
} text;

/* One field line, as offsets into the field octets. */
typedef struct line {
    size_t name, name_len, value, value_len;
} line;

/* Room for `need` items of `size` octets; a full memory ends the process, which the harness sees. */
static void *grow(void *old, size_t *room, size_t need, size_t size) {
    if (need <= *room) return old;
    size_t more = *room < 8 ? 16 : *room;
    while (more < need) {
        if (more > SIZE_MAX / 2 / size) abort();
        more *= 2;
    }
    void *new = realloc(old, more * size);
    if (new == NULL) abort();
    *room = more;
    return new;
}

static void append(text *to, const char *octets, size_t len) {
    if (len == 0) return;
    to->data = grow(to->data, &to->room, to->len + len, 1);
    memcpy(to->data + to->len, octets, len);
    to->len += len;
}

/* The same, letters lower-cased. */
static void append_lower(text *to, const char *octets, size_t len) {
    if (len == 0) return;
    to->data = grow(to->data, &to->room, to->len + len, 1);
    const uint8_t *restrict from = (const uint8_t *)octets;
    uint8_t *restrict out = to->data + to->len;
    for (size_t i = 0; i < len; i++) out[i] = (uint8_t)(from[i] | ((uint8_t)(from[i] - 'A') < 26) << 5);
    to->len += len;
}

static wp_bytes bytes_of(const text *from) { return (wp_bytes){from->data, from->len}; }
static wp_bytes word(const char *zero_ended) { return (wp_bytes){(const uint8_t *)zero_ended, strlen(zero_ended)}; }

/* ---- The endpoint ------------------------------------------------------------------------------------------------- */

/* What octets that come now are. */
typedef enum state {
    PARSING, /* llhttp's */
    PAUSED,  /* held, until the harness answers the request that may switch protocols */
    TUNNEL,  /* another protocol's */
    OVER     /* nobody's: `rejected` or `closed` was reported */
} state;

/* Where in a message llhttp is, as far as its callbacks tell. */
typedef enum place { BETWEEN, START_LINE, FIELD_NAME, FIELD_VALUE, CHUNK_LINE, CHUNK_DATA, CONTENT } place;

/* What the harness's answer makes of the last request that may switch protocols. */
typedef enum decision { UNDECIDED, SWITCH, GO_ON } decision;

/* What of a request's method bears on the connection. */
typedef enum method { OTHER, HEAD, CONNECT } method;

typedef struct endpoint {
    llhttp_t parser;
    state state;
    place place;
    bool head_done; /* of the current message: fields are trailers now */
    bool interim;   /* the current message is an interim response */
    text start;     /* the target, or the reason */
    text octets;    /* of fields */
    line *lines;
    size_t line_count, line_room;
    bool line_open;  /* the last line is not complete */
    wp_field *shown; /* scratch for a list given to the sink */
    size_t shown_room;
    text held;         /* octets after a pause */
    bool held_eof;     /* and the end of the stream after them */
    method *asked;     /* client: the methods of all requests; those from `asked_first` on are not answered yet */
    size_t asked_first, asked_end, asked_room;
    size_t unanswered; /* server: requests not yet answered */
    method last;       /* server: the method of the last one */
    decision decision; /* server: about the last one */
    wp_sink sink;      /* during wireproof_receive */
    void *context;
} endpoint;

static bool is_client(const endpoint *e) { return e->parser.type == HTTP_RESPONSE; }

static method method_of(const uint8_t *name, size_t len) {
    if (len == 4 && memcmp(name, "HEAD", len) == 0) return HEAD;
    if (len == 7 && memcmp(name, "CONNECT", len) == 0) return CONNECT;
    return OTHER;
}

/* ---- Events ------------------------------------------------------------------------------------------------------- */

static wp_member of_bytes(const char *name, wp_bytes bytes) {
    return (wp_member){.name = name, .kind = WP_BYTES, .bytes = bytes};
}

static wp_member of_fields(endpoint *e, const char *name) {
    e->shown = grow(e->shown, &e->shown_room, e->line_count, sizeof(wp_field));
    for (size_t i = 0; i < e->line_count; i++) {
        const line *l = &e->lines[i];
        e->shown[i].name = (wp_bytes){e->octets.data + l->name, l->name_len};
        e->shown[i].value = (wp_bytes){e->octets.data + l->value, l->value_len};
    }
    return (wp_member){.name = name, .kind = WP_FIELDS, .fields = e->shown, .field_count = e->line_count};
}

static void show(endpoint *e, const char *event, const wp_member *members, size_t count) {
    e->sink(e->context, event, members, count);
}

static void show_head(endpoint *e, const char *event, wp_member first, wp_member second) {
    char version[] = {(char)('0' + e->parser.http_major % 10), '.', (char)('0' + e->parser.http_minor % 10), 0};
    wp_member members[] = {first, second, of_bytes("version", word(version)), of_fields(e, "fields")};
    show(e, event, members, 4);
}

static void show_data(endpoint *e, const uint8_t *octets, size_t len) {
    wp_member member = of_bytes("bytes", (wp_bytes){octets, len});
    if (len > 0) show(e, "data", &member, 1);
}

/* ---- Errors ------------------------------------------------------------------------------------------------------- */

static const char *phase_of(const endpoint *e) {
    switch (e->place) {
        case BETWEEN: return "between";
        case START_LINE: return "start-line";
        case FIELD_NAME:
        case FIELD_VALUE: return e->head_done ? "trailers" : "head";
        case CHUNK_LINE:
        case CHUNK_DATA:
        case CONTENT: return "body";
    }
    return NULL;
}

/* The class of an error; NULL where none of ours fits. Every code of llhttp's is listed, so that a new one is a
 * warning, which is an error here. */
static const char *class_of(llhttp_errno_t code, place place) {
    switch (code) {
        case HPE_INVALID_METHOD: return "method";
        case HPE_INVALID_URL: return "target";
        case HPE_INVALID_CONSTANT: return "start-line";
        case HPE_INVALID_VERSION:
        case HPE_PAUSED_H2_UPGRADE: return "version"; /* the preface of HTTP/2 */
        case HPE_INVALID_STATUS: return "status";
        case HPE_INVALID_HEADER_TOKEN: return place == FIELD_VALUE ? "field-value" : "field-name";
        case HPE_UNEXPECTED_SPACE: return "fold";
        case HPE_INVALID_CONTENT_LENGTH:
        case HPE_UNEXPECTED_CONTENT_LENGTH: return "content-length";
        case HPE_INVALID_TRANSFER_ENCODING: return "transfer-encoding";
        case HPE_INVALID_CHUNK_SIZE: return "chunk-size";
        case HPE_STRICT: /* what a line may not hold or end with; in the line of a chunk it is the extension */
            return place == CHUNK_LINE ? "chunk-extension" : place == CHUNK_DATA ? "chunk-end" : "line-end";
        case HPE_CR_EXPECTED:
        case HPE_LF_EXPECTED: return place == CHUNK_DATA ? "chunk-end" : "line-end";
        case HPE_INVALID_EOF_STATE: return "incomplete";
        case HPE_CLOSED_CONNECTION: return "unexpected";
        /* Not about the octets: */
        case HPE_OK:
        case HPE_INTERNAL:
        case HPE_PAUSED:
        case HPE_PAUSED_UPGRADE:
        case HPE_USER:
        case HPE_CB_MESSAGE_BEGIN:
        case HPE_CB_HEADERS_COMPLETE:
        case HPE_CB_MESSAGE_COMPLETE:
        case HPE_CB_CHUNK_HEADER:
        case HPE_CB_CHUNK_COMPLETE:
        case HPE_CB_URL_COMPLETE:
        case HPE_CB_STATUS_COMPLETE:
        case HPE_CB_HEADER_FIELD_COMPLETE:
        case HPE_CB_HEADER_VALUE_COMPLETE:
        case HPE_CB_RESET:
        case HPE_CB_METHOD_COMPLETE:
        case HPE_CB_VERSION_COMPLETE:
        case HPE_CB_CHUNK_EXTENSION_NAME_COMPLETE:
        case HPE_CB_CHUNK_EXTENSION_VALUE_COMPLETE:
        case HPE_CB_PROTOCOL_COMPLETE: return NULL;
    }
    return NULL;
}

static void reject(endpoint *e, llhttp_errno_t code) {
    const char *phase = phase_of(e), *class = class_of(code, e->place), *reason = llhttp_get_error_reason(&e->parser);
    wp_member members[3];
    size_t count = 0;
    if (phase != NULL) members[count++] = of_bytes("phase", word(phase));
    if (class != NULL) members[count++] = of_bytes("class", word(class));
    members[count++] = of_bytes("text", word(reason != NULL ? reason : llhttp_errno_name(code)));
    e->state = OVER;
    show(e, "rejected", members, count);
}

/* ---- What llhttp calls -------------------------------------------------------------------------------------------- */

static endpoint *of(llhttp_t *parser) { return parser->data; }

static void forget_fields(endpoint *e) {
    e->octets.len = 0;
    e->line_count = 0;
    e->line_open = false;
}

static int on_message_begin(llhttp_t *parser) {
    endpoint *e = of(parser);
    e->place = START_LINE;
    e->head_done = false;
    e->interim = false;
    e->start.len = 0;
    forget_fields(e);
    return 0;
}

static int on_start(llhttp_t *parser, const char *at, size_t len) {
    append(&of(parser)->start, at, len);
    return 0;
}

/* A request line ends with its version, a status line with its reason. Only callbacks that say that a thing is complete
 * move `place`: pieces of spans come where the input is cut, and a refusal must not depend on that. */
static int on_version_complete(llhttp_t *parser) {
    endpoint *e = of(parser);
    if (!is_client(e)) e->place = FIELD_NAME;
    return 0;
}

static int on_status_complete(llhttp_t *parser) {
    of(parser)->place = FIELD_NAME;
    return 0;
}

/* The line that is being read; a new one if the last is complete. */
static line *open_line(endpoint *e) {
    if (!e->line_open) {
        e->lines = grow(e->lines, &e->line_room, e->line_count + 1, sizeof(line));
        e->lines[e->line_count++] = (line){e->octets.len, 0, e->octets.len, 0};
        e->line_open = true;
    }
    return &e->lines[e->line_count - 1];
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len) {
    endpoint *e = of(parser);
    open_line(e)->name_len += len;
    append_lower(&e->octets, at, len);
    return 0;
}

static int on_header_field_complete(llhttp_t *parser) {
    endpoint *e = of(parser);
    open_line(e)->value = e->octets.len;
    e->place = FIELD_VALUE;
    return 0;
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len) {
    endpoint *e = of(parser);
    open_line(e)->value_len += len;
    append(&e->octets, at, len);
    return 0;
}

static int on_header_value_complete(llhttp_t *parser) {
    endpoint *e = of(parser);
    e->line_open = false;
    e->place = FIELD_NAME;
    return 0;
}

static int request_complete(endpoint *e) {
    const char *name = llhttp_method_name(llhttp_get_method(&e->parser));
    e->unanswered++;
    e->decision = UNDECIDED;
    e->last = method_of((const uint8_t *)name, strlen(name));
    show_head(e, "request", of_bytes("method", word(name)), of_bytes("target", bytes_of(&e->start)));
    return 0;
}

static int response_complete(endpoint *e) {
    int status = llhttp_get_status_code(&e->parser);
    method asked = e->asked_first < e->asked_end ? e->asked[e->asked_first] : OTHER;
    e->interim = status / 100 == 1 && status != 101;
    wp_member number = {.name = "status", .kind = WP_NUMBER, .number = (uint64_t)status};
    show_head(e, e->interim ? "interim" : "response", number, of_bytes("reason", bytes_of(&e->start)));
    if (e->interim) return 0;
    if (asked == CONNECT && status / 100 == 2) return 2;
    return asked == HEAD ? 1 : 0;
}

static int on_headers_complete(llhttp_t *parser) {
    endpoint *e = of(parser);
    int answer = is_client(e) ? response_complete(e) : request_complete(e);
    forget_fields(e);
    e->head_done = true;
    e->place = parser->flags & F_CHUNKED ? CHUNK_LINE : CONTENT;
    return answer;
}

/* The line of a chunk is complete; after the last chunk's come the trailers. */
static int on_chunk_header(llhttp_t *parser) {
    of(parser)->place = parser->content_length == 0 ? FIELD_NAME : CHUNK_DATA;
    return 0;
}

static int on_chunk_complete(llhttp_t *parser) {
    of(parser)->place = CHUNK_LINE;
    return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t len) {
    show_data(of(parser), (const uint8_t *)at, len);
    return 0;
}

static int on_message_complete(llhttp_t *parser) {
    endpoint *e = of(parser);
    e->place = BETWEEN;
    if (e->interim) return 0;
    if (e->asked_first < e->asked_end) e->asked_first++;
    wp_member trailers = of_fields(e, "trailers");
    show(e, "end", &trailers, 1);
    return 0;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_message_begin,
    .on_url = on_start,
    .on_status = on_start,
    .on_version_complete = on_version_complete,
    .on_status_complete = on_status_complete,
    .on_header_field = on_header_field,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value = on_header_value,
    .on_header_value_complete = on_header_value_complete,
    .on_headers_complete = on_headers_complete,
    .on_chunk_header = on_chunk_header,
    .on_chunk_complete = on_chunk_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* ---- Feeding ------------------------------------------------------------------------------------------------------ */

static void switch_protocols(endpoint *e) {
    e->state = TUNNEL;
    show(e, "upgraded", NULL, 0);
}

/* Feeds llhttp. At a pause a client has switched protocols, and a server waits for the answer. */
static void parse(endpoint *e, const uint8_t *octets, size_t len) {
    if (len == 0) return;
    llhttp_errno_t code = llhttp_execute(&e->parser, (const char *)octets, len);
    if (code == HPE_OK) return;
    if (code != HPE_PAUSED_UPGRADE) {
        reject(e, code);
        return;
    }
    const uint8_t *rest = (const uint8_t *)llhttp_get_error_pos(&e->parser);
    size_t rest_len = (size_t)(octets + len - rest);
    if (is_client(e)) {
        switch_protocols(e);
        show_data(e, rest, rest_len);
    } else {
        e->state = PAUSED;
        append(&e->held, (const char *)rest, rest_len);
    }
}

/* The end of the stream, as llhttp sees it; while it is paused it says that all is well. */
static void finish(endpoint *e) {
    llhttp_errno_t code = llhttp_finish(&e->parser);
    if (code != HPE_OK) {
        reject(e, code);
        return;
    }
    e->state = OVER;
    show(e, "closed", NULL, 0);
}

static void feed(endpoint *e, const uint8_t *octets, size_t len) {
    switch (e->state) {
        case PARSING: parse(e, octets, len); break;
        case PAUSED: append(&e->held, (const char *)octets, len); break;
        case TUNNEL: show_data(e, octets, len); break;
        case OVER: break;
    }
}

static void feed_eof(endpoint *e) {
    switch (e->state) {
        case PARSING:
        case TUNNEL: finish(e); break;
        case PAUSED: e->held_eof = true; break;
        case OVER: break;
    }
}

/* Goes on after a pause that the harness's answer has decided. What was held may bring the next pause, which waits for
 * its own answer. */
static void go_on(endpoint *e) {
    while (e->state == PAUSED && e->decision != UNDECIDED) {
        text held = e->held;
        bool eof = e->held_eof;
        e->held = (text){0};
        e->held_eof = false;
        if (e->decision == SWITCH) {
            switch_protocols(e);
        } else {
            llhttp_resume_after_upgrade(&e->parser);
            e->state = PARSING;
        }
        feed(e, held.data, held.len);
        if (eof) feed_eof(e);
        free(held.data);
    }
}

/* ---- Actions ------------------------------------------------------------------------------------------------------ */

static const wp_member *find(const wp_member *members, size_t count, const char *name, uint32_t kind) {
    for (size_t i = 0; i < count; i++) {
        if (members[i].kind == kind && strcmp(members[i].name, name) == 0) return &members[i];
    }
    return NULL;
}

static void note_request(endpoint *e, const wp_member *members, size_t count) {
    const wp_member *name = find(members, count, "method", WP_BYTES);
    if (name == NULL) return;
    e->asked = grow(e->asked, &e->asked_room, e->asked_end + 1, sizeof(method));
    e->asked[e->asked_end++] = method_of(name->bytes.data, name->bytes.len);
}

/* Requests are answered in order. The answer to the last one decides whether its connection switches. */
static void note_response(endpoint *e, const wp_member *members, size_t count) {
    const wp_member *status = find(members, count, "status", WP_NUMBER);
    if (status == NULL || e->unanswered == 0 || --e->unanswered > 0) return;
    bool agreed = status->number == 101 || (e->last == CONNECT && status->number / 100 == 2);
    e->decision = agreed ? SWITCH : GO_ON;
}

/* ---- The interface ------------------------------------------------------------------------------------------------ */

uint32_t wireproof_abi(void) { return WIREPROOF_ABI; }

const char *wireproof_profile(void) { return profile; }

void *wireproof_open(const char *name, const char *config) {
    bool client = strcmp(name, "http1.client") == 0;
    if (!client && strcmp(name, "http1.server") != 0) return NULL;
    if (strcmp(config, "{}") != 0) return NULL;
    endpoint *e = calloc(1, sizeof *e);
    if (e == NULL) return NULL;
    llhttp_init(&e->parser, client ? HTTP_RESPONSE : HTTP_REQUEST, &settings);
    e->parser.data = e;
    return e;
}

void wireproof_receive(void *handle, int input, const uint8_t *bytes, size_t len, uint64_t ms, wp_sink sink,
                       void *context) {
    endpoint *e = handle;
    (void)ms; /* llhttp has no clock */
    e->sink = sink;
    e->context = context;
    go_on(e);
    if (input == WP_INPUT_BYTES) feed(e, bytes, len);
    if (input == WP_INPUT_EOF) feed_eof(e);
    go_on(e);
}

int wireproof_send(void *handle, const char *action, const wp_member *members, size_t count) {
    endpoint *e = handle;
    if (is_client(e) && strcmp(action, "request") == 0) note_request(e, members, count);
    if (!is_client(e) && strcmp(action, "response") == 0) note_response(e, members, count);
    return WP_DONE;
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
    free(e->start.data);
    free(e->octets.data);
    free(e->lines);
    free(e->shown);
    free(e->held.data);
    free(e->asked);
    free(e);
}
