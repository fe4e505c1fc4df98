//! The page of a package that says how to use it.

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::words::KitWords;
use crate::edition::html::escape::escape;
use crate::publish::kit::picture_list::KitPicture;
use crate::publish::page_frame::PageLook;

const TEMPLATE: &str = include_str!("readme.html");
const STYLE: &str = include_str!("readme.css");
const NAME: &str = "readme.html";

/// The content of the page.
#[derive(Clone, Debug)]
pub struct KitReadme {
    /// Its language.
    pub lang: Lang,
    /// Who made the issue: the newsletter or its series.
    pub sender: String,
    /// The address for questions from those who share it.
    pub contact: String,
    /// The subject of the issue.
    pub title: String,
    /// The preheader.
    pub description: String,
    /// The address of the page; absent: it has none.
    pub url: Option<String>,
    /// The files with text, and what each is for.
    pub files: Vec<KitFile>,
    /// The pictures.
    pub pictures: Vec<KitPicture>,
    /// How it looks.
    pub look: PageLook,
}

/// A file of a package.
#[derive(Clone, Debug, Serialize)]
pub struct KitFile {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: &'static str,
}

#[derive(Serialize)]
struct ReadmeValues<'a> {
    lang: Lang,
    words: &'a KitWords,
    sender: &'a str,
    contact: &'a str,
    title: &'a str,
    description: &'a str,
    url: Option<&'a str>,
    files: &'a [KitFile],
    pictures: &'a [KitPicture],
    style: String,
}

impl KitReadme {
    /// The page.
    pub fn html(&self) -> String {
        let values = ReadmeValues {
            lang: self.lang,
            words: &self.lang.language().kit,
            sender: &self.sender,
            contact: &self.contact,
            title: &self.title,
            description: &self.description,
            url: self.url.as_deref(),
            files: &self.files,
            pictures: &self.pictures,
            style: self.look.fill("readme.css", STYLE),
        };
        let mut engine = Environment::new();
        // Its own escaping writes each `/` of an address as `&#x2f;`.
        engine.set_formatter(|out, _, value| {
            let text = value.to_string();
            out.write_str(&if value.is_safe() { text } else { escape(&text) }).map_err(minijinja::Error::from)
        });
        // The template is built in, and the tests render it.
        _ = engine.add_template(NAME, TEMPLATE);
        engine.get_template(NAME).and_then(|template| template.render(Serde(values))).unwrap_or_default()
    }
}
