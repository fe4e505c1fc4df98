//! The text of an issue, read and checked once; every edition is made from it.
//!
//! The steps of [`Manuscript::read`]: the lines are checked for characters and depth that no parser should see
//! ([`common_mistakes`], [`nesting`]); template tags are replaced by placeholders ([`placeholders`]); Markdown becomes a tree
//! ([`tree`]), again where it shows that the text must change ([`parsed_text`]): attributes of kramdown are converted
//! ([`kramdown`]), kinds of notices become those of Markdown ([`alert_names`]), and dates that would become numbered
//! lists are escaped ([`ordinals`]). In the tree, words in angle brackets that are not HTML are text
//! ([`unknown_elements`]), and the words behind a fence become nodes of it ([`labels`]), as do the titles of pictures
//! ([`captions`]); fences, blocks and definitions are checked ([`unclosed`], [`fences`], [`unread_fences`], [`blocks`],
//! [`notes`], [`definitions`], [`lost_text`], [`misread_emphasis`], [`misread_lines`], [`list_numbers`]); tables are
//! read, pasted ones and those in files ([`table`]); each tag gets its own node ([`tag_nodes`]) and is checked
//! against its partner ([`structure`]); short lines keep their breaks ([`short_lines`]). Snippets were expanded before
//! ([`snippets`]).

pub(crate) mod alert_names;
pub(crate) mod blocks;
pub(crate) mod buttons;
pub(crate) mod captions;
pub(crate) mod columns;
pub(crate) mod common_mistakes;
pub(crate) mod content_blocks;
pub(crate) mod definitions;
pub(crate) mod detached_tree;
pub(crate) mod double_encoding;
mod doubled_greeting;
pub(crate) mod fence_signs;
pub(crate) mod fences;
pub(crate) mod kramdown;
pub(crate) mod labels;
pub(crate) mod lines;
pub(crate) mod list_numbers;
pub(crate) mod lost_text;
pub mod matrix;
pub(crate) mod misread_emphasis;
pub(crate) mod misread_lines;
pub(crate) mod nesting;
pub(crate) mod notes;
pub(crate) mod ordinals;
pub(crate) mod parsed_text;
pub(crate) mod placeholders;
pub mod readability;
pub(crate) mod short_lines;
pub mod snippets;
pub(crate) mod structure;
pub(crate) mod table;
pub(crate) mod tag_nodes;
pub mod texts;
pub mod translation_coverage;
pub(crate) mod tree;
pub(crate) mod unclosed;
pub(crate) mod unknown_elements;
pub(crate) mod unread_fences;
pub(crate) mod visibility;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use comrak::Arena;
use comrak::nodes::Node;

use crate::audience::AudienceId;
use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::issue::Issue;
use crate::issue::edition_key::{EditionKey, FollowedAudiences};
use crate::issue::manuscript::detached_tree::DetachedTree;
use crate::issue::manuscript::matrix::{BlockMatrix, MatrixBlock};
use crate::issue::manuscript::parsed_text::ParsedText;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::texts::TextSource;
use crate::issue::manuscript::translation_coverage::TranslationGroup;
use crate::people::person::Localised;

/// What a text is read with.
#[derive(Clone, Copy)]
pub struct ManuscriptContext<'s> {
    /// Every audience of the project: a block that names any other is an error.
    pub audiences: &'s BTreeSet<AudienceId>,
    /// The files that its tables are in.
    pub texts: &'s dyn TextSource,
    /// Whether every greeting of the project begins with a word, such as "Hej", and not with the reader's name.
    pub greets_with_word: bool,
    /// Every text around it in an edition: a placeholder of this text must not occur in them.
    pub surroundings: &'s [&'s str],
}

/// The text of an issue in one language, read and checked.
#[derive(Debug)]
pub struct Manuscript {
    issue: Issue,
    text: CheckedText,
}

/// The text of an issue without its front matter.
#[derive(Debug)]
struct CheckedText {
    masked: PlaceholderText,
    placeholders: Placeholders,
    /// Absent if a mistake prevents making an edition.
    tree: Option<DetachedTree>,
    /// The blocks that decide who reads what.
    blocks: Vec<MatrixBlock>,
    /// The passages that are written in several languages.
    translated: Vec<TranslationGroup>,
    /// The audiences that `::: for` and `::: not` blocks name.
    followed: FollowedAudiences,
    /// The languages of its `::: lang` blocks.
    langs: BTreeSet<Lang>,
    diagnostics: Diagnostics,
}

impl Manuscript {
    fn read(issue: &Issue, readers: &[Lang], context: ManuscriptContext<'_>) -> Self {
        let front = [Some(&issue.front.subject), issue.front.preheader.as_ref()];
        let front = front.into_iter().flatten().flat_map(Localised::texts).map(|text| text.value.as_str());
        let surroundings: Vec<&str> = context.surroundings.iter().copied().chain(front).collect();
        let context = ManuscriptContext { surroundings: &surroundings, ..context };
        let text = CheckedText::read(&issue.source, issue.body.clone(), readers, context);
        Self { issue: issue.clone(), text }
    }

    /// The issue as it is in this language.
    pub fn issue(&self) -> &Issue {
        &self.issue
    }

    /// The problems of the text, for every reader.
    pub fn diagnostics(&self) -> &Diagnostics {
        &self.text.diagnostics
    }

    /// The text with placeholders for its tags.
    pub(crate) fn masked(&self) -> &PlaceholderText {
        &self.text.masked
    }

    /// Problems of one of its editions with each tag as its author typed it.
    pub(crate) fn reworded(&self, diagnostics: Diagnostics) -> Diagnostics {
        self.text.reworded(diagnostics)
    }

    /// The placeholders of its tags.
    pub(crate) fn placeholders(&self) -> &Placeholders {
        &self.text.placeholders
    }

    /// A copy of its tree; none if a mistake prevents making an edition.
    pub(crate) fn tree<'a>(&self, arena: &'a Arena<'a>) -> Option<Node<'a>> {
        self.text.tree.as_ref().map(|tree| tree.copy(arena))
    }

    /// The language in which readers of a language get the text: theirs, if any part of it is in that language; otherwise the
    /// language of the issue, or `native` if it has none.
    pub fn language(&self, reader: Lang, native: Lang) -> Lang {
        let is_theirs = self.has_text_in(reader) || self.chooses_by_language();
        if is_theirs { reader } else { self.issue.front.lang.unwrap_or(native) }
    }

    /// Whether its author wrote any part of it in a language: the whole text, the subject, a block, or words behind a tag that
    /// compares with the language, such as `{% if lang == "en" %}`.
    pub fn has_text_in(&self, lang: Lang) -> bool {
        let front = &self.issue.front;
        front.lang == Some(lang)
            || front.subject.langs().any(|subject| subject == lang)
            || self.text.langs.contains(&lang)
            || self.text.masked.tags.iter().any(|tag| tag.compares_with(lang))
    }

    /// Whether its tags read the language of the reader.
    pub(crate) fn chooses_by_language(&self) -> bool {
        self.text.masked.tags.iter().flat_map(|tag| &tag.variables).any(|name| name == "lang")
    }

    /// The readability of an edition, by the measure of its language. Absent if the language has none, or the text is short.
    pub fn readability(&self, key: &EditionKey) -> Option<u32> {
        let measure = key.lang.language().readability.as_ref()?;
        let arena = Arena::new();
        let root = self.tree(&arena)?;
        visibility::filter(root, key);
        readability::figure(root, measure)
    }
}

impl CheckedText {
    fn read(source: &Source, body: Range<usize>, readers: &[Lang], context: ManuscriptContext<'_>) -> Self {
        let mut diagnostics = Diagnostics::new();
        common_mistakes::check_directions(source, 0..body.start, &mut diagnostics);
        common_mistakes::check_characters(source, body.clone(), &mut diagnostics);
        double_encoding::check(source, &mut diagnostics);
        let mut depth = Diagnostics::new();
        nesting::check_lines(source, body.clone(), &mut depth);
        // A text that nests too deep is never parsed: the parser would exhaust the stack.
        let body = if depth.has_errors() { body.end..body.end } else { body };
        diagnostics.extend(depth);
        let texts = std::iter::once(source.text()).chain(context.surroundings.iter().copied());
        let placeholders = Placeholders::absent_from(texts);
        let mut wrong_tags = Diagnostics::new();
        let masked = placeholders::extract(source, body, &placeholders, &mut wrong_tags);
        let arena = Arena::new();
        let parsed = ParsedText::of(&arena, masked);
        let edits = kramdown::edits(&parsed, &placeholders, &mut diagnostics);
        let parsed = parsed.edited(&arena, edits);
        let edits = alert_names::edits(&parsed, &mut diagnostics);
        let parsed = parsed.edited(&arena, edits);
        let edits = ordinals::edits(&parsed);
        let ParsedText { masked, root } = parsed.edited(&arena, edits);
        unknown_elements::show(root, &masked, &placeholders, &mut diagnostics);
        let mut text = Self {
            blocks: matrix::blocks(root, &masked, &placeholders, readers),
            translated: translation_coverage::groups(root, &masked),
            followed: visibility::followed_audiences(root),
            langs: visibility::langs(root),
            masked,
            placeholders,
            tree: None,
            diagnostics,
        };
        if !text.diagnostics.has_errors() {
            text.diagnostics.extend(wrong_tags);
            text.tree = text.check(&arena, root, context);
        }
        let diagnostics = std::mem::take(&mut text.diagnostics);
        text.diagnostics = text.reworded(diagnostics);
        text.diagnostics.sort();
        text
    }

    /// Problems with each tag as its author typed it: a message may quote a part of the text in which placeholders are.
    fn reworded(&self, diagnostics: Diagnostics) -> Diagnostics {
        diagnostics.reworded(|text| tag::as_typed(text, &self.placeholders, &self.masked.tags))
    }

    /// Checks the tree and makes it ready for the editions; none if it nests too deep to be checked.
    fn check<'a>(
        &mut self,
        arena: &'a Arena<'a>,
        root: Node<'a>,
        context: ManuscriptContext<'_>,
    ) -> Option<DetachedTree> {
        let Self { masked, placeholders, diagnostics, .. } = self;
        labels::extract_labels(arena, root, masked);
        let before = diagnostics.iter().count();
        nesting::check(root, masked, diagnostics);
        if diagnostics.iter().count() > before {
            return None;
        }
        unclosed::check(root, masked, diagnostics);
        fences::check(root, masked, context.audiences, diagnostics);
        blocks::check(root, masked, context.audiences, diagnostics);
        notes::check_addresses(root, masked, diagnostics);
        definitions::check(root, masked, placeholders, diagnostics);
        lost_text::check(root, masked, diagnostics);
        misread_emphasis::check(root, masked, diagnostics);
        misread_lines::check(root, masked, diagnostics);
        common_mistakes::check(masked, &lines::code_lines(root), diagnostics);
        if context.greets_with_word {
            doubled_greeting::check(masked, diagnostics);
        }
        columns::separate_pictures(arena, root);
        captions::extract_captions(arena, root);
        table::convert_pasted(arena, root, masked, placeholders, diagnostics);
        tag_nodes::place_tags(arena, root, &masked.tags, placeholders);
        // After the lists around tags are joined.
        list_numbers::check(root, masked, diagnostics);
        structure::check(root, &masked.tags, diagnostics);
        columns::check(root, masked, diagnostics);
        short_lines::keep_breaks(root, masked, diagnostics);
        buttons::check(root, masked, diagnostics);
        // After the tags have their nodes: text in the cells of a file is never a tag.
        table::convert_files(arena, root, masked, context.texts, diagnostics);
        labels::convert_alerts(root);
        Some(DetachedTree::of(root))
    }
}

/// The problems of a text whose front matter has mistakes, so that all are reported at once.
pub fn check_draft(source: &Source, body: Range<usize>, context: ManuscriptContext<'_>) -> Diagnostics {
    CheckedText::read(source, body, &[], context).diagnostics
}

/// The texts of an issue: its own, and its translations.
#[derive(Debug)]
pub struct Manuscripts {
    own: Manuscript,
    translations: BTreeMap<Lang, Manuscript>,
}

impl Manuscripts {
    /// Reads every text of an issue whose snippets are expanded.
    pub fn read(issue: &Issue, context: ManuscriptContext<'_>) -> Self {
        let rest: Vec<Lang> = Lang::ALL.into_iter().filter(|lang| !issue.translations.contains_key(lang)).collect();
        let translation = |(lang, text): (&Lang, &Issue)| (*lang, Manuscript::read(text, &[*lang], context));
        Self {
            own: Manuscript::read(issue, &rest, context),
            translations: issue.translations.iter().map(translation).collect(),
        }
    }

    /// The issue with its translations.
    pub fn issue(&self) -> &Issue {
        &self.own.issue
    }

    /// The text that readers of a language get: the translation into it, if there is one.
    pub fn in_lang(&self, lang: Lang) -> &Manuscript {
        self.translations.get(&lang).unwrap_or(&self.own)
    }

    /// Its own text, and then its translations.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Manuscript> {
        std::iter::once(&self.own).chain(self.translations.values())
    }

    /// The blocks that decide who reads what.
    pub fn matrix(&self) -> BlockMatrix {
        BlockMatrix::new(self.all().flat_map(|manuscript| manuscript.text.blocks.iter().cloned()).collect())
    }

    /// The audiences that `::: for` and `::: not` blocks name: their members get an edition with, or without, the block.
    pub fn followed_audiences(&self) -> FollowedAudiences {
        let mut followed = FollowedAudiences::default();
        for FollowedAudiences { includes, leaves_out } in self.all().map(|manuscript| &manuscript.text.followed) {
            followed.includes.extend(includes.iter().cloned());
            followed.leaves_out.extend(leaves_out.iter().cloned());
        }
        followed
    }

    /// Reports which parts of the issue's own text are missing in a language of these editions.
    pub fn check_coverage(&self, native: Lang, editions: &BTreeSet<EditionKey>) -> Diagnostics {
        translation_coverage::check(&self.own.issue, &self.own.text.translated, native, editions)
    }
}
