//! What comparing costs beside parsing alone: the same seeds by the parsers' own interfaces in one loop, and by the body
//! of the fuzz target `http1_differential`; processor time, rounds of both in turn, medians. `cargo run --release -p wireproof-fuzz --example direct`; llhttp and
//! picohttpparser take part in both if they are set up (`wireproof setup llhttp picohttpparser`) and there is a C compiler.

use std::ffi::{c_char, c_int, c_void};
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::ptr;
use std::time::Duration;

use libloading::Library;
use wireproof::bench::processor_time;
use wireproof_adapters::setup::llhttp::LLHTTP;
use wireproof_adapters::setup::picohttpparser::PICOHTTPPARSER;
use wireproof_adapters::setup::{Recipe, home};
use wireproof_engine::Input;
use wireproof_fuzz::{FUZZERS, Target, differential, seeds};
use wireproof_http1::{Config, Connection, Event, Received};

const ROUNDS: usize = 15;

/// As many field lines as the adapters of head parsers allow.
const LINES: usize = 256;

fn main() {
    let inputs: Vec<Vec<u8>> = seeds::seeds(&FUZZERS[1]);
    let parsed: Vec<Input> = inputs.iter().filter_map(|octets| Input::parse(Target::Http1, octets)).collect();
    let mut c = C::load();
    println!("{} inputs; C parsers: {}", inputs.len(), if c.is_some() { "yes" } else { "no" });
    let mut times: [Vec<Duration>; 6] = Default::default();
    for _ in 0..ROUNDS {
        let mut round: [Duration; 6] = Default::default();
        round[0] = timed(|| parsed.iter().for_each(core));
        round[1] = timed(|| parsed.iter().for_each(|input| _ = black_box(head(input))));
        if let Some(c) = &mut c {
            round[2] = timed(|| parsed.iter().for_each(|input| _ = black_box(c.llhttp(input))));
            round[3] = timed(|| parsed.iter().for_each(|input| _ = black_box(c.pico(input))));
        }
        round[4] = round[..4].iter().sum();
        round[5] = timed(|| inputs.iter().for_each(|octets| differential(Target::Http1, octets)));
        times.iter_mut().zip(round).for_each(|(times, time)| times.push(time));
    }
    let names =
        ["wireproof-http1", "httparse", "llhttp", "picohttpparser", "all, one after the other", "differential body"];
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2]
    });
    for (name, time) in names.iter().zip(medians) {
        println!("{name:>26}: {:8.0} ns an input", time.as_nanos() as f64 / inputs.len() as f64);
    }
    println!("{:>26}: {:8.2}", "ratio", medians[4].as_secs_f64() / medians[5].as_secs_f64());
}

/// Processor time, so that it does not matter what else the machine does.
fn timed(act: impl FnOnce()) -> Duration {
    let now = || Duration::from_nanos(processor_time().expect("a clock of the thread"));
    let begun = now();
    act();
    now() - begun
}

/// The reference core as an application would use it: requests are answered, a client has asked.
fn core(input: &Input) {
    let server = input.shape & 1 == 0;
    let mut out = Vec::new();
    let mut core = if server { Connection::server(Config::default()) } else { Connection::client(Config::default()) };
    if !server {
        let _ = core.send_request(b"GET", b"/", &[(&b"Host"[..], &b"a"[..])]);
        let _ = core.send_end(&[]);
    }
    let mut octets = &input.octets[..];
    let mut ended = false;
    loop {
        match core.receive(octets) {
            Ok(Received::Event { consumed, event }) => {
                octets = &octets[consumed..];
                match event {
                    Event::End(_) if server => {
                        let _ = core.send_response(200, b"OK", &[(&b"content-length"[..], &b"0"[..])]);
                        let _ = core.send_end(&[]);
                        core.transmit(&mut out);
                    }
                    Event::Closed => break,
                    event => drop(black_box(event)),
                }
            }
            Ok(_) if input.shape & 2 != 0 && !ended => {
                core.receive_eof();
                ended = true;
            }
            Ok(_) | Err(_) => break,
        }
    }
    core.transmit(&mut out);
    black_box(&out);
}

fn head(input: &Input) -> bool {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    if input.shape & 1 == 0 {
        httparse::Request::new(&mut lines).parse(&input.octets).is_ok_and(|status| status.is_complete())
    } else {
        httparse::Response::new(&mut lines).parse(&input.octets).is_ok_and(|status| status.is_complete())
    }
}

type Init = unsafe extern "C" fn(*mut c_void, c_int, *const c_void);
type Execute = unsafe extern "C" fn(*mut c_void, *const u8, usize) -> c_int;
type Slot = *mut *const c_char;
type ParseRequest = unsafe extern "C" fn(
    *const u8,
    usize,
    Slot,
    *mut usize,
    Slot,
    *mut usize,
    *mut c_int,
    *mut Line,
    *mut usize,
    usize,
) -> c_int;
type ParseResponse = unsafe extern "C" fn(
    *const u8,
    usize,
    *mut c_int,
    *mut c_int,
    Slot,
    *mut usize,
    *mut Line,
    *mut usize,
    usize,
) -> c_int;

/// `struct phr_header`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Line(*const c_char, usize, *const c_char, usize);

/// The C parsers, compiled from the sources that set-up fetched, without our shims.
struct C {
    init: Init,
    execute: Execute,
    request: ParseRequest,
    response: ParseResponse,
    settings: [u64; 128],
    _code: Library,
}

impl C {
    fn load() -> Option<C> {
        let home = home().ok()?;
        let (llhttp, pico) = (LLHTTP.place(&home).join("vendor/llhttp"), PICOHTTPPARSER.place(&home));
        let pico = pico.join("src/gunicorn_h1c/picohttpparser/picohttpparser.c");
        let folder = tempfile::tempdir().ok()?;
        let library = folder.path().join("direct.so");
        let mut cc = Command::new("cc");
        cc.args(["-std=c11", "-O2", "-fPIC", "-shared", "-DNDEBUG", "-o"])
            .arg(&library)
            .arg("-I")
            .arg(llhttp.join("include"));
        cc.args(["api.c", "http.c", "llhttp.c"].map(|file| llhttp.join("src").join(file))).arg(&pico);
        if !pico_is_there(&pico) || !cc.status().ok()?.success() {
            return None;
        }
        // SAFETY: the two libraries have no initialisers.
        let code = unsafe { Library::new(&library) }.ok()?;
        // SAFETY: the types are those of llhttp.h and picohttpparser.h, in the versions that set-up pins.
        let (fill, init, execute, request, response) = unsafe {
            (
                *code.get::<unsafe extern "C" fn(*mut c_void)>(b"llhttp_settings_init").ok()?,
                *code.get::<Init>(b"llhttp_init").ok()?,
                *code.get::<Execute>(b"llhttp_execute").ok()?,
                *code.get::<ParseRequest>(b"phr_parse_request").ok()?,
                *code.get::<ParseResponse>(b"phr_parse_response").ok()?,
            )
        };
        let mut settings = [0; 128];
        // SAFETY: the settings are a struct of some thirty pointers, and there is room for more.
        unsafe { fill(settings.as_mut_ptr().cast()) };
        Some(C { init, execute, request, response, settings, _code: code })
    }

    fn llhttp(&mut self, input: &Input) -> c_int {
        let mut parser = [0_u64; 64];
        let kind = 1 + c_int::from(input.shape & 1); // HTTP_REQUEST, HTTP_RESPONSE
        // SAFETY: the parser is a struct of about a hundred octets, and there is room for more.
        unsafe {
            (self.init)(parser.as_mut_ptr().cast(), kind, self.settings.as_ptr().cast());
            (self.execute)(parser.as_mut_ptr().cast(), input.octets.as_ptr(), input.octets.len())
        }
    }

    fn pico(&self, input: &Input) -> c_int {
        let mut lines = [Line(ptr::null(), 0, ptr::null(), 0); LINES];
        let (mut one, mut other, mut lengths, mut numbers, mut count) =
            (ptr::null(), ptr::null(), [0; 2], [0; 2], LINES);
        let (octets, length) = (input.octets.as_ptr(), input.octets.len());
        let [first, second] = &mut lengths;
        let [minor, status] = &mut numbers;
        // SAFETY: every pointer is to a local of the type that the header names; `count` is the length of `lines`.
        unsafe {
            if input.shape & 1 == 0 {
                (self.request)(
                    octets,
                    length,
                    &mut one,
                    first,
                    &mut other,
                    second,
                    minor,
                    lines.as_mut_ptr(),
                    &mut count,
                    0,
                )
            } else {
                (self.response)(octets, length, minor, status, &mut one, first, lines.as_mut_ptr(), &mut count, 0)
            }
        }
    }
}

fn pico_is_there(source: &Path) -> bool {
    source.is_file()
}
