//! A sans-I/O HTTP/2 core (RFC 9113). It opens no socket, reads no clock, starts no thread and draws no randomness.
//!
//! [`hpack`] is its field compression (RFC 7541), which stands alone.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod hpack;
