//! A loaded library, and the endpoints it opened.

use std::any::Any;
use std::ffi::{CStr, CString, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use wireproof::{Config, Engine, EventRef, InProcess, Input, Profile, Role, SendError, Unsupported};

use super::abi::{self, Member};
use super::action::Action;

/// Octets asked for in one call of `wireproof_transmit`: few at first, for most calls bring none.
const TRANSMIT: [usize; 2] = [256, 16 * 1024];

/// A shared object that speaks the C ABI. It stays loaded as long as a subject or an endpoint made from it lives.
pub struct Library {
    open: abi::Open,
    receive: abi::Receive,
    send: abi::Send,
    why: abi::Why,
    transmit: abi::Transmit,
    close: abi::Close,
    /// Last, so that nothing above outlives the code it points to.
    _code: libloading::Library,
}

impl Library {
    /// Loads a shared object and makes a subject of it. The error says what is wrong with it.
    ///
    /// Loading runs the library's own code with all rights of this process: load what you trust.
    pub fn load(path: &Path) -> Result<InProcess, String> {
        let failed = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
        let path_in_full = path.canonicalize().map_err(|e| failed(&e))?;
        // SAFETY: the library's initialisers run; that they are sound is what a caller who loads it vouches for.
        let code = unsafe { open_code(&path_in_full) }.map_err(|e| failed(&e))?;
        let (library, profile) = Library::bind(code).map_err(|e| failed(&e))?;
        let library = Arc::new(library);
        let endpoints: Vec<CString> = profile.endpoints.iter().filter_map(|e| CString::new(e.as_str()).ok()).collect();
        Ok(InProcess::of_engines(profile, move |role, config| open_endpoint(&library, &endpoints, role, config)))
    }

    /// Looks up the functions and reads the profile.
    fn bind(code: libloading::Library) -> Result<(Library, Profile), String> {
        let version: abi::Abi = symbol(&code, "wireproof_abi")?;
        // SAFETY: the header gives this function this type in every version.
        let version = unsafe { version() };
        if version != abi::VERSION {
            return Err(format!("speaks version {version} of the C ABI, and this wireproof version {}", abi::VERSION));
        }
        let profile: abi::Profile = symbol(&code, "wireproof_profile")?;
        // SAFETY: the library speaks our version; it returns NULL or text that lives as long as `code`.
        let profile = unsafe { abi::text(profile()) }.ok_or("wireproof_profile gave NULL or no UTF-8")?;
        let profile = read_profile(profile)?;
        let library = Library {
            open: symbol(&code, "wireproof_open")?,
            receive: symbol(&code, "wireproof_receive")?,
            send: symbol(&code, "wireproof_send")?,
            why: symbol(&code, "wireproof_why")?,
            transmit: symbol(&code, "wireproof_transmit")?,
            close: symbol(&code, "wireproof_close")?,
            _code: code,
        };
        Ok((library, profile))
    }
}

/// Loads with every symbol resolved at once, so that a missing one is an error here and no crash in a run.
///
/// # Safety
/// The library's initialisers run.
#[cfg(unix)]
unsafe fn open_code(path: &Path) -> Result<libloading::Library, libloading::Error> {
    use libloading::os::unix;
    // SAFETY: the caller's promise.
    unsafe { unix::Library::open(Some(path), unix::RTLD_NOW | unix::RTLD_LOCAL) }.map(libloading::Library::from)
}

/// # Safety
/// The library's initialisers run.
#[cfg(not(unix))]
unsafe fn open_code(path: &Path) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: the caller's promise.
    unsafe { libloading::Library::new(path) }
}

/// One exported function. `T` is the type that the header declares for `name`.
fn symbol<T: Copy>(code: &libloading::Library, name: &str) -> Result<T, String> {
    // SAFETY: every call in this file names the type in `abi` that mirrors the header's declaration of `name`; what is
    // copied out is kept beside the library, in `Library`.
    let found = unsafe { code.get::<T>(name) };
    found.map(|function| *function).map_err(|_| format!("does not export {name}"))
}

/// Reads the profile and checks its names, so that a typing error does not become a silent n/a.
fn read_profile(json: &str) -> Result<Profile, String> {
    let profile: Profile = serde_json::from_str(json).map_err(|e| format!("wireproof_profile: {e}"))?;
    let protocols = wireproof::protocols();
    for endpoint in &profile.endpoints {
        let known = protocols.iter().any(|p| p.roles.iter().any(|r| *endpoint == format!("{}.{r}", p.name)));
        if !known {
            return Err(format!("wireproof_profile: unknown endpoint {endpoint:?}"));
        }
    }
    if profile.endpoints.iter().any(|e| e.split('.').next() != profile.endpoints[0].split('.').next()) {
        return Err("wireproof_profile: endpoints of two protocols; export a library for each".to_owned());
    }
    for name in profile.can.iter().chain(profile.cannot.keys()) {
        if !protocols.iter().any(|p| p.capabilities.iter().any(|c| c.name == name)) {
            return Err(format!("wireproof_profile: unknown capability {name:?}"));
        }
    }
    Ok(profile)
}

/// Opens the endpoint that plays this role; the protocol is not part of the question that [`InProcess`] asks, so a
/// library has one protocol.
fn open_endpoint(
    library: &Arc<Library>,
    endpoints: &[CString],
    role: Role,
    config: &Config,
) -> Result<Box<dyn Engine>, Unsupported> {
    let plays = |endpoint: &&CString| endpoint.to_bytes().ends_with(role.name().as_bytes());
    let name = endpoints.iter().find(plays).ok_or_else(|| Unsupported(format!("has no {role}")))?;
    let text = |options: &CStr| options.to_string_lossy().into_owned();
    let written;
    let options: &CStr = if config.0.is_empty() {
        c"{}"
    } else {
        let json = serde_json::to_string(config).map_err(|e| Unsupported(e.to_string()))?;
        written = CString::new(json).map_err(|e| Unsupported(e.to_string()))?;
        &written
    };
    let unsupported = || Unsupported(format!("does not open {} with {}", text(name), text(options)));
    // SAFETY: both texts end with a zero and live during the call.
    let handle = unsafe { (library.open)(name.as_ptr(), options.as_ptr()) };
    let handle = NonNull::new(handle).ok_or_else(unsupported)?;
    Ok(Box::new(Endpoint { library: library.clone(), handle }))
}

/// Octets up to which an input is copied for a library; copying more would be most of what a fast one is timed for.
const COPIED: usize = 16 << 10;

/// An open endpoint of a library.
struct Endpoint {
    library: Arc<Library>,
    handle: NonNull<c_void>,
}

impl Engine for Endpoint {
    fn receive(&mut self, input: Input<'_>, events: &mut dyn FnMut(&EventRef<'_>)) {
        let (kind, octets, ms) = match input {
            Input::Bytes(octets) => (abi::INPUT_BYTES, octets, 0),
            Input::Eof => (abi::INPUT_EOF, &[][..], 0),
            Input::Tick(ms) => (abi::INPUT_TICK, &[][..], ms),
        };
        // In an allocation of just their length reads beyond them show: neither a sanitizer nor a cut would notice them in the whole.
        let copy: Option<Box<[u8]>> = (octets.len() <= COPIED).then(|| octets.into());
        let octets = copy.as_deref().unwrap_or(octets);
        let mut sink = Sink { events, panic: None };
        let context = ptr::from_mut(&mut sink).cast();
        // SAFETY: the handle is open; the octets and the sink outlive the call, and nobody else touches them during it.
        unsafe {
            (self.library.receive)(self.handle.as_ptr(), kind, octets.as_ptr(), octets.len(), ms, take_event, context);
        }
        if let Some(panic) = sink.panic {
            resume_unwind(panic);
        }
    }

    fn send(&mut self, action: &wireproof::AnyAction) -> Result<(), SendError> {
        let answer = action.read_as(Action::read).map_err(SendError::Cannot)?.lend(|name, members| {
            // SAFETY: the handle is open; name and members live during the call.
            unsafe { (self.library.send)(self.handle.as_ptr(), name.as_ptr(), members.as_ptr(), members.len()) }
        });
        match answer {
            abi::DONE => Ok(()),
            abi::REFUSED => Err(SendError::Refused(self.why())),
            abi::CANNOT => Err(SendError::Cannot(self.why())),
            other => panic!("the shim breaks wireproof.h: wireproof_send returned {other}"),
        }
    }

    fn transmit(&mut self, out: &mut Vec<u8>) {
        let mut room = TRANSMIT[0];
        loop {
            let start = out.len();
            out.resize(start + room, 0);
            // SAFETY: the handle is open; `room` octets at `start` were just made.
            let wrote = unsafe { (self.library.transmit)(self.handle.as_ptr(), out[start..].as_mut_ptr(), room) };
            assert!(wrote <= room, "the shim breaks wireproof.h: wireproof_transmit returned more than capacity");
            out.truncate(start + wrote);
            if wrote == 0 {
                return;
            }
            room = TRANSMIT[usize::from(wrote == room)]; // to clear much room takes longer than most calls
        }
    }
}

impl Endpoint {
    /// The library's words about its last refusal.
    fn why(&self) -> String {
        // SAFETY: the handle is open; the text is NULL or lives until the next call, and is copied before it.
        unsafe { abi::text((self.library.why)(self.handle.as_ptr())) }.unwrap_or("no reason given").to_owned()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and this is its last use.
        unsafe { (self.library.close)(self.handle.as_ptr()) }
    }
}

/// Where a library's events go during one call.
struct Sink<'a> {
    events: &'a mut dyn FnMut(&EventRef<'_>),
    /// A panic on our side of the call: it must not unwind through C, and goes on after it.
    panic: Option<Box<dyn Any + Send>>,
}

/// `wp_sink`: shows one event to the [`Sink`] behind `context`.
///
/// # Safety
/// Called as the header says, from inside `wireproof_receive`, with the context it was given.
unsafe extern "C" fn take_event(context: *mut c_void, name: *const c_char, members: *const Member<'_>, count: usize) {
    // SAFETY: `context` is the sink that `receive` made, which is alive and lent to nobody else during its call.
    let sink = unsafe { &mut *context.cast::<Sink<'_>>() };
    if sink.panic.is_some() {
        return;
    }
    let events = &mut sink.events;
    // SAFETY: the pointers are what the header asks of a library.
    let read = catch_unwind(AssertUnwindSafe(|| unsafe { abi::read_event(name, members, count, events) }));
    sink.panic = match read {
        Ok(Ok(())) => None,
        Ok(Err(breach)) => Some(Box::new(format!("the shim breaks wireproof.h: {}", breach.text()))),
        Err(panic) => Some(panic),
    };
}
