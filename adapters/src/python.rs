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
