//! Whether HTML is well-formed, as Outlook reads it and as all others do.

use std::fmt::Write;

/// Elements that have no end.
const VOID: [&str; 8] = ["br", "hr", "img", "input", "link", "meta", "col", "wbr"];

/// Tags that do not belong together, for each kind of reader.
pub(super) fn mistakes(html: &str) -> Vec<String> {
    let readers = [("Outlook", "[if mso"), ("others", "[if !mso")];
    let reported = readers.into_iter().filter_map(|(name, condition)| {
        let mistake = unbalanced(&seen(html, condition))?;
        Some(format!("not well-formed for {name}: {mistake}"))
    });
    reported.collect()
}

/// The page for readers for whom a condition is true.
fn seen(html: &str, holding: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        let (condition, inner) = comment.split_once('>').unwrap();
        let shown = condition.starts_with("[if").then(|| condition.starts_with(holding));
        match shown {
            None => rest = comment.split_once("-->").unwrap().1,
            Some(shown) => {
                let (inner, after) = inner.split_once("<![endif]-->").unwrap();
                let inner = inner.trim_start_matches("<!-->").trim_start_matches("<!--").trim_end_matches("<!--");
                if shown {
                    out.push_str(inner);
                }
                rest = after;
            }
        }
    }
    out + rest
}

/// The first tag that closes what is not open, or that is never closed.
fn unbalanced(html: &str) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    let mut reported = String::new();
    while let Some((_, tag)) = rest.split_once('<') {
        if tag.starts_with('!') {
            rest = tag.split_once('>')?.1;
            continue;
        }
        let Some((inside, after)) = split_tag(tag) else { return Some(format!("a tag does not end: <{tag:.80}")) };
        rest = after;
        let name: String =
            inside.chars().take_while(|character| !character.is_whitespace() && *character != '>').collect();
        let name = name.to_ascii_lowercase();
        if let Some(closed) = name.strip_prefix('/') {
            let last = open.pop();
            if last.as_deref() != Some(closed) {
                write!(reported, "</{closed}> closes {last:?}, before {rest:.80}").unwrap();
                return Some(reported);
            }
        } else if !VOID.contains(&name.trim_end_matches('/')) && !inside.ends_with('/') {
            if name == "style" {
                rest = &rest[rest.find("</style")?..];
            }
            open.push(name);
        }
    }
    open.pop().map(|tag| format!("<{tag}> is never closed"))
}

/// A tag up to the `>` that is in no attribute, and what follows it.
fn split_tag(tag: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    for (at, letter) in tag.char_indices() {
        match (quote, letter) {
            (None, '>') => return Some((&tag[..at], &tag[at + 1..])),
            (None, '"' | '\'') => quote = Some(letter),
            (None, '<') => return None,
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
    }
    None
}
