//! One child process: pipes, threads that serve them, deadlines, and what is left when it is gone.

use std::collections::VecDeque;
use std::io::{BufReader, Read, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value as Json;

use super::contain::{contain, kill_one, note_started};
use super::host::Child;
use super::lines::{self, Line, Reply, is_object, reply};
use super::wire::{Hello, PROTOCOL};
use crate::bytes::escape;
use crate::endpoint::Profile;
use crate::transcript::FaultKind;

/// How much of what a child prints is kept.
const KEPT: usize = 64 << 10;

/// How much is read from a child at once.
const BUFFER: usize = 64 << 10;

/// Lines that are no answer, after which the child is taken to flood.
const NOISE: usize = 10_000;

/// A child is no more, or no longer trusted.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    pub(super) kind: FaultKind,
    pub(super) text: String,
}

impl Gone {
    /// It answered what is no answer.
    pub(super) fn garbage(what: String) -> Gone {
        Gone { kind: FaultKind::Garbage, text: what }
    }
}

/// A running child.
pub(super) struct Process {
    process: std::process::Child,
    to: Sender<String>,
    from: Receiver<Line>,
    stderr: Arc<Mutex<VecDeque<u8>>>,
    /// Ends when nothing more will be printed.
    printing: Receiver<()>,
    /// Lines since the last answer that were none.
    noise: usize,
    last_noise: String,
}

impl Process {
    /// Starts a child and takes its greeting. Errors are for people.
    pub(super) fn start(child: &Child) -> Result<(Process, Profile), String> {
        let Some((program, arguments)) = child.command.split_first() else {
            return Err("an empty command".to_owned());
        };
        let mut command = Command::new(program);
        command.args(arguments).envs(child.env.iter().map(|(n, v)| (n, v)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        contain(&mut command, child.limits.memory);
        let shown = program.to_string_lossy();
        let mut process =
            command.spawn().map_err(|e| format!("cannot start {shown}: {e}; is it installed and executable?"))?;
        note_started(process.id());
        let (stdin, stdout, stderr) = (process.stdin.take(), process.stdout.take(), process.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err("no pipes".to_owned());
        };
        let kept = Arc::new(Mutex::new(VecDeque::new()));
        let printing = keep_tail(stderr, kept.clone());
        let to = write_in_background(stdin);
        let from = read_in_background(stdout, child.limits.answer);
        let mut started = Process { process, to, from, stderr: kept, printing, noise: 0, last_noise: String::new() };
        let profile = started.greet(child)?;
        Ok((started, profile))
    }

    fn greet(&mut self, child: &Child) -> Result<Profile, String> {
        let _ = self.to.send(format!("{{\"hello\": {{\"protocol\": {PROTOCOL}}}}}\n"));
        let answer = self.next_object(child.limits.start).map_err(|gone| format!("no greeting: {}", gone.text))?;
        let hello = answer
            .get("hello")
            .ok_or_else(|| format!("the first answer is no hello: {}", escape(answer.to_string().as_bytes())))?;
        let hello: Hello = serde_json::from_value(hello.clone()).map_err(|e| format!("its hello is not right: {e}"))?;
        if hello.protocol == PROTOCOL {
            Ok(hello.profile)
        } else {
            Err(format!("it speaks version {} of the child protocol, wireproof {PROTOCOL}", hello.protocol))
        }
    }

    /// Queues a message.
    pub(super) fn send(&mut self, message: &impl Serialize) {
        let mut line = serde_json::to_string(message).unwrap_or_default();
        line.push('\n');
        let _ = self.to.send(line); // a dead writer shows as the end of answers
    }

    /// Queues a line that may be anything.
    pub(super) fn send_raw(&mut self, line: &str) {
        let _ = self.to.send(format!("{line}\n"));
    }

    /// The next answer to a run.
    pub(super) fn receive(&mut self, deadline: Duration) -> Result<Reply, Gone> {
        self.next(deadline, reply)?.map_err(Gone::garbage)
    }

    /// The next line that is a JSON object.
    pub(super) fn next_object(&mut self, deadline: Duration) -> Result<Json, Gone> {
        let object = |line: &[u8]| is_object(line).then(|| serde_json::from_slice(line));
        self.next(deadline, object)?.map_err(|e| Gone::garbage(e.to_string()))
    }

    /// The next line that `read` makes something of: one that holds a JSON object. Other lines are noise: libraries print.
    fn next<T>(&mut self, deadline: Duration, read: impl Fn(&[u8]) -> Option<T>) -> Result<T, Gone> {
        let until = Instant::now() + deadline;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.from.recv_timeout(left) {
                Ok(Line::Text(line)) => match read(&line) {
                    Some(object) => {
                        self.noise = 0;
                        return Ok(object);
                    }
                    None => self.note_noise(&line)?,
                },
                Ok(Line::TooLong) => {
                    return Err(Gone { kind: FaultKind::Flood, text: "an answer longer than the limit".to_owned() });
                }
                Err(RecvTimeoutError::Timeout) => {
                    let text = format!("no answer within {} s{}", deadline.as_secs_f32(), self.last_words());
                    return Err(Gone { kind: FaultKind::Hang, text });
                }
                Err(RecvTimeoutError::Disconnected) => return Err(self.autopsy()),
            }
        }
    }

    fn note_noise(&mut self, line: &[u8]) -> Result<(), Gone> {
        self.noise += 1;
        self.last_noise = escape(&line[..line.len().min(200)]);
        if self.noise > NOISE {
            let text = format!("{} lines that are no answers; the last: {}", self.noise, self.last_noise);
            return Err(Gone { kind: FaultKind::Flood, text });
        }
        Ok(())
    }

    /// How a process that closed its output ended.
    fn autopsy(&mut self) -> Gone {
        use std::os::unix::process::ExitStatusExt;
        let until = Instant::now() + Duration::from_secs(2);
        let status = loop {
            match self.process.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(2)),
                _ => break None,
            }
        };
        let _ = self.printing.recv_timeout(Duration::from_millis(200)); // its last words may still be on their way
        let (kind, how) = match status.map(|s| (s.signal(), s.code())) {
            Some((Some(signal), _)) => (FaultKind::Signal, format!("killed by signal {signal}")),
            Some((None, code)) => (FaultKind::Exit, format!("exited with status {}", code.unwrap_or(-1))),
            None => (FaultKind::Exit, "closed its output".to_owned()),
        };
        Gone { kind, text: format!("{how}{}", self.last_words()) }
    }

    /// The end of what it printed, as part of a sentence.
    fn last_words(&self) -> String {
        let kept = self.stderr.lock().map(|tail| tail.iter().copied().collect::<Vec<u8>>()).unwrap_or_default();
        let text = String::from_utf8_lossy(&kept);
        let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
        let tail: Vec<String> = lines[lines.len().saturating_sub(5)..].iter().map(|l| escape(l.as_bytes())).collect();
        match (tail.is_empty(), self.last_noise.is_empty()) {
            (false, _) => format!("; it said: {}", tail.join(" / ")),
            (true, false) => format!("; it printed: {}", self.last_noise),
            (true, true) => String::new(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        kill_one(self.process.id());
        let _ = self.process.wait();
    }
}

/// A thread that writes what it is sent, as much at once as there is. It ends when the sender or the child is gone.
fn write_in_background(mut stdin: ChildStdin) -> Sender<String> {
    let (to, messages) = channel::<String>();
    std::thread::spawn(move || {
        while let Ok(mut message) = messages.recv() {
            messages.try_iter().for_each(|next| message.push_str(&next));
            if stdin.write_all(message.as_bytes()).and_then(|()| stdin.flush()).is_err() {
                return;
            }
        }
    });
    to
}

/// A thread that reads lines, none longer than `most`, a few ahead.
fn read_in_background(stdout: ChildStdout, most: usize) -> Receiver<Line> {
    let (lines, from) = sync_channel(64);
    std::thread::spawn(move || read_lines(BufReader::with_capacity(BUFFER, stdout), most, &lines));
    from
}

fn read_lines(mut stdout: BufReader<ChildStdout>, most: usize, to: &SyncSender<Line>) {
    while let Some(line) = lines::next(&mut stdout, most) {
        if to.send(line).is_err() {
            return;
        }
    }
}

/// A thread that keeps the end of what is printed. What it returns is disconnected when nothing more will come.
fn keep_tail(mut stderr: impl Read + Send + 'static, kept: Arc<Mutex<VecDeque<u8>>>) -> Receiver<()> {
    let (ended, printing) = channel();
    std::thread::spawn(move || {
        let _ended = ended; // dropped with this thread
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = stderr.read(&mut buffer) {
            if let Ok(mut tail) = kept.lock() {
                tail.extend(&buffer[..n]);
                let over = tail.len().saturating_sub(KEPT);
                tail.drain(..over);
            }
        }
    });
    printing
}
