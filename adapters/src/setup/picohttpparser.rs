//! picohttpparser: it has no releases, so it is the one that `gunicorn_h1c` carries, and has that package's version.
//!
//! It is compiled without `-msse4.2`, which is its own default: its loops for one octet at a time.

use super::c_library::CLibraryRecipe;
use super::sdist::Sdist;

/// The recipe for picohttpparser.
pub const PICOHTTPPARSER: CLibraryRecipe = CLibraryRecipe {
    name: "picohttpparser",
    version: "h1c-0.6.9",
    package: Sdist {
        name: "gunicorn_h1c",
        version: "0.6.9",
        sha256: "1847ff14fe6354a0808785dbcab25c7fbf5e621a1593bc1456c2fadf018103b1",
    },
    wanted: &["src/gunicorn_h1c/picohttpparser", "LICENSE"],
    include: "src/gunicorn_h1c/picohttpparser",
    sources: &["src/gunicorn_h1c/picohttpparser/picohttpparser.c"],
    shim: include_str!("../../c/picohttpparser/picohttpparser.c"),
    marks: None,
};
