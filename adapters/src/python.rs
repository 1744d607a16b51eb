//! Python implementations, each a child process in an environment of its own.

use crate::setup::venv::VenvRecipe;

/// What an adapter author copies; set-up puts it beside each adapter.
pub const SDK: (&str, &str) = ("wireproof_adapter.py", include_str!("../sdk/python/wireproof_adapter.py"));

/// httptools, pinned.
pub const HTTPTOOLS: VenvRecipe<'static> = VenvRecipe {
    name: "httptools",
    version: "0.9.0",
    requirements_txt: include_str!("../python/httptools/requirements.txt"),
    files: &[SDK, ("adapter.py", include_str!("../python/httptools/adapter.py"))],
};

/// h11, pinned.
pub const H11: VenvRecipe<'static> = VenvRecipe {
    name: "h11",
    version: "0.16.0",
    requirements_txt: include_str!("../python/h11/requirements.txt"),
    files: &[SDK, ("adapter.py", include_str!("../python/h11/adapter.py"))],
};

/// waitress, pinned.
pub const WAITRESS: VenvRecipe<'static> = VenvRecipe {
    name: "waitress",
    version: "3.0.2",
    requirements_txt: include_str!("../python/waitress/requirements.txt"),
    files: &[SDK, ("adapter.py", include_str!("../python/waitress/adapter.py"))],
};

/// gunicorn, pinned.
pub const GUNICORN: VenvRecipe<'static> = VenvRecipe {
    name: "gunicorn",
    version: "27.0.1",
    requirements_txt: include_str!("../python/gunicorn/requirements.txt"),
    files: &[SDK, ("adapter.py", include_str!("../python/gunicorn/adapter.py"))],
};

/// h2 and what it is built on, pinned. It is called as its project is: `h2` alone would be several things.
pub const HYPER_H2: VenvRecipe<'static> = VenvRecipe {
    name: "hyper-h2",
    version: "4.4.1",
    requirements_txt: include_str!("../python/hyper-h2/requirements.txt"),
    files: &[SDK, ("adapter.py", include_str!("../python/hyper-h2/adapter.py"))],
};

/// hpack, pinned.
pub const HPACK_PYTHON: VenvRecipe<'static> = VenvRecipe {
    name: "hpack-python",
    version: "4.2.0",
    requirements_txt: include_str!("../python/hpack-python/requirements.txt"),
    files: &[SDK, ("adapter.py", include_str!("../python/hpack-python/adapter.py"))],
};
