//! llhttp: its C sources from the source package of httptools, compiled with our shim.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wireproof::InProcess;

use super::sdist::Sdist;
use super::{LIMIT, LibraryRecipe, Recipe, SetupError, run_command, write_files};
use crate::c;

/// The version of llhttp in [`SOURCES`].
const VERSION: &str = "9.4.3";

/// Where llhttp's sources come from: its own releases carry no hash that a package client checks, and this one does.
const SOURCES: Sdist = Sdist {
    name: "httptools",
    version: "0.9.0",
    sha256: "d484ebb7e3a3f3597b0f645fbd1b85633674ca808c1f5ba11c2caf7c66f5c8b6",
};

/// The files of [`SOURCES`] that are used.
const WANTED: &[&str] =
    &["vendor/llhttp/include", "vendor/llhttp/src", "vendor/llhttp/LICENSE", "vendor/llhttp/LICENSE-MIT"];

/// Our shim.
const SHIM: &str = include_str!("../../c/llhttp/llhttp.c");

/// How it is compiled. A code of llhttp's that the shim does not know is an error.
const FLAGS: &[&str] =
    &["-std=c11", "-O2", "-g", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Werror=switch", "-DNDEBUG"];

const CC_REMEDY: &str = "install a C compiler (on Debian: gcc), or set CC to yours";

/// The recipe for llhttp.
#[derive(Clone, Copy, Debug, Default)]
pub struct Llhttp;

impl Llhttp {
    /// The shared object, once set up.
    pub fn library(&self, home: &Path) -> PathBuf {
        self.place(home).join("libwireproof-llhttp.so")
    }
}

impl LibraryRecipe for Llhttp {
    fn load(&self, home: &Path) -> Result<InProcess, String> {
        if !self.is_ready(home) {
            return Err("not set up: run `wireproof setup llhttp`".to_owned());
        }
        c::Library::load(&self.library(home))
    }
}

impl Recipe for Llhttp {
    fn name(&self) -> &str {
        "llhttp"
    }

    fn folder(&self) -> String {
        format!("llhttp-{VERSION}")
    }

    fn ingredients(&self) -> Vec<&[u8]> {
        let ours = [SHIM, c::HEADER, SOURCES.name, SOURCES.version, SOURCES.sha256, VERSION];
        ours.iter().chain(FLAGS).chain(WANTED).map(|text| text.as_bytes()).collect()
    }

    fn make(&self, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<(), SetupError> {
        say(&format!("downloading {} {}, which carries llhttp's sources", SOURCES.name, SOURCES.version));
        let archive = SOURCES.fetch(folder)?;
        SOURCES.unpack(&archive, WANTED, folder)?;
        check_version(&folder.join("vendor/llhttp/include/llhttp.h"))?;
        fs::remove_file(&archive).map_err(SetupError::file("remove", &archive))?;
        say(&format!("compiling llhttp {VERSION}"));
        write_files(folder, &[("wireproof.h", c::HEADER), ("shim.c", SHIM)])?;
        run_command(&mut compiler(folder), LIMIT, CC_REMEDY).map(drop)
    }
}

/// `cc`, or what `$CC` says (a program, and options after it), with everything to compile.
fn compiler(folder: &Path) -> Command {
    let named = std::env::var("CC").unwrap_or_default();
    let mut words = named.split_whitespace();
    let mut cc = Command::new(words.next().unwrap_or("cc"));
    let mut include = OsString::from("-I");
    include.push(folder.join("vendor/llhttp/include"));
    cc.args(words).args(FLAGS).arg(include).arg("-o").arg(folder.join("libwireproof-llhttp.so"));
    cc.arg(folder.join("shim.c"));
    cc.args(["api.c", "http.c", "llhttp.c"].map(|file| folder.join("vendor/llhttp/src").join(file)));
    cc
}

/// Checks that the sources are of the version that this recipe is named for.
fn check_version(header: &Path) -> Result<(), SetupError> {
    let text = fs::read_to_string(header).map_err(SetupError::file("read", header))?;
    let part = |name: &str| {
        let define = format!("#define LLHTTP_VERSION_{name} ");
        text.lines().find_map(|line| line.strip_prefix(&define)).unwrap_or("?")
    };
    let found = ["MAJOR", "MINOR", "PATCH"].map(part).join(".");
    if found == VERSION {
        return Ok(());
    }
    let package = format!("{} {}", SOURCES.name, SOURCES.version);
    Err(SetupError::Contents { package, what: format!("it carries llhttp {found}, expected {VERSION}") })
}
