//! Who is fuzzed in which target.

use wireproof::InProcess;
use wireproof_adapters::rust::{
    FlukeHpack, H2, H11r, HttlibHpack, HttpNet, Httparse, Hyper, MiloParser, Nghttp2, Nghttp2Hpack, Shiguredo,
    ShiguredoHpack, WireproofHpack, WireproofHttp1, WireproofHttp2, ureq_proto,
};
use wireproof_adapters::setup::llhttp::LLHTTP;
use wireproof_adapters::setup::picohttpparser::PICOHTTPPARSER;
use wireproof_adapters::setup::{LibraryRecipe, home};
use wireproof_engine::Target;
use wireproof_engine::panel::Member;

/// The variable that names other subjects than the usual ones, with commas between them.
const CHOICE: &str = "WIREPROOF_SUBJECTS";

/// A subject, if it can be had.
type Make = fn() -> Option<InProcess>;

/// The subjects of a target by name; the first is our own.
fn all(target: Target) -> &'static [(&'static str, Make)] {
    match target {
        Target::Http1 => &[
            ("wireproof-http1", || Some(InProcess::new(WireproofHttp1))),
            ("httparse", || Some(InProcess::new(Httparse))),
            ("llhttp", || library(&LLHTTP)),
            ("picohttpparser", || library(&PICOHTTPPARSER)),
            ("hyper", || Some(InProcess::new(Hyper))),
            ("h11r", || Some(InProcess::new(H11r))),
            ("http-net", || Some(InProcess::new(HttpNet))),
            ("milo-parser", || Some(InProcess::new(MiloParser))),
            ("ureq-proto", || Some(ureq_proto())),
        ],
        Target::Http2 => &[
            ("wireproof-http2", || Some(InProcess::new(WireproofHttp2))),
            ("nghttp2", || Some(InProcess::new(Nghttp2))),
            ("h2", || Some(InProcess::new(H2))),
            ("shiguredo-http2", || Some(InProcess::new(Shiguredo))),
        ],
        Target::Hpack => &[
            ("wireproof-hpack", || Some(InProcess::new(WireproofHpack))),
            ("nghttp2-hpack", || Some(InProcess::new(Nghttp2Hpack))),
            ("shiguredo-hpack", || Some(InProcess::new(ShiguredoHpack))),
            ("fluke-hpack", || Some(InProcess::new(FlukeHpack))),
            ("httlib-hpack", || Some(InProcess::new(HttlibHpack))),
        ],
    }
}

/// A C library that `wireproof setup NAME` built.
fn library(recipe: &dyn LibraryRecipe) -> Option<InProcess> {
    recipe.load(&home().ok()?).ok()
}

/// The first `usual` subjects of a target, or those that the environment names; those that are not set up are left out.
///
/// # Panics
/// If the environment names what is not here.
pub(crate) fn members(target: Target, usual: usize) -> Vec<Member> {
    let choice = std::env::var(CHOICE).unwrap_or_default();
    let names: Vec<&str> = choice.split(',').filter(|name| !name.is_empty()).collect();
    let known = |name: &&str| all(target).iter().any(|(known, _)| known == name);
    let unknown: Vec<_> = names.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "{CHOICE}: {unknown:?} cannot be fuzzed here");
    let wanted = |at: usize, name: &str| if names.is_empty() { at < usual } else { names.contains(&name) };
    let chosen = all(target).iter().enumerate().filter(|(at, (name, _))| wanted(*at, name));
    chosen.filter_map(|(_, (_, make))| Some(Member::here(target, make()?))).collect()
}

/// Whether a subject is one of ours, so that what it breaks is ours to mend.
pub(crate) fn is_ours(name: &str) -> bool {
    name.starts_with("wireproof-")
}
