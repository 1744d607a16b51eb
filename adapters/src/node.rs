//! Implementations that run in Node.js, each a child process with a folder of its own.

use crate::setup::node::NodeRecipe;

/// What an adapter author copies; set-up puts it beside each adapter.
pub const SDK: (&str, &str) = ("wireproof_adapter.js", include_str!("../sdk/node/wireproof_adapter.js"));

/// What adapters for the interface of Node's `HTTPParser` have in common.
const HTTP_PARSER: (&str, &str) = ("http_parser.js", include_str!("../node/http_parser.js"));

/// The parser inside Node.js, pinned by the version of its llhttp.
pub const NODE_HTTP_PARSER: NodeRecipe<'static> = NodeRecipe {
    name: "node-http-parser",
    version: "9.3.1",
    part: Some("llhttp"),
    packages: None,
    files: &[SDK, HTTP_PARSER, ("adapter.js", include_str!("../node/node-http-parser/adapter.js"))],
};

/// http-parser-js, pinned.
pub const HTTP_PARSER_JS: NodeRecipe<'static> = NodeRecipe {
    name: "http-parser-js",
    version: "0.5.10",
    part: None,
    packages: Some((
        include_str!("../node/http-parser-js/package.json"),
        include_str!("../node/http-parser-js/package-lock.json"),
    )),
    files: &[SDK, HTTP_PARSER, ("adapter.js", include_str!("../node/http-parser-js/adapter.js"))],
};
