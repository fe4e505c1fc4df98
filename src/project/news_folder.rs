//! Reads the files of a folder of news: the posts of a Jekyll site, or other Markdown files.

use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use crate::base::error::Error;
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::issue::translation;
use crate::project::files;
use crate::publish::news::item::MOST_ITEMS;
use crate::publish::news::permalink::SiteAddress;

/// The folder of a site with its posts.
const POSTS: &str = "_posts";
/// The settings of a site.
const CONFIG: &str = "_config.yml";
/// How deep folders may be inside each other.
const MAX_DEPTH: usize = 8;
/// Files that describe their folder, in lower case.
const NO_NEWS: [&str; 4] = ["readme.md", "_index.md", "contributing.md", "license.md"];

/// The content of a folder of news.
#[derive(Debug, Default)]
pub(crate) struct NewsFolder {
    /// The addresses of the site that it belongs to.
    pub(crate) site: SiteAddress,
    /// Its files, the last names first: names that begin with a day are in the order of the days.
    pub(crate) files: Vec<NewsFile>,
    /// How many files there are; those beyond [`MOST_ITEMS`] are not read.
    pub(crate) count: usize,
    /// Files that lead out of the folder through a link, and are not read.
    pub(crate) leading_out: Vec<PathBuf>,
}

/// A file that may be an item of news.
#[derive(Debug)]
pub(crate) struct NewsFile {
    /// Its path from the site's address, or else from the folder that the site or the files are in, beginning with the name of
    /// that: `https://forening.example/_posts/2026-11-03-nyt.md`, `cases/skole.md`. It is the same on every machine.
    pub(crate) path: String,
    /// Its text.
    pub(crate) source: Source,
}

/// Reads a folder: if it is a Jekyll site, its posts.
///
/// # Errors
///
/// The folder or a file in it cannot be read.
pub(crate) fn read(root: &Path, folder: &Path) -> Result<NewsFolder, Error> {
    let posts = folder.join(POSTS);
    let posts = if posts.is_dir() { posts } else { folder.to_owned() };
    let mut paths = Vec::new();
    collect(&posts, 0, &mut paths)?;
    let (inside, leading_out): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| files::is_inside(&posts, path));
    let site = site(root, &posts);
    let own = own_name(&posts, &site);
    let mut named: Vec<(String, PathBuf)> =
        inside.into_iter().map(|path| (format!("{own}/{}", below(&posts, &path)), path)).collect();
    let is_translation = |path: &Path| translation::of_file(path).is_some_and(|(main, _)| main.exists());
    named.retain(|(_, path)| !is_translation(path));
    named.sort_by(|one, other| other.0.cmp(&one.0));
    let count = named.len();
    named.truncate(MOST_ITEMS);
    let read = |(path, file): (String, PathBuf)| Ok(NewsFile { path, source: files::read_source(root, &file)? });
    let read_files = named.into_iter().map(read).collect::<Result<_, Error>>()?;
    Ok(NewsFolder { site, files: read_files, count, leading_out })
}

/// The Markdown files of a folder and of those in it, without those about the folder itself.
fn collect(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in files::entries(folder)? {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_markdown = path.extension().is_some_and(|extension| extension == "md" || extension == "markdown");
        let is_about_folder = NO_NEWS.contains(&file_name.as_str()) || (depth == 0 && file_name == "index.md");
        if path.is_dir() && depth < MAX_DEPTH && !path.is_symlink() {
            collect(&path, depth + 1, paths)?;
        } else if is_markdown && !is_about_folder && path.is_file() {
            paths.push(path);
        }
    }
    Ok(())
}

/// The name of a folder, which distinguishes its files from those of others: two sites may have a post of the same
/// name.
fn own_name(folder: &Path, site: &SiteAddress) -> String {
    let own = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = |folder: &Path| composed(&folder.file_name().unwrap_or_default().to_string_lossy());
    let above = own.parent().filter(|_| own.ends_with(POSTS)).map(name);
    let begin = site.root().map(str::to_owned).or(above);
    begin.map_or_else(|| name(&own), |begin| format!("{begin}/{}", name(&own)))
}

/// The path of a file from its folder.
fn below(folder: &Path, path: &Path) -> String {
    composed(&path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/"))
}

/// A name in the composed form: that of a file on a Mac may have `å` as two characters.
fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// The addresses of the site that a folder belongs to: its settings are in the folder, or in the one above it. A site whose
/// settings cannot be read has no address.
fn site(root: &Path, folder: &Path) -> SiteAddress {
    let above = folder.join("..");
    let source = [folder, &above].iter().find_map(|folder| files::read_source(root, &folder.join(CONFIG)).ok());
    let config = source.and_then(|source| yaml::parse(&source).ok());
    config.map(|config| SiteAddress::of_config(&config)).unwrap_or_default()
}
