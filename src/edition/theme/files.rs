//! The files that a theme is made of, and those of the built-in themes.

use crate::base::source::text::Source;

/// One file of a theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeFile {
    /// The page.
    Letter,
    /// What is inside the `<head>` of the page.
    Head,
    /// The row above the text.
    Masthead,
    /// What is below the text.
    Footer,
    /// What is around the text part.
    Text,
    /// A button.
    Button,
    /// An event.
    Event,
    /// The styles of an issue's text that all themes share.
    Base,
    /// The styles of the theme itself.
    Styles,
    /// The changes in dark mode.
    Dark,
    /// The changes on phones.
    Phone,
}

impl ThemeFile {
    /// Each file of a theme.
    pub const ALL: [Self; 11] = [
        Self::Letter,
        Self::Head,
        Self::Masthead,
        Self::Footer,
        Self::Text,
        Self::Button,
        Self::Event,
        Self::Base,
        Self::Styles,
        Self::Dark,
        Self::Phone,
    ];

    /// Those that a page is put together from.
    pub(crate) const PAGE: [Self; 6] =
        [Self::Letter, Self::Head, Self::Masthead, Self::Footer, Self::Button, Self::Event];

    /// Its name in the folder of a theme.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Letter => "newsletter.html",
            Self::Head => "head.html",
            Self::Masthead => "masthead.html",
            Self::Footer => "footer.html",
            Self::Text => "newsletter.txt",
            Self::Button => "button.html",
            Self::Event => "event.html",
            Self::Base => "base.css",
            Self::Styles => "theme.css",
            Self::Dark => "dark.css",
            Self::Phone => "phone.css",
        }
    }
}

/// The theme that all others fall back on, file by file.
pub const DEFAULT: &str = "default";

macro_rules! built_in {
    ($($theme:literal $file:literal,)*) => {
        [$(($theme, $file, include_str!(concat!("../../../templates/", $theme, "/", $file)))),*]
    };
}

const BUILT_IN: [(&str, &str, &str); 27] = built_in![
    "default" "newsletter.html",
    "default" "head.html",
    "default" "masthead.html",
    "default" "footer.html",
    "default" "newsletter.txt",
    "default" "button.html",
    "default" "event.html",
    "default" "base.css",
    "default" "theme.css",
    "default" "dark.css",
    "default" "phone.css",
    "letter" "newsletter.html",
    "letter" "masthead.html",
    "letter" "footer.html",
    "letter" "newsletter.txt",
    "letter" "theme.css",
    "letter" "dark.css",
    "letter" "phone.css",
    "bulletin" "newsletter.html",
    "bulletin" "newsletter.txt",
    "bulletin" "theme.css",
    "bulletin" "dark.css",
    "bulletin" "phone.css",
    "magazine" "button.html",
    "magazine" "theme.css",
    "magazine" "dark.css",
    "magazine" "phone.css",
];

/// Every file of a theme.
#[derive(Clone, Debug)]
pub struct ThemeFiles {
    sources: [Source; 11],
}

impl ThemeFiles {
    /// The built-in theme of a name. Files that it lacks are those of the default theme, and so are all files of an unknown
    /// name.
    pub fn built_in(theme: &str) -> Self {
        let find = |theme: &str, file: ThemeFile| {
            let found = BUILT_IN.iter().find(|(of, name, _)| *of == theme && *name == file.name());
            found.map(|(theme, name, text)| Source::new(format!("templates/{theme}/{name}"), *text))
        };
        let sources = ThemeFile::ALL.map(|file| {
            let default = || find(DEFAULT, file).unwrap_or_else(|| Source::new(file.name(), ""));
            find(theme, file).unwrap_or_else(default)
        });
        Self { sources }
    }

    /// Each built-in file by the name that others include it by, such as `default/theme.css`.
    pub(crate) fn included() -> impl Iterator<Item = (String, &'static str)> {
        BUILT_IN.iter().map(|(theme, file, text)| (format!("{theme}/{file}"), *text))
    }

    /// The names of the built-in themes.
    pub fn names() -> impl Iterator<Item = &'static str> {
        // The files of one theme follow each other in the list.
        let mut before = "";
        BUILT_IN.iter().map(|(theme, ..)| *theme).filter(move |theme| std::mem::replace(&mut before, theme) != *theme)
    }

    /// Replaces a file by one of the project.
    pub fn replace(&mut self, file: ThemeFile, source: Source) {
        self.sources[file as usize] = source;
    }

    /// One file.
    pub fn source(&self, file: ThemeFile) -> &Source {
        &self.sources[file as usize]
    }

    /// The files that are the project's, except for copies of built-in ones, which change nothing.
    pub(crate) fn own(&self) -> impl Iterator<Item = &Source> {
        let is_built_in = |source: &Source| BUILT_IN.iter().any(|(.., text)| source.text() == *text);
        self.iter().map(|(_, source)| source).filter(move |source| !is_built_in(source))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (ThemeFile, &Source)> + Clone {
        ThemeFile::ALL.into_iter().zip(&self.sources)
    }
}
