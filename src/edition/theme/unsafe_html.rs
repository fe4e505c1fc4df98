//! Finds elements and attributes of a page that run, load or send something, by the tokens that a mail client sees: upper
//! case, character references and broken tags hide nothing.

use std::cell::RefCell;
use std::collections::HashSet;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use crate::base::message::{Message, composed, message};
use crate::edition::links;
use crate::edition::theme::unsafe_styles;

/// Elements that run a script, load a page or a file, or send what a reader types.
pub(super) const ELEMENTS: [&str; 25] = [
    "applet", "audio", "base", "button", "canvas", "embed", "form", "frame", "frameset", "iframe", "input", "link",
    "math", "object", "option", "param", "portal", "script", "select", "source", "svg", "template", "textarea",
    "track", "video",
];
/// Attributes that hold an address.
pub(super) const ADDRESSES: [&str; 13] = [
    "action",
    "background",
    "cite",
    "data",
    "dynsrc",
    "formaction",
    "href",
    "longdesc",
    "lowsrc",
    "poster",
    "src",
    "usemap",
    "xlink:href",
];
/// Schemes that a letter may have. `cid` is a picture in it (RFC 2392).
const SCHEMES: [&str; 5] = ["cid", "http", "https", "mailto", "tel"];
/// The allowed values of `<meta http-equiv>`: all others affect the reader's mail program.
const HARMLESS_META: [&str; 2] = ["content-type", "x-ua-compatible"];

/// Something in a page that does not belong in a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnsafePart {
    /// What it is: `<script>`, `onclick=`.
    pub(super) what: Message,
    /// Words of it by which it can be found in the theme's files, the best first.
    pub(super) words: Vec<String>,
}

/// The parts of a page that run, load or send something.
pub(super) fn find(page: &str) -> Vec<UnsafePart> {
    let sink = UnsafePartSink::default();
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(page));
    _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.found.into_inner()
}

/// Whether an attribute runs something or loads a file, whatever its value.
pub(super) fn acts(attribute: &str) -> bool {
    attribute.starts_with("on") || matches!(attribute, "srcdoc" | "ping" | "srcset")
}

/// Whether `<meta http-equiv>` may have a value.
pub(super) fn is_harmless_meta(value: &str) -> bool {
    HARMLESS_META.iter().any(|word| value.trim().eq_ignore_ascii_case(word))
}

/// What Outlook sees of a comment: `<!--[if mso]>…<![endif]-->`.
pub(super) fn inside_of_comment(text: &str) -> Option<&str> {
    text.trim_start().strip_prefix("[if").and_then(|rest| rest.split_once("]>")).map(|(_, inside)| inside)
}

/// Collects what is unsafe.
#[derive(Default)]
struct UnsafePartSink {
    found: RefCell<Vec<UnsafePart>>,
    /// The text of the `<style>` element that is open.
    styles: RefCell<Option<String>>,
    /// The styles of elements that were checked: most elements have those of another one.
    checked: RefCell<HashSet<String>>,
}

impl UnsafePartSink {
    fn push(&self, what: Message, words: &[&str]) {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.found.borrow_mut().push(UnsafePart { what, words });
    }

    fn check_styles(&self, css: &str, around: &str) {
        if let Some(part) = unsafe_styles::find(css) {
            self.push(message!("`{}` in a style", "`{}` i en style", part.what), &[&part.what, around]);
        }
    }

    fn check_tag(&self, tag: &Tag) {
        let name = &*tag.name;
        if ELEMENTS.contains(&name) {
            self.push(composed!("`<{name}>`"), &[&format!("<{name}"), name]);
        }
        for attribute in &tag.attrs {
            let (key, value) = (&*attribute.name.local, &*attribute.value);
            if acts(key) {
                self.push(composed!("`{key}=`"), &[key]);
            } else if key == "style" {
                if !self.checked.borrow().contains(value) {
                    self.checked.borrow_mut().insert(value.to_owned());
                    self.check_styles(value, "style=");
                }
            } else if ADDRESSES.contains(&key) {
                // Browsers leave out spaces and control characters in front of and in a scheme (WHATWG URL, 4.4).
                let address: String = value.chars().filter(|letter| *letter > ' ').collect();
                let scheme = links::scheme(&address);
                if let Some(scheme) = scheme.filter(|scheme| !SCHEMES.contains(&scheme.as_str())) {
                    // A character reference may hide the scheme in the file.
                    let what =
                        message!("an address that begins with `{scheme}:`", "en adresse, der begynder med `{scheme}:`");
                    self.push(what, &[&format!("{scheme}:"), "&#", key]);
                }
            } else if key == "http-equiv" && !is_harmless_meta(value) {
                self.push(Message::verbatim(format!("`http-equiv={}`", value.trim())), &[key]);
            }
        }
    }

    fn check_comment(&self, text: &str) {
        if let Some(inside) = inside_of_comment(text) {
            self.found.borrow_mut().extend(find(inside));
        }
    }
}

impl TokenSink for UnsafePartSink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                self.check_tag(&tag);
                match &*tag.name {
                    "style" => {
                        self.styles.replace(Some(String::new()));
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                    "title" => return TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => {}
                }
            }
            Token::TagToken(tag) if &*tag.name == "style" => {
                if let Some(css) = self.styles.take() {
                    self.check_styles(&css, "<style");
                }
            }
            Token::CharacterTokens(text) => {
                if let Some(css) = &mut *self.styles.borrow_mut() {
                    css.push_str(&text);
                }
            }
            Token::CommentToken(text) => self.check_comment(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn end(&self) {
        if let Some(css) = self.styles.take() {
            self.check_styles(&css, "<style");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_loads_or_sends_something_is_found() {
        for (html, expected) in [
            ("<script>alert(1)</script>", "`<script>`"),
            ("<ScRiPt src=x>", "`<script>`"),
            ("<script\n>", "`<script>`"),
            ("<p onclick=alert(1)>", "`onclick=`"),
            ("<p OnMouseOver='x'>", "`onmouseover=`"),
            ("<p/onload=x>", "`onload=`"),
            ("<img src=x\nonerror=y>", "`onerror=`"),
            ("<base href='https://x.example/'>", "`<base>`"),
            ("<form action='https://x.example/'><input name=a></form>", "`<form>`"),
            ("<META HTTP-EQUIV=Refresh CONTENT='0;url=https://x.example/'>", "`http-equiv=Refresh`"),
            ("<a href='javascript:alert(1)'>", "an address that begins with `javascript:`"),
            ("<a href='java&#115;cript:alert(1)'>", "an address that begins with `javascript:`"),
            ("<a href=' java\tscript:alert(1)'>", "an address that begins with `javascript:`"),
            ("<img src='data:image/svg+xml,x'>", "an address that begins with `data:`"),
            ("<td background='file:///etc/passwd'>", "an address that begins with `file:`"),
            ("<iframe srcdoc='x'>", "`<iframe>`"),
            ("<link rel=stylesheet href='https://x.example/a.css'>", "`<link>`"),
            ("<svg><script>x</script></svg>", "`<svg>`"),
            ("<p style='width: expression(1)'>", "`expression(` in a style"),
            (r"<p style='background: \75rl(x)'>", "`url(` in a style"),
            ("<style>@import 'x';</style>", "`@import` in a style"),
            ("<STYLE>p { background: url(x) }</STYLE>", "`url(` in a style"),
            ("<style>p { behavior: x }", "`behavior` in a style"),
            ("<!--[if mso]><script>x</script><![endif]-->", "`<script>`"),
            ("<![if !mso]><iframe src=x><![endif]>", "`<iframe>`"),
            ("<title></title><script>x</script>", "`<script>`"),
        ] {
            let found = find(html);
            assert_eq!(found.first().map(|part| part.what.english()), Some(expected), "{html}: {found:?}");
        }
    }

    #[test]
    fn a_page_for_mail_clients_is_left_alone() {
        let page = "<!doctype html><html><head><meta charset=utf-8><meta http-equiv='X-UA-Compatible' content='IE=edge'>\
            <meta name=viewport content='width=device-width'><title>Nyt <script></title>\
            <!--[if mso]><noscript><xml><o:AllowPNG/></xml></noscript><style>p{color:#000 !important}</style><![endif]-->\
            <style>@media (max-width:480px){p{color:red !important}}</style></head><body>\
            <!-- <script>x</script> --><a href='mailto:a@b.example'>a</a><a href='#b'>b</a><a href=''>c</a>\
            <img src='cid:1' alt='onclick=x' style='width:100%'><v:roundrect href='https://a.example/' style='v-text-anchor:middle'>\
            <p>javascript: er et sprog, og &lt;script&gt; et element</p></body></html>";
        assert_eq!(find(page), Vec::new());
    }
}
