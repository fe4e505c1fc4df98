//! Opens a page in the user's browser.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// Whether a page was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserStart {
    /// A browser was started, or an open one shows the page.
    Started,
    /// No screen, or no browser.
    Missing,
}

/// How often, and how long, the exit status of the command that opens a page is polled.
const POLLS: u32 = 40;
const POLL: Duration = Duration::from_millis(25);

/// Opens a file or an address in the user's browser.
pub fn open(page: impl AsRef<OsStr>) -> BrowserStart {
    let is_macos = cfg!(target_os = "macos");
    // Without a screen, xdg-open starts a browser for terminals, which would wait for input that never comes.
    let has_screen = ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    if !is_macos && !has_screen {
        return BrowserStart::Missing;
    }
    let mut command = Command::new(if is_macos { "open" } else { "xdg-open" });
    command.arg(page.as_ref()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else { return BrowserStart::Missing };
    for _ in 0..POLLS {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return BrowserStart::Started,
            Ok(Some(_)) | Err(_) => return BrowserStart::Missing,
            Ok(None) => thread::sleep(POLL),
        }
    }
    // On some desktops the command lasts as long as the browser.
    BrowserStart::Started
}
