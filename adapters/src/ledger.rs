//! The reviewed failures of the bundled subjects, one book each: the files of `adapters/ledger/`.

include!(concat!(env!("OUT_DIR"), "/books.rs"));
