//! The package of an issue for people who share it in their own channels.

use std::io;
use std::path::Path;

use crate::audience::channel::Channel;
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::ops::blocked::Blocked;
use crate::ops::calendar_export;
use crate::ops::channels::exports::{self, ExportedDocument, TextExport};
use crate::ops::channels::reader_data;
use crate::ops::channels::texts::{self, ChannelText, TextFiles};
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::web_pages::ArchiveSite;
use crate::publish::kit::picture_list::{self, KitPicture};
use crate::publish::kit::readme::{KitFile, KitReadme};
use crate::publish::kit::zip_file;
use crate::publish::page_frame::PageLook;
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};

/// The channel, in the record of an output folder.
const KIT: &str = "kit";

/// The package of an issue: a folder, and the same as a zip file beside it.
#[derive(Debug)]
pub struct KitExport {
    /// The files.
    pub part: ExportPart,
    /// The name of the folder.
    pub folder: String,
    /// The name of the zip file.
    pub zip: String,
    /// How many files are in it.
    pub count: usize,
}

/// Makes the package of an issue; the warnings are to be reported. `folder` is where it will be.
///
/// # Errors
///
/// The issue is not public, or one of its texts has errors, is too long for LinkedIn, or contains confidential text.
pub fn kit(prepared: &PreparedIssue<'_>, folder: &Path) -> Result<(KitExport, Diagnostics), Blocked> {
    let words = &prepared.inputs.native.language().kit;
    let mut package = KitFiles::default();
    let mut diagnostics = Diagnostics::new();
    for (export, purpose) in [
        (TextExport::Html, words.html),
        (TextExport::LinkedIn, words.linkedin),
        (TextExport::Text, words.text),
        (TextExport::Markdown, words.markdown),
    ] {
        let (made, found) = exports::files(prepared, export, folder)?;
        diagnostics.extend(found);
        package.add(export, made.part.files, &made.documents, purpose);
    }
    let calendar = calendar_export::calendars(prepared)?.part.files;
    package.named.extend(calendar.iter().map(|file| KitFile { name: file.name.clone(), purpose: words.calendar }));
    package.files.extend(calendar);
    let (texts, _) = texts::compile(prepared, Channel::Web)?;
    let pictures = pictures(&texts);
    if !pictures.is_empty() {
        let list = picture_list::text(&pictures, words);
        package.files.push(ChannelFile::new(format!("{}.txt", words.picture_list), list));
    }
    let readme = readme(prepared, &texts, package.named, pictures).html();
    package.files.push(ChannelFile::new(format!("{}.html", words.readme), readme));
    diagnostics.extend(reader_data::check(prepared, &package.files)?);
    Ok((finished(prepared, package.files)?, diagnostics))
}

/// The files of a package.
#[derive(Default)]
struct KitFiles {
    files: Vec<ChannelFile>,
    /// Those with text, for the page that says how to use them.
    named: Vec<KitFile>,
}

impl KitFiles {
    /// Adds the files of an export. Several exports have the same pictures under the same names.
    fn add(
        &mut self,
        export: TextExport,
        files: Vec<ChannelFile>,
        documents: &[ExportedDocument],
        purpose: &'static str,
    ) {
        for file in files {
            let own = file.name.rsplit('/').next().unwrap_or(&file.name);
            let is_document = documents.iter().any(|document| document.file == file.name);
            let name = if export == TextExport::LinkedIn { format!("linkedin-{own}") } else { own.to_owned() };
            if self.files.iter().any(|other| other.name == name) {
                continue;
            }
            self.named.extend(is_document.then(|| KitFile { name: name.clone(), purpose }));
            self.files.push(ChannelFile { name, ..file });
        }
    }
}

/// The pictures of the issue's own text and of its translations, under the names that they have in the package.
fn pictures(texts: &[ChannelText]) -> Vec<KitPicture> {
    let names = TextFiles::pictures(texts).names;
    let mut found: Vec<KitPicture> = Vec::new();
    for picture in texts.iter().flat_map(|text| picture_list::pictures(&text.article.blocks)) {
        let Some(file) = names.get(&picture.file).filter(|file| !found.iter().any(|other| other.file == **file)) else {
            continue;
        };
        found.push(KitPicture { file: file.clone(), ..picture });
    }
    found
}

fn readme(
    prepared: &PreparedIssue<'_>,
    texts: &[ChannelText],
    files: Vec<KitFile>,
    pictures: Vec<KitPicture>,
) -> KitReadme {
    let inputs = &prepared.inputs;
    let settings = inputs.project.settings();
    let article = texts.first().map(|text| &text.article);
    let contact = inputs.issue.front.reply_to.as_ref().or(settings.reply_to.as_ref()).unwrap_or(inputs.from());
    KitReadme {
        lang: inputs.native,
        sender: settings.name.clone(),
        contact: contact.address.to_string(),
        title: article.map(|article| article.title.clone()).unwrap_or_default(),
        description: article.map(|article| article.description.clone()).unwrap_or_default(),
        url: inputs.site.as_ref().and_then(|site| site.url(inputs.native)),
        files,
        pictures,
        look: PageLook { colour: settings.brand.colour, font: settings.brand.font.clone() },
    }
}

/// The folder with the files, and the zip file beside it, whose files are in a folder too.
fn finished(prepared: &PreparedIssue<'_>, files: Vec<ChannelFile>) -> Result<KitExport, Error> {
    let folder = ArchiveSite::folder_name(&prepared.inputs.issue);
    let in_folder = |file: ChannelFile| ChannelFile { name: format!("{folder}/{}", file.name), ..file };
    let mut files: Vec<ChannelFile> = files.into_iter().map(in_folder).collect();
    let count = files.len();
    let zip = format!("{folder}.zip");
    let failed = |error| Error::Write { path: zip.clone().into(), source: io::Error::other(error) };
    let packed = zip_file::zip(&files).map_err(failed)?;
    files.push(ChannelFile::new(zip.clone(), packed));
    let part = ExportPart { owner: ExportOwner::of_issue(KIT, &prepared.inputs.issue.id), files };
    Ok(KitExport { part, folder, zip, count })
}
