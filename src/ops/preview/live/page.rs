//! The page of the live preview: its frame, in the officer's language. Its script fills it with the state.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::live_preview_words::LivePreviewWords;
use crate::base::language::words::PreviewWords;
use crate::feedback::server::live_preview::page::LivePreviewPage;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the template needs.
#[derive(Serialize)]
struct LivePreviewFrame<'a> {
    lang: Lang,
    file: &'a str,
    words: &'a LivePreviewWords,
    preview: &'a PreviewWords,
    style: &'a str,
    script: &'a str,
}

/// The page for the issue in a file; `file` is its name in messages.
pub fn page(file: &str, lang: Lang) -> LivePreviewPage {
    let language = lang.language();
    let frame = LivePreviewFrame {
        lang,
        file,
        words: &language.live_preview,
        preview: &language.preview,
        style: STYLE,
        script: SCRIPT,
    };
    // minijinja escapes by the extension of the name. The template is built in, and the tests render it.
    let html = Environment::new().render_named_str("page.html", PAGE, Serde(frame)).unwrap_or_default();
    LivePreviewPage::new(html, SCRIPT, STYLE)
}
