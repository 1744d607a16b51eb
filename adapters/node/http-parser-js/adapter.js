'use strict';

/* http-parser-js, the parser in JavaScript with the interface of Node's, as current versions of Node call it: to look at
 * kOnExecute, as they do, is what tells it so. */

const { HTTPParser, methods } = require('http-parser-js');
const { version } = require('http-parser-js/package.json');
const { CAN, CANNOT, endpointsOver } = require('./http_parser.js');
const { serve } = require('./wireproof_adapter.js');

void HTTPParser.kOnExecute;

function open(kind, config) {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser[kind], {});
  if ('max-head' in config) parser.maxHeaderSize = config['max-head'];
  return parser;
}

serve({
  name: 'http-parser-js',
  version,
  endpoints: endpointsOver(HTTPParser, { open, methodName: (index) => methods[index], stopsAfterContent: false }),
  can: CAN,
  options: ['max-head'], // it bounds what it holds of an incomplete head; one that comes whole it takes
  licence: 'MIT',
  home: 'https://github.com/creationix/http-parser-js',
  cannot: { ...CANNOT, 'error-class': 'its errors carry a text, few of them a code' },
});
