'use strict';

/* What has the interface of Node's HTTPParser, behind wireproof's child protocol, driven as Node's http module does.
 *
 * - The length of a response depends on the request. The methods of a client's requests are queued, and
 *   kOnHeadersComplete returns 1 (no content) for HEAD and 2 (another protocol follows) for a 2xx to CONNECT.
 * - Behind a request that may switch protocols `execute` stops, and says how many octets it took; the application
 *   decides. What follows is held until the harness answers: `response` 101, or 2xx to CONNECT, and the endpoint
 *   becomes a tunnel; anything else, and the parser is given what was held. A stream that ends before that decision is
 *   held back in the same way.
 * - A parser shows many fields in pieces, and trailers after the head, with kOnHeaders.
 *
 * No leniency is switched on. */

const { Endpoint } = require('./wireproof_adapter.js');

const NOTHING = Buffer.alloc(0);

/** Makes the two endpoints over a parser. `open(kind, config)` gives a parser of the kind "REQUEST" or "RESPONSE" that is
 * initialized; `methodName` names a method as kOnHeadersComplete gives it; `stopsAfterContent` says whether `execute`
 * stops also behind a message with content that may switch protocols. */
function endpointsOver(HTTPParser, { open, methodName, stopsAfterContent }) {
  const { kOnHeaders, kOnHeadersComplete, kOnBody, kOnMessageComplete } = HTTPParser;

  class Connection extends Endpoint {
    constructor(kind, config) {
      super();
      this.state = 'parsing'; // or "paused", "tunnel", "over"
      this.held = NOTHING;
      this.heldEof = false;
      this.maySwitch = false; // the last message asked for a switch of protocols, and nothing came behind it
      this.begin();
      this.parser = open(kind, config);
      this.parser[kOnHeaders] = (fields, target) => this.some(fields, target);
      this.parser[kOnHeadersComplete] = (...head) => this.head(head);
      this.parser[kOnBody] = (octets, start = 0, length = octets.length - start) => {
        this.content = true;
        this.data(octets.subarray(start, start + length));
      };
      this.parser[kOnMessageComplete] = () => this.complete();
    }

    close() {
      this.parser.close();
    }

    // ---- What the parser calls

    begin() {
      this.fields = [];
      this.target = '';
      this.content = false;
      this.switches = false;
    }

    some(fields, target) {
      this.fields.push(...fields);
      this.target += target;
    }

    head([major, minor, fields, method, target, status, reason, upgrade]) {
      this.some(fields ?? [], target ?? '');
      const members = { version: `${major}.${minor}`, fields: pairs(this.fields) };
      this.fields = [];
      this.switches = upgrade;
      this.maySwitch = false;
      return this.show({ method, target: this.target, status, reason, members });
    }

    complete() {
      if (this.shownEnd()) this.emit('end', { trailers: pairs(this.fields) });
      this.maySwitch = this.switches;
      if (this.switches && (stopsAfterContent || !this.content)) this.state = 'paused';
      this.begin();
    }

    shownEnd() {
      return true;
    }

    data(octets) {
      if (octets.length > 0) this.emit('data', { bytes: octets });
    }

    // ---- What the harness calls

    receive(data) {
      this.goOn();
      this.feed(data);
      this.goOn();
    }

    eof() {
      this.goOn();
      this.feedEof();
      this.goOn();
    }

    feed(data) {
      if (data.length === 0) return;
      if (this.state === 'tunnel') {
        this.data(data);
      } else if (this.state === 'paused') {
        this.held = Buffer.concat([this.held, data]);
      } else if (this.state === 'parsing') {
        const taken = this.parser.execute(data);
        if (taken instanceof Error) {
          this.reject(taken);
        } else if (this.state === 'paused') {
          this.held = data.subarray(taken);
        }
      }
    }

    feedEof() {
      if (this.state === 'paused') {
        this.heldEof = true;
      } else if (this.state !== 'over') {
        const error = this.state === 'parsing' ? this.parser.finish() : undefined;
        if (error instanceof Error) {
          this.reject(error);
        } else {
          this.state = 'over';
          this.emit('closed');
        }
      }
    }

    reject(error) {
      this.state = 'over';
      this.emit('rejected', { text: [error.code, error.reason ?? error.message].filter(Boolean).join(': ') });
    }

    /** Goes on after a stop that is decided. What was held may bring the next stop, which waits for its own. */
    goOn() {
      while (this.state === 'paused' && this.decided()) {
        const { held, heldEof } = this;
        this.held = NOTHING;
        this.heldEof = false;
        this.state = this.agreed() ? 'tunnel' : 'parsing';
        if (this.state === 'tunnel') this.emit('upgraded');
        this.feed(held);
        if (heldEof) this.feedEof();
      }
      if (this.state === 'parsing' && this.maySwitch && this.decided() && this.agreed()) {
        this.state = 'tunnel'; // the parser did not stop; from here on it is not given anything
        this.emit('upgraded');
      }
    }
  }

  class Server extends Connection {
    unanswered = 0;
    lastMethod = null;
    decision = null;

    constructor(config) {
      super('REQUEST', config);
    }

    show({ method, target, members }) {
      this.unanswered += 1;
      this.decision = null;
      this.lastMethod = methodName(method);
      this.emit('request', { method: this.lastMethod, target: Buffer.from(target, 'latin1'), ...members });
      return 0;
    }

    /** Requests are answered in order. The answer to the last one decides whether its connection switches. */
    send({ response }) {
      if (response === undefined || this.unanswered === 0) return;
      this.unanswered -= 1;
      if (this.unanswered > 0) return;
      const { status } = response;
      const tunnel = this.lastMethod === 'CONNECT' && Math.floor(status / 100) === 2;
      this.decision = status === 101 || tunnel ? 'switch' : 'go on';
    }

    decided() {
      return this.decision !== null;
    }

    agreed() {
      return this.decision === 'switch';
    }
  }

  class Client extends Connection {
    asked = [];
    interim = false;

    constructor(config) {
      super('RESPONSE', config);
    }

    show({ status, reason, members }) {
      this.interim = Math.floor(status / 100) === 1 && status !== 101;
      this.emit(this.interim ? 'interim' : 'response', { status, reason: Buffer.from(reason, 'latin1'), ...members });
      if (this.interim) return 0;
      const asked = this.asked.shift();
      if (asked === 'CONNECT' && Math.floor(status / 100) === 2) {
        this.switches = true;
        return 2;
      }
      return asked === 'HEAD' ? 1 : 0;
    }

    shownEnd() {
      return !this.interim;
    }

    send({ request }) {
      if (request !== undefined) this.asked.push(request.method);
    }

    decided() {
      return true;
    }

    agreed() {
      return true;
    }
  }

  return { 'http1.server': Server, 'http1.client': Client };
}

/** Fields as Node lists them, name and value in turn, which are decoded as Latin-1. */
function pairs(flat) {
  const listed = [];
  for (let i = 0; i < flat.length; i += 2) {
    listed.push([Buffer.from(lower(flat[i]), 'latin1'), Buffer.from(flat[i + 1], 'latin1')]);
  }
  return listed;
}

function lower(name) {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const CAN = ['head', 'framing', 'pipeline', 'eof', 'trailers', 'interim', 'upgrade', 'target', 'version', 'reason',
  'field-order'];

const CANNOT = {
  output: 'a parser: it writes nothing',
  close: 'it says with each head whether the connection may go on; to close is left to the application',
  host: 'left to the application',
  continue: 'left to the application',
  'error-status': 'its errors name no status code',
};

module.exports = { CAN, CANNOT, endpointsOver };
