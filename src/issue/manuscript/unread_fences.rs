//! Lines that look like fences to people but not to Markdown: in code, within a line, or made of signs that only look
//! like colons. The text below such a line would reach every reader.
//!
//! Every line is tested independently of Markdown: a line that begins with two or more signs and the word of a block
//! was either read as a fence, or is an error, whether or not Markdown regards it as code.

use std::collections::{BTreeMap, BTreeSet};

use comrak::nodes::{Node, NodeCodeBlock, NodeValue};

use crate::audience::AudienceId;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::blocks;
use crate::issue::manuscript::fence_signs::{self, FenceSigns, SignForm};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

pub(crate) const NOT_A_FENCE: Code = Code("NL405");
const TOO_SHORT: Code = Code("NL414");
const IN_TEXT: Code = Code("NL415");
const NOT_COLONS: Code = Code("NL444");
const IN_CODE: Code = Code("NL445");

/// Reports such lines. Lines that are fences by their form, and are outside code, are compared with the tree elsewhere.
pub(crate) fn check(
    root: Node<'_>,
    masked: &PlaceholderText,
    audiences: &BTreeSet<AudienceId>,
    diagnostics: &mut Diagnostics,
) {
    let read = lines_read(root);
    let comments = lines::comment_lines(root);
    let code = code_blocks(root);
    let mut reported = BTreeSet::new();
    for (at, line) in masked.text.lines().enumerate() {
        let number = at + 1;
        if read.contains(&number) || comments.contains(&number) {
            continue;
        }
        let place = || masked.line(number);
        let block = code.range(..=number).next_back().filter(|(_, block)| block.last >= number);
        let signs = fence_signs::at_start(line).filter(|signs| is_meant(signs, audiences));
        match (block, signs.or_else(|| other_signs(line, audiences))) {
            (Some((first, block)), Some(signs)) => {
                // The other fences of a code block are the same mistake.
                if reported.insert(*first) {
                    let from = masked.line(*first).relative_to(&place());
                    diagnostics.push(block.diagnostic(&signs, &from).at(place()));
                }
            }
            (None, Some(_)) if is_fence(line) => {}
            (None, Some(signs)) => diagnostics.push(misread(&signs).at(place())),
            (_, None) if is_within(line, audiences) => diagnostics.push(
                Diagnostic::error(
                    IN_TEXT,
                    message!("a fence must be on a separate line", "et bloktegn skal stå på en linje for sig selv"),
                )
                .at(place())
                .hint(message!(
                    "break the line before `:::`, and close the block with `:::` on a separate line",
                    "bryd linjen før `:::`, og luk blokken med `:::` på en linje for sig selv"
                )),
            ),
            (_, None) => {}
        }
    }
}

/// The lines that open or close a block in the tree.
fn lines_read(root: Node<'_>) -> BTreeSet<usize> {
    let mut read = BTreeSet::new();
    for node in root.descendants() {
        let data = node.data();
        if matches!(data.value, NodeValue::BlockDirective(_)) {
            read.extend([data.sourcepos.start.line, data.sourcepos.end.line]);
        }
    }
    read
}

/// Whether a line is a fence by its form.
fn is_fence(line: &str) -> bool {
    lines::without_containers(line).starts_with(":::")
}

/// Whether signs are meant as a fence, by their number and the words behind them.
fn is_meant(signs: &FenceSigns<'_>, audiences: &BTreeSet<AudienceId>) -> bool {
    let FenceSigns { count, form, words } = *signs;
    let word = fence_signs::first_word(words);
    let is_kind = blocks::is_probable_kind(&word);
    match form {
        SignForm::Colons => count > 2 || words.is_empty() || is_kind || names_audience(words, audiences),
        // A line of three signs and nothing else closes a block.
        SignForm::LookAlikes => is_kind || words.is_empty() && count > 2 || names_audience(words, audiences),
    }
}

/// A line that only names readers, behind signs of any kind: `... only board`, `--- not suppliers`.
fn other_signs<'l>(line: &'l str, audiences: &BTreeSet<AudienceId>) -> Option<FenceSigns<'l>> {
    let content = lines::without_containers(line);
    let words = content.trim_start_matches(|character: char| !character.is_alphanumeric()).trim_end();
    let count = content[..content.len() - words.len()].chars().filter(|sign| !sign.is_whitespace()).count();
    let (kind, names) = words.split_once(char::is_whitespace)?;
    let is_kind = matches!(kind, "only" | "for" | "not" | "kun" | "ikke");
    let are_names = names
        .split([' ', ','])
        .filter(|name| !name.is_empty())
        .all(|name| audiences.iter().any(|audience| audience.as_str() == name));
    (count > 1 && is_kind && are_names).then_some(FenceSigns { count, form: SignForm::LookAlikes, words })
}

/// Whether the second word is an audience, so that the first is a misspelt `only`, `for` or `not`.
fn names_audience(words: &str, audiences: &BTreeSet<AudienceId>) -> bool {
    let second = words.split(char::is_whitespace).filter(|word| !word.is_empty()).nth(1);
    let second = second.map(|word| word.trim_matches(',').to_lowercase());
    second.is_some_and(|second| audiences.iter().any(|audience| audience.as_str() == second))
}

/// Whether there are a fence's signs and words behind other text.
fn is_within(line: &str, audiences: &BTreeSet<AudienceId>) -> bool {
    fence_signs::within(line).any(|signs| {
        let is_kind = blocks::is_probable_kind(&fence_signs::first_word(signs.words));
        is_kind && (signs.count > 2 || names_audience(signs.words, audiences))
    })
}

/// A line outside code.
fn misread(signs: &FenceSigns<'_>) -> Diagnostic {
    let written = format!("::: {}", signs.words);
    let written = written.trim_end();
    match signs.form {
        SignForm::Colons if signs.count == 2 => Diagnostic::error(
            TOO_SHORT,
            message!("a fence needs at least three colons", "et bloktegn skal have mindst tre koloner"),
        )
        .hint(message!("write this instead: {written}", "skriv i stedet: {written}")),
        SignForm::Colons => Diagnostic::error(
            NOT_A_FENCE,
            message!(
                "this line looks like a fence, but is not read as one",
                "linjen ligner et bloktegn, men læses ikke som et"
            ),
        )
        .hint(message!(
            "put `{written}` at the start of a line of its own",
            "sæt `{written}` først på en linje for sig selv"
        )),
        SignForm::LookAlikes => Diagnostic::error(
            NOT_COLONS,
            message!(
                "this line looks like a fence, but its signs are not three colons in a row",
                "linjen ligner et bloktegn, men tegnene er ikke tre koloner i træk"
            ),
        )
        .hint(message!("write this instead: {written}", "skriv i stedet: {written}")),
    }
}

/// A code block.
struct CodeLines {
    last: usize,
    kind: CodeKind,
}

/// How code ends.
enum CodeKind {
    Indented,
    Closed,
    /// It never does.
    Unclosed,
}

/// The code blocks by their first line.
fn code_blocks(root: Node<'_>) -> BTreeMap<usize, CodeLines> {
    let mut blocks = BTreeMap::new();
    for node in root.descendants() {
        let data = node.data();
        let NodeValue::CodeBlock(code) = &data.value else { continue };
        let NodeCodeBlock { fenced, closed, .. } = &**code;
        let kind = match (fenced, closed) {
            (false, _) => CodeKind::Indented,
            (true, true) => CodeKind::Closed,
            (true, false) => CodeKind::Unclosed,
        };
        blocks.insert(data.sourcepos.start.line, CodeLines { last: data.sourcepos.end.line, kind });
    }
    blocks
}

impl CodeLines {
    /// Reports a fence in it; `from` is its first line.
    fn diagnostic(&self, signs: &FenceSigns<'_>, from: &Message) -> Diagnostic {
        let message = message!(
            "this line looks like a fence, but is code: all readers would see its block",
            "linjen ligner et bloktegn, men er kode: alle læsere ville se blokken"
        );
        let written = format!("::: {}", signs.words);
        let written = written.trim_end();
        let hint = match self.kind {
            CodeKind::Indented => message!(
                "write it without indentation; to show a fence, write `` `{written}` ``",
                "skriv den uden indrykning; vil du vise et bloktegn, så skriv `` `{written}` ``"
            ),
            CodeKind::Closed => {
                message!(
                    "move it out of the code block from {from}; to show a fence, write `` `{written}` ``",
                    "flyt den ud af kodeblokken fra {from}; vil du vise et bloktegn, så skriv `` `{written}` ``"
                )
            }
            CodeKind::Unclosed => message!(
                "close the code block from {from} before this line",
                "luk kodeblokken fra {from} før denne linje"
            ),
        };
        Diagnostic::error(IN_CODE, message).hint(hint)
    }
}
