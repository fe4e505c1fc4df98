//! What surrounds the text of an issue in its letters and on its pages: sender, series, footer, links.

use crate::audience::audiences::Audiences;
use crate::audience::file::Audience;
use crate::base::language::Lang;
use crate::edition::context::EditionContext;
use crate::issue::Issue;
use crate::ops::web_pages::ArchiveSite;
use crate::project::Project;

/// Makes the contexts of an issue's editions.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The project, with the name and brand of the issue's series.
    pub(crate) project: &'a Project,
    /// The issue.
    pub(crate) issue: &'a Issue,
    /// The language of the issue's own text.
    pub(crate) native: Lang,
    /// Its pages on the web; absent: it has none.
    pub(crate) site: Option<&'a ArchiveSite>,
}

impl Surroundings<'_> {
    /// The context of the letters to an audience whose text is in this language.
    pub(crate) fn of_letters(self, audience: &Audience, lang: Lang) -> EditionContext {
        EditionContext {
            series: self.issue.front.series.as_ref().map(|_| self.project.settings().name.clone()),
            online: self.site.and_then(|site| site.url(lang)),
            ..self.project.edition_context(Some(audience), self.native)
        }
    }

    /// The context of a page on the web.
    pub(crate) fn of_pages(self) -> EditionContext {
        self.project.edition_context(None, self.native)
    }

    /// The context of every edition, as far as their texts differ: the placeholders of the issue must occur in none.
    pub(crate) fn all(self, audiences: &Audiences) -> Vec<EditionContext> {
        // Pages in other languages differ only in a last path segment such as `en/`, which no placeholder can contain.
        let letters = audiences.iter().map(|audience| self.of_letters(audience, self.native));
        letters.chain(self.site.map(|_| self.of_pages())).collect()
    }
}
