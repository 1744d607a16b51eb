'use strict';

/* The parser inside Node.js: llhttp behind Node's own binding, with its limits, its trimming of field values, and its
 * reading of errors. What is judged is the Node that runs this file; the version is that of its llhttp. */

const { HTTPParser, methods } = require('_http_common');
const { CAN, CANNOT, endpointsOver } = require('./http_parser.js');
const { serve } = require('./wireproof_adapter.js');

/* Methods come as llhttp's numbers. `methods` lists the names without the numbers that other protocols have; those of
 * HTTP are in its order up to SOURCE, 33, and QUERY is 46. */
function methodName(number) {
  return number === 46 ? 'QUERY' : methods.slice(0, 34)[number];
}

function open(kind, config) {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser[kind], {}, config['max-head'] ?? 0); // 0: Node's own limit, 16 KiB
  return parser;
}

serve({
  name: 'node-http-parser',
  version: process.versions.llhttp,
  endpoints: endpointsOver(HTTPParser, { open, methodName, stopsAfterContent: true }),
  can: CAN,
  options: ['max-head'],
  licence: 'MIT',
  home: 'https://github.com/nodejs/node',
  cannot: { ...CANNOT, 'error-class': 'its codes name states of llhttp, several of which fit several classes' },
});
