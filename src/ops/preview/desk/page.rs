//! The page of the desk: its frame, in the officer's language. Its script fills it with the state.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::desk_words::DeskWords;
use crate::base::language::words::PreviewWords;
use crate::feedback::server::desk::page::DeskPage;

const PAGE: &str = include_str!("desk.html");
const STYLE: &str = include_str!("desk.css");
const SCRIPT: &str = include_str!("desk.js");

/// What the template needs.
#[derive(Serialize)]
struct DeskFrame<'a> {
    lang: Lang,
    file: &'a str,
    words: &'a DeskWords,
    preview: &'a PreviewWords,
    style: &'a str,
    script: &'a str,
}

/// The page for the issue in a file; `file` is its name in messages.
pub fn page(file: &str, lang: Lang) -> DeskPage {
    let language = lang.language();
    let frame =
        DeskFrame { lang, file, words: &language.desk, preview: &language.preview, style: STYLE, script: SCRIPT };
    // minijinja escapes by the extension of the name. The template is built in, and the tests render it.
    let html = Environment::new().render_named_str("desk.html", PAGE, Serde(frame)).unwrap_or_default();
    DeskPage::new(html, SCRIPT, STYLE)
}
