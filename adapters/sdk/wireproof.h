/* wireproof.h - the C ABI by which a library joins wireproof in process. Version 1.
 *
 * Write one C file (a "shim") that includes this header and defines the functions at its end, and compile it with your
 * library into one shared object:
 *
 *     cc -O2 -fPIC -shared -fvisibility=hidden -I. -o libwireproof-mine.so shim.c mine.c
 *
 * wireproof loads it, opens endpoints (one side of one connection each), feeds them bytes, and judges the events they
 * report. Any language that can export C functions can do the same.
 *
 * A shim translates. It never judges, repairs or hides: what the library accepts is reported, what it refuses is
 * `rejected`, and what it cannot do is left out of the profile's "can". The events, their members and the actions of
 * each protocol are listed in vectors/README.md; names are theirs, exactly.
 *
 * Lifetimes. Everything passed into a call, either way, is borrowed for that call: copy what you keep. That goes for
 * input octets, action members, event members given to the sink, and field lists. Only strings returned by
 * wireproof_profile() and wireproof_why() live longer, as said there.
 *
 * Threads. Each endpoint is used by one thread at a time. Different endpoints may be used by different threads at
 * once: keep no state outside the endpoint.
 *
 * Errors. No function may exit, longjmp or throw across this interface. A crash is seen, and is a verdict on you. */

#ifndef WIREPROOF_H
#define WIREPROOF_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this interface; wireproof_abi() returns it. */
#define WIREPROOF_ABI 1

#if defined(_WIN32)
#define WP_EXPORT __declspec(dllexport)
#else
#define WP_EXPORT __attribute__((visibility("default")))
#endif

/* Octets. `data` may be NULL if `len` is 0. There is no terminating zero, and zeros may be among them. */
typedef struct wp_bytes {
    const uint8_t *data;
    size_t len;
} wp_bytes;

/* One field line: in events the name lower-cased and the value as the library gives it. */
typedef struct wp_field {
    wp_bytes name;
    wp_bytes value;
} wp_field;

/* The kind of a member's value, which says where in wp_member it is. */
enum {
    WP_BYTES = 0,  /* in `bytes`: octets; words such as a phase, too */
    WP_NUMBER = 1, /* in `number` */
    WP_FLAG = 2,   /* in `number`: 0 or 1 */
    WP_FIELDS = 3  /* in `fields` and `field_count`, in order; `fields` may be NULL if the count is 0 */
};

/* One named member of an event or an action. What its kind does not use is not read. */
typedef struct wp_member {
    const char *name; /* UTF-8, ends with a zero */
    uint32_t kind;    /* WP_BYTES, WP_NUMBER, WP_FLAG or WP_FIELDS */
    wp_bytes bytes;
    uint64_t number;
    const wp_field *fields;
    size_t field_count;
} wp_member;

/* At most this many members in one event. Leave out a member whose value the library does not show. */
#define WP_MEMBERS 16

/* Takes one event, by its name in the vocabulary. `context` is what wireproof_receive() was given. Call it from inside
 * wireproof_receive() only, once for each event, in the order in which the library reports them. */
typedef void (*wp_sink)(void *context, const char *event, const wp_member *members, size_t count);

/* What wireproof_receive() is fed. */
enum {
    WP_INPUT_BYTES = 0, /* `len` octets came. None (`len` 0) is not the end of the stream: it means "go on with what
                           you have", and comes after each action, so that you can report what was held back for it */
    WP_INPUT_EOF = 1,   /* the peer ended its stream; `bytes` and `len` mean nothing */
    WP_INPUT_TICK = 2   /* `ms` milliseconds passed; `bytes` and `len` mean nothing */
};

/* What wireproof_send() answers. */
enum {
    WP_DONE = 0,    /* accepted */
    WP_REFUSED = 1, /* the library refused to send this; wireproof_why() says why */
    WP_CANNOT = 2   /* the library's interface has no way to say this: the case does not apply to it */
};

/* Returns WIREPROOF_ABI. Called first; a library of another version is not used further. */
WP_EXPORT uint32_t wireproof_abi(void);

/* Who you are and what you can do, as JSON text in UTF-8, valid as long as the library is loaded:
 *
 *     {"name": "toy", "version": "1.0", "language": "c", "endpoints": ["http1.server", "http1.client"],
 *      "can": ["framing", "eof"], "licence": "MIT", "home": "https://...", "cannot": {"close": "why not"}}
 *
 * `licence`, `home` and `cannot` may be missing. `wireproof list capabilities` prints what each capability in "can"
 * means; claim what the library does, no more and no less. */
WP_EXPORT const char *wireproof_profile(void);

/* A new endpoint, with nothing in common with any other. `endpoint` is one of the profile's "endpoints". `config` is a
 * JSON object from option names to numbers, most often "{}". NULL if this endpoint cannot be opened, or not with these
 * options: what cannot be set must not be ignored. */
WP_EXPORT void *wireproof_open(const char *endpoint, const char *config);

/* Feeds the endpoint, and gives `sink` every event that the library now shows. `input` is one of WP_INPUT_*. `bytes`
 * points to a fresh heap copy of exactly `len` octets, so that a sanitizer sees an over-read; you may read but not
 * write them, and must not read anything if `len` is 0. After `rejected` or `closed` report nothing more. */
WP_EXPORT void wireproof_receive(void *endpoint, int input, const uint8_t *bytes, size_t len, uint64_t ms, wp_sink sink,
                                 void *context);

/* Asks the endpoint to send something. An action {"response": {"status": 200, "fields": [["a", "b"]]}} comes as
 * action "response" with members "status" (WP_NUMBER) and "fields" (WP_FIELDS); {"data": "text"}, which has no
 * members, as action "data" with one member "bytes". Members that were left out are missing. Field names of actions
 * are as written. A parser without a writing side answers WP_DONE, writes nothing, and notes what it needs to frame
 * what comes back (a client's request method). Returns one of WP_DONE, WP_REFUSED, WP_CANNOT. */
WP_EXPORT int wireproof_send(void *endpoint, const char *action, const wp_member *members, size_t count);

/* Why the last wireproof_send() of this endpoint did not return WP_DONE, for people; UTF-8, valid until the next call
 * with this endpoint. May be NULL. */
WP_EXPORT const char *wireproof_why(void *endpoint);

/* Moves up to `capacity` octets that the endpoint wants written into `out` and forgets them. Returns how many; called
 * until it returns 0. */
WP_EXPORT size_t wireproof_transmit(void *endpoint, uint8_t *out, size_t capacity);

/* Ends the endpoint and frees all of it. Called once for each endpoint opened. */
WP_EXPORT void wireproof_close(void *endpoint);

#ifdef __cplusplus
}
#endif

#endif
