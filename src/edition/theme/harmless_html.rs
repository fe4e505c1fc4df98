//! Recognises harmless pages quickly, so that only the others are read token by token.
//!
//! Nearly every page is what the inliner wrote: names in lower case, values in double quotes. Anything written in
//! another way, or that needs a closer look, does not count as harmless here. Whatever counts as harmless must also be
//! so for [`super::unsafe_html`] too.

use std::collections::HashSet;

use crate::edition::theme::unsafe_html::{self, ADDRESSES, ELEMENTS};
use crate::edition::theme::unsafe_styles;

/// How an address begins that a letter may have; the others need a closer look.
const ADDRESS_STARTS: [&str; 6] = ["#", "cid:", "http://", "https://", "mailto:", "tel:"];

/// Whether a page certainly runs, loads and sends nothing.
pub(super) fn is_harmless(page: &str) -> bool {
    let mut checked_styles = HashSet::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let Some(behind) = behind_markup(&rest[at + 1..], &mut checked_styles) else { return false };
        rest = behind;
    }
    true
}

/// What follows a harmless tag, comment or the like whose `<` was read; none if it may not be harmless.
fn behind_markup<'p>(html: &'p str, checked_styles: &mut HashSet<&'p str>) -> Option<&'p str> {
    if let Some(comment) = html.strip_prefix("!--") {
        return behind_comment(comment);
    }
    if let Some(doctype) = html.strip_prefix("!DOCTYPE ").or_else(|| html.strip_prefix("!doctype ")) {
        let (name, behind) = doctype.split_once('>')?;
        return name.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(behind);
    }
    // What Outlook sees of a comment ends with one of these.
    if matches!(html, "!" | "![endif]") {
        return Some("");
    }
    if let Some(closing) = html.strip_prefix('/') {
        return behind_name(closing).1.strip_prefix('>');
    }
    let (name, attributes) = behind_name(html);
    let behind = behind_attributes(attributes, checked_styles).filter(|_| is_harmless_name(name))?;
    match name {
        "style" => {
            let (css, behind) = up_to_end(behind, "</style>")?;
            unsafe_styles::find(css).is_none().then_some(behind)
        }
        "title" => up_to_end(behind, "</title>").map(|(_, behind)| behind),
        _ => Some(behind),
    }
}

/// A comment (HTML Standard, section 13.2.5.43 and following) ends at `-->`, unless it is one of the odd ones.
fn behind_comment(comment: &str) -> Option<&str> {
    let (text, behind) = comment.split_once("-->")?;
    let is_odd = text.starts_with(['>', '-']) || text.contains("--!");
    let is_harmless = unsafe_html::inside_of_comment(text).is_none_or(is_harmless);
    (is_harmless && !is_odd).then_some(behind)
}

/// The name that some HTML begins with, and what follows it.
fn behind_name(html: &str) -> (&str, &str) {
    let is_part = |byte: &u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'-');
    html.split_at(html.bytes().take_while(|byte| is_part(byte)).count())
}

fn is_harmless_name(name: &str) -> bool {
    // Those of Word, such as `<o:AllowPNG/>`, are not in lower case.
    let is = |element: &str| name.eq_ignore_ascii_case(element);
    let is_text = matches!(name, "style" | "title");
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !ELEMENTS.into_iter().any(is)
        && (is_text || !is("style") && !is("title"))
}

/// What follows the `>` of a tag whose attributes are all harmless.
fn behind_attributes<'p>(mut rest: &'p str, checked_styles: &mut HashSet<&'p str>) -> Option<&'p str> {
    loop {
        if let Some(behind) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("/>")) {
            return Some(behind);
        }
        let (name, value) = behind_name(rest.strip_prefix([' ', '\n'])?.trim_start_matches([' ', '\n']));
        let (value, behind) = value.strip_prefix("=\"")?.split_once('"')?;
        let is_harmless = !unsafe_html::acts(name)
            && match name {
                _ if name.is_empty() || name.contains(|letter: char| letter.is_ascii_uppercase()) => false,
                "style" => is_harmless_style(value, checked_styles),
                "http-equiv" => unsafe_html::is_harmless_meta(value),
                _ => !ADDRESSES.contains(&name) || is_harmless_address(value),
            };
        if !is_harmless {
            return None;
        }
        rest = behind;
    }
}

/// Most elements have the style of another one, which is checked once.
fn is_harmless_style<'p>(style: &'p str, checked: &mut HashSet<&'p str>) -> bool {
    if checked.contains(style) {
        return true;
    }
    let is_harmless = !style.contains('&') && unsafe_styles::find(style).is_none();
    is_harmless && checked.insert(style)
}

fn is_harmless_address(address: &str) -> bool {
    // Without a colon and without a character reference, which may be one, there is no scheme.
    ADDRESS_STARTS.iter().any(|start| address.starts_with(start)) || !address.contains([':', '&'])
}

/// What is before and behind the end of an element that has nothing but text.
fn up_to_end<'p>(html: &'p str, end: &str) -> Option<(&'p str, &'p str)> {
    let (text, behind) = html.split_at(html.find("</")?);
    Some((text, behind.strip_prefix(end)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_inliner_writes_is_harmless() {
        let page = "<!DOCTYPE html>\n<html lang=\"da\"><head><meta charset=\"utf-8\">\
            <meta http-equiv=\"X-UA-Compatible\" content=\"IE=edge\"><title>Nyt &lt;script&gt;</title>\
            <!--[if mso]><noscript><xml><o:PixelsPerInch>96</o:PixelsPerInch></xml></noscript><![endif]-->\
            <style>@media (max-width:480px){p{color:red !important}}</style></head><body style=\"margin:0\">\
            <!-- <script>x</script> --><a href=\"mailto:a@b.example\">a</a><a href=\"#b\">b</a><a href=\"\">c</a>\
            <img src=\"havnen.jpg\" alt=\"onclick=x\" style=\"width:100%\"><br></body></html>\n";
        assert!(is_harmless(page));
    }

    proptest! {
        #[test]
        fn what_is_harmless_has_no_unsafe_token(pieces in prop::collection::vec(prop::sample::select(&[
            "<p>", "</p>", "<td class=\"a\">", "<p style=\"color:red\">", "<p style=\"width:expression(1)\">", "<script>", "x", "<",
            ">", "\"", "'", "<a href=\"https://a.example/?a=1&amp;b\">", "<a href=\"javascript:x\">", "<a href=\"java&#115;cript:x\">",
            "<!--", "-->", "--!>", "<!-->", "-", "[if mso]>", "<![endif]", "<!", "<p onclick=\"x\">", " onclick=\"x\"", "<style>", "</style>",
            "</STYLE>", "p{color:red}", "@import 'x';", "<title>", "</title>", "<title\n>", "<p title=\"", "<p title='", "<img src=x/>", "/>",
            "<br/>", "&quot;", "</", "</title x=\"", "<!doctype html>", "<!DOCTYPE a \"b>", "<meta http-equiv=\"refresh\">", "<a\nhref=\"#b\">",
            "<a href=\" java\tscript:x\">", "<SCRIPT>", "<Style>", "<o:AllowPNG/>", "<p onClick=\"x\">", "<v:rect href=\"x:y\">", "<b class=\"a\"x=\"b\">", "\r", "\0", "<?x ", "<![CDATA[", "]]>",
        ][..]), 0..12)) {
            let page = pieces.concat();
            let found = unsafe_html::find(&page);
            prop_assert!(!is_harmless(&page) || found.is_empty(), "{page}: {found:?}");
        }
    }
}
