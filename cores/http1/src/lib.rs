//! cores/http1
