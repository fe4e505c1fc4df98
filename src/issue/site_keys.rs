//! Keys of front matter that website generators read: a post of Jekyll or Hugo can be sent as it is.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::base::source::yaml::node::MappingKey;

const SKIPPED: Code = Code("NL656");

/// Keys of Jekyll that are always ignored, so that one file can serve both.
pub(super) const SILENT: [&str; 6] = ["layout", "parent", "nav_order", "tags", "tag", "permalink"];

/// Those of them that a newsletter alone has no use for. `tags` and `tag` are in both.
const STRUCTURAL: [&str; 4] = ["layout", "parent", "nav_order", "permalink"];

/// Keys that Jekyll, Hugo, Eleventy, Astro, Docusaurus, Hexo, Zola and Ghost read, and their usual themes and plugins, in
/// lower case and without `_` and `-`.
const KNOWN: [&str; 126] = [
    "abbrlink",
    "aliases",
    "audio",
    "author",
    "authors",
    "banner",
    "bibliography",
    "breadcrumbs",
    "build",
    "byline",
    "canonical",
    "canonicalurl",
    "cascade",
    "categories",
    "category",
    "classes",
    "collection",
    "comments",
    "contributors",
    "copyright",
    "cover",
    "coverimage",
    "createdat",
    "css",
    "customediturl",
    "customexcerpt",
    "disqus",
    "editpost",
    "eleventycomputed",
    "eleventyexcludefromcollections",
    "eleventynavigation",
    "excerpt",
    "excerptseparator",
    "expirydate",
    "extra",
    "feature",
    "featured",
    "featuredimage",
    "featureimage",
    "footer",
    "grandparent",
    "guid",
    "haschildren",
    "hastoc",
    "head",
    "header",
    "headless",
    "hero",
    "heroimage",
    "hidetableofcontents",
    "hidetitle",
    "hidetoc",
    "id",
    "imagealt",
    "imagecaption",
    "images",
    "iscjklanguage",
    "js",
    "katex",
    "keywords",
    "language",
    "lastmod",
    "lastmodified",
    "lastmodifiedat",
    "lastmodifieddate",
    "lastupdated",
    "linktitle",
    "locale",
    "markup",
    "math",
    "mathjax",
    "mediasubpath",
    "menu",
    "menus",
    "mermaid",
    "meta",
    "metadescription",
    "metatitle",
    "modified",
    "navexclude",
    "navtitle",
    "noindex",
    "ogimage",
    "order",
    "outputs",
    "pagination",
    "paginationnext",
    "paginationprev",
    "path",
    "pin",
    "pubdate",
    "published",
    "publishedat",
    "readtime",
    "redirectfrom",
    "redirectto",
    "ref",
    "renderwithliquid",
    "resources",
    "robots",
    "searchexclude",
    "seo",
    "share",
    "showreadingtime",
    "showtoc",
    "sidebar",
    "sidebarlabel",
    "sidebarposition",
    "sitemap",
    "social",
    "subtitle",
    "taxonomies",
    "teaser",
    "template",
    "templateengineoverride",
    "thumbnail",
    "toc",
    "tocopen",
    "top",
    "translationkey",
    "type",
    "unlisted",
    "updated",
    "updatedat",
    "url",
    "weight",
];

/// What the front matter of a file was written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A newsletter alone.
    Newsletter,
    /// A website too: it has a key that only a website reads.
    Website,
}

/// The keys of a file that only a website reads.
#[derive(Debug)]
pub(super) struct SiteKeys {
    origin: Origin,
    skipped: Vec<SkippedKey>,
}

#[derive(Debug)]
struct SkippedKey {
    name: String,
    place: Span,
}

impl SiteKeys {
    /// The keys of a file.
    pub(super) fn of<'k>(keys: impl Iterator<Item = &'k MappingKey>) -> Self {
        let mut keys = keys.map(|key| key.value.as_str());
        let is_site_post = keys.any(|key| is_site_key(key) || STRUCTURAL.contains(&key));
        let origin = if is_site_post { Origin::Website } else { Origin::Newsletter };
        Self { origin, skipped: Vec::new() }
    }

    /// What the file was written for.
    pub(super) fn origin(&self) -> Origin {
        self.origin
    }

    /// Leaves out a key, which [`Self::diagnostic`] reports.
    pub(super) fn skip(&mut self, key: &MappingKey, source: &Source) {
        self.skipped.push(SkippedKey { name: key.value.clone(), place: key.place(source) });
    }

    /// The report of all keys that were left out; `None` if there are none.
    pub(super) fn diagnostic(mut self) -> Option<Diagnostic> {
        self.skipped.sort_by_key(|key| (key.place.line(), key.place.column()));
        let names: Vec<String> = self.skipped.iter().map(|key| format!("`{}`", key.name)).collect();
        let first = self.skipped.into_iter().next()?;
        let names = names.join(", ");
        let message = message!(
            "not used in letters, since it is meant for a website: {names}",
            "bruges ikke i mails, da det er til en hjemmeside: {names}"
        );
        let hint = message!(
            "`export --to jekyll` keeps it; a value for letters belongs under `params:`, indented with 2 spaces",
            "`export --to jekyll` beholder det; en værdi til mails skal stå under `params:`, rykket 2 mellemrum ind"
        );
        Some(Diagnostic::warning(SKIPPED, message).at(first.place).hint(hint))
    }
}

/// Whether a website generator reads a key, and this program does not.
pub(super) fn is_site_key(key: &str) -> bool {
    let plain: String =
        key.chars().filter(|letter| !matches!(letter, '_' | '-')).flat_map(char::to_lowercase).collect();
    KNOWN.binary_search(&plain.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(KNOWN.is_sorted());
        assert!(is_site_key("featured_image") && is_site_key("expiryDate") && is_site_key("last-modified-at"));
        assert!(!is_site_key("subject") && !is_site_key("audiences") && !is_site_key("status"));
    }
}
