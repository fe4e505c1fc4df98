//! An issue with everything it needs read, checked and compiled: one step before its plan.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::base::digest::HmacKey;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::delivery::file::FileReaders;
use crate::edition::compile;
use crate::edition::compiled::Edition;
use crate::edition::images::placement::Placement;
use crate::issue::edition_key::EditionKey;
use crate::letter::message_id::MessageIds;
use crate::letter::plan::{Plan, PlannedLetters, TransportKind};
use crate::letter::selection::{self, Selection, SelectionContext};
use crate::ops::issue_inputs::IssueInputs;
use crate::ops::languages;
use crate::ops::missed_blocks;
use crate::ops::web_pages::WebPage;
use crate::people::person::{Address, Person};
use crate::project::Project;
use crate::project::files;

const UNKNOWN_FIELD: Code = Code("NL603");

/// The variables of Jekyll (jekyllrb.com/docs/variables), which texts from a website read.
const SITE_VARIABLES: [&str; 6] = ["content", "jekyll", "layout", "page", "paginator", "site"];

/// Fields that a text may name even if no list of the project has them.
pub(crate) const BUILT_IN_FIELDS: [&str; 9] =
    ["email", "name", "first_name", "last_name", "lang", "greeting", "audience", "params", "unsubscribe_url"];

/// An issue that is compiled: its recipients, and an edition for each of them.
#[derive(Debug)]
pub struct PreparedIssue<'p> {
    /// What it was compiled from.
    pub inputs: IssueInputs<'p>,
    /// Who gets which edition.
    pub selection: Arc<Selection>,
    /// The editions by their ids.
    pub editions: BTreeMap<String, Edition>,
    /// Its pages on the web; none if it is not public.
    pub pages: Vec<WebPage>,
    /// The warnings about these pages.
    pub page_warnings: Diagnostics,
}

impl<'p> PreparedIssue<'p> {
    /// Reads the issue at a path with everything it needs, and compiles every edition that has recipients, and at least
    /// one for each audience. Absent if errors leave nothing to show.
    ///
    /// # Errors
    ///
    /// A file cannot be read; errors in files are diagnostics.
    pub fn of(project: &'p Project, path: &Path) -> Result<(Option<Self>, Diagnostics), Error> {
        let (inputs, mut diagnostics) = IssueInputs::read(project, path)?;
        let mut prepared = inputs.map(|inputs| Self::compile(inputs, &mut diagnostics));
        if let Some(prepared) = &mut prepared {
            prepared.inputs.apply_exemptions(&mut diagnostics);
            prepared.inputs.apply_exemptions(&mut prepared.page_warnings);
            // Not every check has run if there are errors: an exemption may be needed once they are fixed.
            if !diagnostics.has_errors() {
                diagnostics.extend(prepared.inputs.issue.front.ignore.needless(&diagnostics));
            }
        }
        project.settings().ignore.apply(&mut diagnostics);
        Ok((prepared, diagnostics))
    }

    /// Chooses the recipients' editions, compiles them and the pages, and checks them together.
    fn compile(inputs: IssueInputs<'p>, diagnostics: &mut Diagnostics) -> Self {
        let followed = inputs.manuscripts.followed_audiences();
        let choice = SelectionContext {
            audiences: &inputs.audiences,
            membership: &inputs.membership,
            followed: &followed,
            lang: inputs.project.settings().lang,
            former: inputs.former.as_ref(),
        };
        let issue = &inputs.issue;
        let selection = selection::select(issue, &choice);
        let selected = selection.editions();
        let audiences: Vec<AudienceId> = issue.front.audiences.iter().map(|audience| audience.value.clone()).collect();
        let matrix = inputs.manuscripts.matrix();
        let known = inputs.audiences.ids().cloned().collect();
        let missed = missed_blocks::find(&matrix, &selection, &inputs.membership);
        // A block that people miss because of the order of the audiences is not one to delete.
        let is_needed = |unread: &Diagnostic| {
            unread.severity == Severity::Error || !unread.place.as_ref().is_some_and(|place| missed.covers(place))
        };
        diagnostics.extend(matrix.check(&audiences, &selected, &known).into_iter().filter(is_needed).collect());
        diagnostics.extend(missed.diagnostics());
        let checked = languages::check(&inputs.project, &inputs.manuscripts, inputs.native, &choice, &selected);
        diagnostics.extend(checked);
        let keys: BTreeSet<EditionKey> =
            selected.into_iter().chain(selection::default_editions(issue, &choice)).collect();
        let mut prepared = Self {
            selection: Arc::new(selection),
            editions: BTreeMap::new(),
            pages: Vec::new(),
            page_warnings: Diagnostics::new(),
            inputs,
        };
        diagnostics.extend(prepared.complete(&Vec::from_iter(keys)));
        prepared.page_warnings = prepared.compile_pages();
        diagnostics.extend(prepared.page_warnings.clone());
        diagnostics.extend(prepared.unknown_fields());
        diagnostics.extend(languages::check_greetings(&prepared.inputs.project, &prepared.editions));
        prepared
    }

    /// Compiles the editions of these keys that are not compiled yet.
    pub(crate) fn complete(&mut self, keys: &[EditionKey]) -> Diagnostics {
        let IssueInputs { manuscripts, native, audiences, theme, pictures, .. } = &self.inputs;
        let mut diagnostics = Diagnostics::new();
        for key in keys {
            if self.editions.contains_key(&key.id()) {
                continue;
            }
            let Some(audience) = audiences.named(&key.audience) else { continue };
            let manuscript = manuscripts.in_lang(key.lang);
            diagnostics.extend(manuscript.diagnostics().clone());
            let context = self.inputs.surroundings().of_letters(audience, manuscript.language(key.lang, *native));
            let (edition, edition_diagnostics) = compile::edition(manuscript, key, &context, theme, pictures);
            diagnostics.extend(edition_diagnostics);
            let Some(edition) = edition else { continue };
            self.editions.insert(key.id(), edition);
        }
        diagnostics
    }

    fn compile_pages(&mut self) -> Diagnostics {
        let IssueInputs { site, manuscripts, theme, pictures, .. } = &self.inputs;
        let Some(site) = site else { return Diagnostics::new() };
        let context = self.inputs.surroundings().of_pages();
        let (pages, diagnostics) = site.compile(manuscripts, &context, theme, pictures);
        self.pages = pages;
        diagnostics
    }

    /// Warns of fields that no list has: the name may be misspelt, or the list that has it is not on this machine.
    fn unknown_fields(&self) -> Diagnostics {
        if !self.inputs.lists_are_read {
            return Diagnostics::new();
        }
        let fields = self.inputs.membership.fields().keys().map(String::as_str);
        // The default footer prints it in an issue of a series.
        let of_footer = self.inputs.series().map(|_| "unsubscribe_series_url");
        let known: BTreeSet<&str> = fields.chain(BUILT_IN_FIELDS).chain(of_footer).collect();
        let mut diagnostics = Diagnostics::new();
        for variable in self.editions.values().flat_map(Edition::variables) {
            let name = variable.name.split('.').next().unwrap_or_default();
            if known.contains(name) {
                continue;
            }
            let unknown = Diagnostic::unknown(UNKNOWN_FIELD, message!("field", "felt"), name, known.iter().copied());
            let unknown = if SITE_VARIABLES.contains(&name) {
                unknown.hint(message!(
                    "`{name}` is a variable of Jekyll, which a letter does not have: write the text itself",
                    "`{name}` er en variabel i Jekyll, som en mail ikke har: skriv selve teksten"
                ))
            } else {
                unknown
            };
            diagnostics.push(unknown.as_warning().at(variable.place.clone()));
        }
        diagnostics
    }

    /// The keys of the editions, in the order of their ids.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &EditionKey> {
        self.editions.values().map(|edition| &edition.key)
    }

    /// The recipient with this address and their edition; absent where no recipient has it.
    ///
    /// # Errors
    ///
    /// A long list that was spilled to disk cannot be read back.
    pub fn recipient(&self, address: &str) -> Result<Option<(Arc<Person>, &EditionKey)>, Error> {
        let id = Address::parse(address).ok().and_then(|address| self.inputs.membership.address_id(&address));
        let found = id.and_then(|id| self.selection.recipients().find(|recipient| recipient.address_id() == id));
        found.map(|recipient| Ok((Arc::new(recipient.person()?), recipient.edition()))).transpose()
    }

    /// The plan, to be frozen with its letters; `key` makes their Message-IDs.
    pub(crate) fn plan(&self, transport: TransportKind, key: HmacKey, now: Timestamp) -> (Plan, PlannedLetters) {
        let issue = &self.inputs.issue.id;
        let domain = self.inputs.from().address.domain().to_owned();
        let message_ids = MessageIds { key, domain };
        let letters = PlannedLetters::new(issue.clone(), Arc::clone(&self.selection), message_ids);
        let plan = Plan {
            issue: issue.clone(),
            series: self.inputs.series().cloned(),
            transport,
            date: self.inputs.date(now),
            fingerprint: self.inputs.files.clone(),
            editions: self.selection.editions().into_iter().collect(),
        };
        (plan, letters)
    }

    /// Writes the pictures that letters link to into the project's folder `public/`; absent if there are no new ones,
    /// or if letters carry their pictures.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub(crate) fn publish(&self) -> Result<Option<NewPictures>, Error> {
        let project = &self.inputs.project;
        project.check_public()?;
        let mut count = 0;
        for edition in self.editions.values() {
            let Placement::Hosted { .. } = edition.placement() else { continue };
            for picture in edition.pictures() {
                let path = project.public().join(picture.file_name());
                // The name is a digest of the content, so an existing file is the same picture.
                if !path.exists() {
                    files::write(&path, picture.bytes(), FileReaders::Everyone)?;
                    count += 1;
                }
            }
        }
        let url = project.settings().public_url.clone().filter(|_| count > 0);
        Ok(url.map(|url| NewPictures { count, url }))
    }
}

/// Pictures that were written to `public/` and must be uploaded before readers see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPictures {
    /// How many.
    pub count: usize,
    /// The address at which readers look for the folder.
    pub url: String,
}
