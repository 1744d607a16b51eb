//! The core's own adapter, compiled here, so that no mutant costs a build of the other subjects.

#[allow(unreachable_pub)] // it is public where it lives
#[path = "../../../adapters/src/rust/wireproof_http1.rs"]
mod wireproof_http1;

pub(crate) use self::wireproof_http1::WireproofHttp1;

use ::wireproof_http1::{Config as Options, Leniency};
use wireproof::http1::Http1;
use wireproof::{Config, Endpoint, Implementation, Profile, Role, Unsupported};

/// The reference HTTP/1.1 core with every leniency on, and `100 Continue` left to the application.
pub(crate) struct Lenient;

impl Implementation<Http1> for Lenient {
    fn profile(&self) -> &Profile {
        WireproofHttp1.profile()
    }

    fn open(&self, role: Role, config: &Config) -> Result<Box<dyn Endpoint<Http1>>, Unsupported> {
        let leniency = Leniency {
            bare_lf: true,
            obs_fold: true,
            status_without_space: true,
            target_octets: true,
            repeated_length: true,
            length_beside_coding: true,
        };
        wireproof_http1::open(role, config, Options { leniency, manual_continue: true, ..Options::default() })
    }
}
