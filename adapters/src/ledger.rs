//! The reviewed failures of the bundled subjects, one book each: the files of `adapters/ledger/`; and the reviewed
//! differences that fuzzing finds: the files of `adapters/differences/`.

include!(concat!(env!("OUT_DIR"), "/books.rs"));
include!(concat!(env!("OUT_DIR"), "/differences.rs"));
