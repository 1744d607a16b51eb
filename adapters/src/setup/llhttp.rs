//! llhttp: its own releases carry no hash that a package client checks, and the source package of httptools does.

use super::c_library::CLibraryRecipe;
use super::sdist::Sdist;

/// The recipe for llhttp.
pub const LLHTTP: CLibraryRecipe = CLibraryRecipe {
    name: "llhttp",
    version: "9.4.3",
    package: Sdist {
        name: "httptools",
        version: "0.9.0",
        sha256: "d484ebb7e3a3f3597b0f645fbd1b85633674ca808c1f5ba11c2caf7c66f5c8b6",
    },
    wanted: &["vendor/llhttp/include", "vendor/llhttp/src", "vendor/llhttp/LICENSE", "vendor/llhttp/LICENSE-MIT"],
    include: "vendor/llhttp/include",
    sources: &["vendor/llhttp/src/api.c", "vendor/llhttp/src/http.c", "vendor/llhttp/src/llhttp.c"],
    shim: include_str!("../../c/llhttp/llhttp.c"),
    marks: Some((
        "vendor/llhttp/include/llhttp.h",
        &["#define LLHTTP_VERSION_MAJOR 9", "#define LLHTTP_VERSION_MINOR 4", "#define LLHTTP_VERSION_PATCH 3"],
    )),
};
