'use strict';

/* Lets wireproof judge a protocol library written for Node.js.
 *
 * Copy this file beside your adapter; it needs nothing but Node 18. Write one class for each endpoint (a side of a
 * connection), then call `serve`:
 *
 *     const { Endpoint, Refused, serve } = require('./wireproof_adapter.js');
 *     const mylib = require('mylib');
 *
 *     class Server extends Endpoint {
 *       constructor(config) {               // {'max-head': 100}; only the names you give to serve({options})
 *         super();
 *         this.parser = new mylib.Parser();
 *       }
 *
 *       receive(data) {                     // a Buffer; an empty one is NOT the end of the stream but "go on with
 *         try {                             // what you have"
 *           for (const head of this.parser.feed(data)) {
 *             this.emit('request', { method: head.method, target: head.target, fields: head.fields });
 *             this.emit('end');
 *           }
 *         } catch (error) {
 *           if (!(error instanceof mylib.ParseError)) throw error;
 *           this.emit('rejected', { text: error.message });
 *         }
 *       }
 *
 *       eof() {                             // the peer ended its stream
 *         this.emit('closed');
 *       }
 *
 *       send(action) {                      // {response: {status: 200, reason: 'OK', fields: [...]}}
 *         throw new Refused('...');         // the library refused; `throw new Cannot('...')` if it has no way to say this
 *       }
 *
 *       transmit() {                        // what the library wants written, once
 *         return Buffer.alloc(0);
 *       }
 *     }
 *
 *     serve({ name: 'mylib', version: mylib.version, endpoints: { 'http1.server': Server }, can: ['framing'] });
 *
 * Members given to `emit`: a Buffer or Uint8Array is octets; a string is taken as UTF-8, so encode what your library
 * decoded otherwise (Buffer.from(text, 'latin1')); fields are a list of [name, value]; null and undefined mean "not
 * known" and are left out. Whatever is thrown beside Refused (by `send`) and Cannot is a fault of the library: a
 * protocol error must be caught and emitted as `rejected`. Everything is called, and must be done, at once: no promise
 * settles and no timer fires between two calls. Actions and config are shared between runs: read them, and change nothing
 * in them.
 *
 * All else is done here: the loop, the automatic answers, the cuts, the clock. The library may print: once `serve` runs, what it
 * prints goes to standard error, and standard input is empty. */

const { readSync, writeSync } = require('node:fs');
const { Readable } = require('node:stream');

const PROTOCOL = 1;

/* How many times in a row an endpoint is answered within one input: a bound against requests without end. */
const ANSWERS = 100_000;

/* How long an answer waits for those to lines that came with it, in milliseconds: at the other end a deadline runs. */
const PATIENCE = 10;

const NOTHING = Buffer.alloc(0);

/** The library refused to send this; say it in its own words. */
class Refused extends Error {}

/** The library's interface has no way to do this: the case does not apply to it. */
class Cannot extends Error {}

/** A message that cannot be read. */
class Unreadable extends Error {}

/** One side of one connection. Every script gets a new one. It translates, and never judges, repairs or hides. */
class Endpoint {
  #emitted = [];

  /** What is told of events while the clock runs, and nothing is kept. */
  static #watch = null;

  /** Reports an event, in the vocabulary of the protocol. */
  emit(event, members = {}) {
    if (Endpoint.#watch !== null) {
      Endpoint.#watch.note(event, members.method);
      return;
    }
    const shown = { event };
    for (const [name, value] of Object.entries(members)) {
      if (value !== null && value !== undefined) shown[name] = toJson(value);
    }
    this.#emitted.push(shown);
  }

  receive() {
    throw new Error('receive is missing');
  }

  eof() {
    throw new Cannot('cannot be told the end of the stream');
  }

  /** So much time passed; few libraries care. */
  tick() {}

  send() {
    throw new Cannot('does not send');
  }

  transmit() {
    return NOTHING;
  }

  /** The script is over: give back what garbage collection does not see. */
  close() {}

  /** For `serve`: the events since it last asked. */
  static take(endpoint) {
    const emitted = endpoint.#emitted;
    if (emitted.length > 0) endpoint.#emitted = [];
    return emitted;
  }

  /** For `serve`: from now on this is told of events, or nothing is. */
  static watch(watch) {
    Endpoint.#watch = watch;
  }
}

/** Answers wireproof until it closes the pipe. `endpoints` maps names ('http1.server') to classes; `options` lists the
 * config names they understand; `more` goes into the greeting: licence, home, cannot: {capability: why}. */
function serve({ name, version, endpoints, can, options = [], ...more }) {
  const hello = {
    protocol: PROTOCOL, name, version, language: 'javascript',
    endpoints: Object.keys(endpoints), can: [...can, 'cuts'], ...more,
  };
  keepThePipes();
  const adapter = new Adapter(hello, endpoints, options);
  for (const together of batches()) {
    let answers = '';
    let written = performance.now();
    for (const line of together) {
      answers += `${JSON.stringify(adapter.answer(line))}\n`;
      if (performance.now() - written > PATIENCE) {
        write(answers);
        answers = '';
        written = performance.now();
      }
    }
    write(answers);
  }
}

/** Leaves harmless streams to everybody else: from here on the two pipes are used by number, and only here. */
function keepThePipes() {
  const { stderr } = process;
  const { Console } = console;
  Object.defineProperty(process, 'stdout', { get: () => stderr, configurable: true });
  Object.defineProperty(process, 'stdin', { value: Readable.from([]), configurable: true });
  globalThis.console = new Console(stderr, stderr);
}

/** Calls `read` or `write` until the pipe, which somebody may have made one that does not wait, is ready. */
function waiting(call) {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** Lists of lines that came together. */
function* batches() {
  const piece = Buffer.alloc(1 << 16);
  let begun = [];
  for (;;) {
    const length = waiting(() => readSync(0, piece));
    if (length === 0) break;
    const end = piece.subarray(0, length).lastIndexOf(10);
    if (end >= 0) {
      yield Buffer.concat([...begun, piece.subarray(0, end)]).toString().split('\n');
      begun = [];
    }
    begun.push(Buffer.from(piece.subarray(end + 1, length)));
  }
  if (begun.some((part) => part.length > 0)) yield [Buffer.concat(begun).toString()];
}

function write(text) {
  let rest = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(waiting(() => writeSync(1, rest)));
}

/** Answers messages, one by one. */
class Adapter {
  timed = null; // the task of the last `bench`, if it could be done

  constructor(hello, endpoints, options) {
    this.hello = hello;
    this.endpoints = endpoints;
    this.options = options;
  }

  answer(line) {
    let message;
    try {
      message = JSON.parse(line);
    } catch (error) {
      return { unknown: `not JSON: ${error.message}` };
    }
    if (message === null || typeof message !== 'object' || Array.isArray(message)) return { unknown: 'not an object' };
    if (Object.hasOwn(message, 'hello')) return { hello: this.hello };
    const name = ['run', 'bench'].find((known) => Object.hasOwn(message, known));
    if (name === undefined) return { unknown: Object.keys(message)[0] ?? '' };
    try {
      return this[name](message);
    } catch (why) {
      if (why instanceof Unreadable) return { unknown: `${name}: ${why.message}` };
      throw why;
    }
  }

  run(message) {
    const steps = stepsOf(message);
    try {
      return { ran: message.run, ...runAllCuts(message, steps, this.opened(message)) };
    } catch (why) {
      if (why instanceof Cannot) return { ran: message.run, cannot: why.message };
      throw why;
    }
  }

  bench(message) {
    const { bench: benched, times, pieces } = message;
    if (!Number.isSafeInteger(times)) throw new Unreadable('no times');
    if (pieces !== undefined && !Number.isSafeInteger(pieces)) throw new Unreadable('pieces are no number');
    const inputs = Object.hasOwn(message, 'steps') ? inputsOf(stepsOf(message), pieces) : null;
    try {
      if (inputs !== null) this.timed = { ...this.opened(message), inputs };
      if (this.timed === null) throw new Cannot('there was no bench with steps before that it could do');
      return { benched, ...timeAll(times, this.timed) };
    } catch (why) {
      this.timed = null;
      return { benched, cannot: why instanceof Cannot ? why.message : `it broke: ${String(why)}` };
    }
  }

  /** How to open the endpoint that is asked for, and whether it is answered. */
  opened({ endpoint: name, config = {}, answer }) {
    if (!Object.hasOwn(this.endpoints, name)) throw new Cannot(`has no ${name}`);
    const unknown = Object.keys(config).find((option) => !this.options.includes(option));
    if (unknown !== undefined) throw new Cannot(`cannot set ${unknown}`);
    const Class = this.endpoints[name];
    return { open: () => new Class(config), answers: Boolean(answer) && name === 'http1.server' };
  }
}

function stepsOf(message) {
  if (!Array.isArray(message.steps)) throw new Unreadable('no steps');
  return message.steps.map((step) => {
    if (!Array.isArray(step) || typeof step[0] !== 'string') throw new Unreadable('a step is no list');
    const [kind, argument] = step;
    if (kind !== 'receive') return [kind, argument];
    if (typeof argument !== 'string' || !/^(?:[0-9a-f]{2})*$/i.test(argument)) throw new Unreadable('not hex');
    return [kind, Buffer.from(argument, 'hex')];
  });
}

function runAllCuts({ cuts: asked = [] }, steps, { open, answers }) {
  const run = (splits) => new Run(answers, splits).transcript(open, steps);

  const whole = run([]);
  if (asked.length === 0) return whole;
  const expected = canonical(whole);
  const size = steps.reduce((sum, [kind, octets]) => (kind === 'receive' ? sum + octets.length : sum), 0);
  const cuts = {};
  asked.forEach((cut, index) => {
    const all = cut === 'octets';
    const every = () => Array.from({ length: Math.max(size - 1, 0) }, (_, i) => i + 1);
    const transcript = run(all ? every() : [cut].flat());
    if (all || canonical(transcript) !== expected) cuts[index] = transcript;
  });
  return Object.keys(cuts).length > 0 ? { ...whole, cuts } : whole;
}

/** One script on one new endpoint under one cut. */
class Run {
  endpoint = null;
  steps = [];
  fed = 0;
  due = [];
  connect = false;

  constructor(answers, splits) {
    this.answers = answers;
    this.splits = splits;
  }

  transcript(openEndpoint, steps) {
    try {
      this.endpoint = openEndpoint();
      for (const [kind, argument] of steps) {
        this.steps.push({});
        this.step(kind, argument);
      }
    } catch (error) {
      if (error instanceof Cannot) throw error;
      if (this.endpoint !== null && this.steps.length > 0) this.collect();
      return { steps: this.steps, fault: error instanceof Error ? String(error.stack) : `thrown: ${String(error)}` };
    } finally {
      this.endpoint?.close();
    }
    return { steps: this.steps };
  }

  step(kind, argument) {
    if (kind === 'receive') {
      this.receive(argument);
    } else if (kind === 'eof') {
      this.feed(() => this.endpoint.eof());
    } else if (kind === 'tick') {
      this.feed(() => this.endpoint.tick(argument));
    } else if (kind === 'send') {
      this.send(argument, true);
      this.feed(() => this.endpoint.receive(NOTHING));
    } else {
      throw new Cannot(`has no step ${kind}`);
    }
  }

  receive(octets) {
    const start = this.fed;
    const end = start + octets.length;
    const bounds = [start, ...this.splits.filter((split) => start < split && split < end), end];
    for (let i = 1; i < bounds.length; i += 1) {
      const [first, last] = [bounds[i - 1], bounds[i]];
      this.fed = last;
      // A copy: some libraries change what they are given, or keep it.
      const piece = Buffer.from(octets.subarray(first - start, last - start));
      if (first < last) this.feed(() => this.endpoint.receive(piece));
    }
  }

  /** One input, and then "go on" for as long as what it brings is answered. */
  feed(input) {
    let call = input;
    for (let i = 0; i < ANSWERS; i += 1) {
      call();
      this.collect();
      this.transmit();
      if (this.due.length === 0) return;
      const { due } = this;
      this.due = [];
      for (const action of due) this.send(action, false); // that an answer is refused is no part of the script
      call = () => this.endpoint.receive(NOTHING);
    }
  }

  send(action, noted) {
    try {
      this.endpoint.send(action);
    } catch (why) {
      if (!(why instanceof Refused)) throw why;
      if (noted) this.steps.at(-1).refused ??= why.message;
    }
    this.transmit();
  }

  /** Takes the events; a complete request is due an answer: 200 without content, to CONNECT 200 alone. */
  collect() {
    const emitted = Endpoint.take(this.endpoint);
    for (const event of emitted) {
      event.fed = this.fed;
      if (this.answers && event.event === 'request') {
        this.connect = event.method === 'CONNECT';
      } else if (this.answers && event.event === 'end') {
        this.due.push(...answersTo(this.connect));
      }
    }
    if (emitted.length > 0) (this.steps.at(-1).events ??= []).push(...emitted);
  }

  transmit() {
    const written = this.endpoint.transmit();
    if (written.length === 0) return;
    const record = this.steps.at(-1);
    record.output = (record.output ?? '') + Buffer.from(written).toString('hex');
  }
}

/** What a complete request is answered with. */
function answersTo(connect) {
  const fields = connect ? [] : [['content-length', '0']];
  return [{ response: { status: 200, reason: 'OK', fields } }, { end: {} }];
}

/** Steps as they are timed: octets in pieces, and what says nothing left out. */
function inputsOf(steps, pieces) {
  return steps.flatMap(([kind, argument]) => {
    if (kind !== 'receive') return [[kind, argument]];
    const size = Math.max(pieces ?? argument.length, 1);
    const count = Math.ceil(argument.length / size);
    return Array.from({ length: count }, (_, i) => [kind, Buffer.from(argument.subarray(i * size, (i + 1) * size))]);
  });
}

const ANSWERS_TO_CONNECT = answersTo(true);
const ANSWERS_TO_OTHERS = answersTo(false);

/** Runs inputs again and again. It does what Run does, but keeps nothing. */
class Timed {
  events = 0;
  connect = false;
  due = [];

  constructor({ open, answers, inputs }) {
    this.open = open;
    this.answers = answers;
    this.inputs = inputs;
  }

  note(event, method) {
    this.events += 1;
    if (!this.answers) return;
    if (event === 'request') {
      this.connect = method !== null && method !== undefined && toJson(method) === 'CONNECT';
    } else if (event === 'end') {
      this.due.push(...(this.connect ? ANSWERS_TO_CONNECT : ANSWERS_TO_OTHERS));
    }
  }

  once() {
    this.connect = false;
    this.due = [];
    const endpoint = this.open();
    try {
      for (const [kind, argument] of this.inputs) {
        this.input(endpoint, kind, argument);
        endpoint.transmit();
        if (this.due.length > 0) this.answer(endpoint);
      }
    } finally {
      endpoint.close();
    }
  }

  input(endpoint, kind, argument) {
    if (kind === 'receive') {
      endpoint.receive(argument);
    } else if (kind === 'eof') {
      endpoint.eof();
    } else if (kind === 'tick') {
      endpoint.tick(argument);
    } else if (kind === 'send') {
      this.send(endpoint, argument);
      endpoint.receive(NOTHING);
    } else {
      throw new Cannot(`has no step ${kind}`);
    }
  }

  send(endpoint, action) {
    try {
      endpoint.send(action);
    } catch (why) {
      if (!(why instanceof Refused)) throw why;
    }
    endpoint.transmit();
  }

  answer(endpoint) {
    for (let i = 0; i < ANSWERS && this.due.length > 0; i += 1) {
      const { due } = this;
      this.due = [];
      for (const action of due) this.send(endpoint, action);
      endpoint.receive(NOTHING);
      endpoint.transmit();
    }
  }
}

/** The processor time of so many runs in nanoseconds, and their events. All get the same octets, which must still be
 * the same afterwards. */
function timeAll(times, task) {
  const before = task.inputs.map(([kind, octets]) => (kind === 'receive' ? Buffer.from(octets) : NOTHING));
  const timed = new Timed(task);
  const usage = (since) => process.threadCpuUsage?.(since) ?? process.cpuUsage(since);
  Endpoint.watch(timed);
  let took;
  try {
    const begun = usage();
    for (let i = 0; i < times; i += 1) timed.once();
    took = usage(begun);
  } finally {
    Endpoint.watch(null);
  }
  const changed = task.inputs.some(([kind, octets], i) => kind === 'receive' && !before[i].equals(octets));
  if (changed) throw new Cannot('changes the octets it is given, which all runs share');
  return { nanoseconds: (took.user + took.system) * 1000, events: timed.events };
}

/** The form in which all cuts must agree, as text: adjacent data joined, empty data dropped, offsets and words left
 * out. */
function canonical(transcript) {
  const steps = transcript.steps.map(({ events = [], output = null, refused }) => {
    const joined = [];
    for (const event of events) {
      const data = event.event === 'data';
      const left = data ? ['fed', 'text', 'bytes'] : ['fed', 'text'];
      const members = Object.entries(event).filter(([name]) => !left.includes(name));
      const shown = JSON.stringify(members.sort(([a], [b]) => (a < b ? -1 : 1)));
      const octets = data ? event.bytes ?? '' : null;
      const last = joined.at(-1);
      if (octets && last?.[0] === shown && last[1] !== null) {
        last[1] += octets;
      } else if (octets !== '') {
        joined.push([shown, octets]);
      }
    }
    return [joined, output, refused !== undefined];
  });
  return JSON.stringify([steps, 'fault' in transcript]);
}

function toJson(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'string') return Buffer.from(value).toString('latin1');
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.from(value, ([name, field]) => [toJson(name), toJson(field)]);
}

module.exports = { Cannot, Endpoint, Refused, serve };
