//! Texts for the people who use the program, in each language that it speaks to them.
//!
//! The languages of letters are separate: see `base/language`.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use serde::{Serialize, Serializer};

/// A language in which the program speaks to its users.
///
/// JSON, logs and the help of the command line are always in English: they are read by programs, and by people who search
/// the web for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserLanguage {
    /// English.
    #[default]
    English,
    /// Danish.
    Danish,
}

impl UserLanguage {
    /// The language of a POSIX locale or a language tag, such as `da_DK.UTF-8` or `da`.
    ///
    /// `None` for the locales that name no language, `C` and `POSIX`; English for languages that the program has no
    /// texts in.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let language = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "" | "c" | "posix" => None,
            "da" => Some(Self::Danish),
            _ => Some(Self::English),
        }
    }
}

/// One text in each language that the program speaks: made by the macro `message`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Message {
    english: Cow<'static, str>,
    danish: Cow<'static, str>,
}

impl Message {
    /// A text without placeholders, for constants and tables. Elsewhere, use the macro `message`.
    pub const fn fixed(english: &'static str, danish: &'static str) -> Self {
        Self { english: Cow::Borrowed(english), danish: Cow::Borrowed(danish) }
    }

    /// A text whose parts may be messages: while a language is written, `Display` of a message is in that language. The macro
    /// `message` calls this.
    ///
    /// Format arguments, not closures: thousands of closures take a tenth of the crate's compile time.
    pub fn of(english: fmt::Arguments<'_>, danish: fmt::Arguments<'_>) -> Self {
        Self { english: written_in(UserLanguage::English, english), danish: written_in(UserLanguage::Danish, danish) }
    }

    /// What `write` writes in each language, such as an error with its causes.
    pub fn written(write: &dyn Fn() -> String) -> Self {
        let [english, danish] =
            [UserLanguage::English, UserLanguage::Danish].map(|language| while_writing(language, write));
        Self { english: Cow::Owned(english), danish: Cow::Owned(danish) }
    }

    /// A text that exists in each language already, such as a date.
    pub fn translated(english: impl Into<Cow<'static, str>>, danish: impl Into<Cow<'static, str>>) -> Self {
        Self { english: english.into(), danish: danish.into() }
    }

    /// What is the same in every language: a name, a number, what an author wrote.
    pub fn verbatim(text: impl Into<String>) -> Self {
        let text: String = text.into();
        Self { english: Cow::Owned(text.clone()), danish: Cow::Owned(text) }
    }

    /// The parts in a row, with a separator between them.
    pub fn joined(parts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let parts: Vec<Self> = parts.into_iter().collect();
        let of = |language| parts.iter().map(|part| part.in_language(language)).collect::<Vec<_>>().join(separator);
        Self { english: Cow::Owned(of(UserLanguage::English)), danish: Cow::Owned(of(UserLanguage::Danish)) }
    }

    /// Names, of which one is meant: `a or b`.
    pub fn either(names: &[impl AsRef<str>]) -> Self {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        Self { english: Cow::Owned(names.join(" or ")), danish: Cow::Owned(names.join(" eller ")) }
    }

    /// Names, all of which are meant: `a and b`.
    pub fn all(names: &[impl AsRef<str>]) -> Self {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        Self { english: Cow::Owned(names.join(" and ")), danish: Cow::Owned(names.join(" og ")) }
    }

    /// A value's `Display` in each language, such as that of an error that is made of messages.
    pub fn shown(value: &(impl fmt::Display + ?Sized)) -> Self {
        Self::of(format_args!("{value}"), format_args!("{value}"))
    }

    /// The text in English.
    pub fn english(&self) -> &str {
        &self.english
    }

    /// The text in a language.
    pub fn in_language(&self, language: UserLanguage) -> &str {
        match language {
            UserLanguage::English => &self.english,
            UserLanguage::Danish => &self.danish,
        }
    }

    /// The same message, with the text of each language changed.
    #[must_use]
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self { english: Cow::Owned(change(&self.english)), danish: Cow::Owned(change(&self.danish)) }
    }
}

/// Always English: JSON is read by programs.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.english)
    }
}

/// So that an error of the standard library can have a text of ours.
impl std::error::Error for Message {}

thread_local! {
    /// The language in which a message is being written.
    static WRITTEN: Cell<UserLanguage> = const { Cell::new(UserLanguage::English) };
}

/// A text, with its messages in this language.
fn written_in(language: UserLanguage, text: fmt::Arguments<'_>) -> Cow<'static, str> {
    if let Some(text) = text.as_str() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(while_writing(language, &|| text.to_string()))
}

fn while_writing(language: UserLanguage, write: &dyn Fn() -> String) -> String {
    let before = WRITTEN.replace(language);
    let text = write();
    WRITTEN.set(before);
    text
}

/// Within another message, in that message's language; elsewhere in English, as in logs.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.in_language(WRITTEN.get()))
    }
}

/// A [`Message`](crate::base::message::Message): the English text, then the Danish one, each as in [`format!`]. Both have the
/// same placeholders, which a test compares.
///
/// Values may be messages themselves, such as a noun: each text gets its own.
///
/// ```text
/// message!("no issue `{path}`", "`{path}` findes ikke")
/// message!("no issue `{}`", "`{}` findes ikke", path.display())
/// message!("unknown {what} `{typed}`", "ukendt {what} `{typed}`")
/// ```
macro_rules! message {
    ($english:literal, $danish:literal $(,)?) => {
        $crate::base::message::Message::of(::std::format_args!($english), ::std::format_args!($danish))
    };
    ($english:literal, $danish:literal, $($argument:tt)+) => {
        $crate::base::message::Message::of(
            ::std::format_args!($english, $($argument)+),
            ::std::format_args!($danish, $($argument)+),
        )
    };
}

pub(crate) use message;

/// A message that only joins its parts: `composed!("{recipients}: {states}")`. Parts that are messages are in the
/// language of each text.
macro_rules! composed {
    ($form:literal $($argument:tt)*) => {
        $crate::base::message::Message::of(::std::format_args!($form $($argument)*), ::std::format_args!($form $($argument)*))
    };
}

pub(crate) use composed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_text_and_its_parts() {
        let (typed, what) = ("it", message!("audience", "målgruppe"));
        let unknown = message!("unknown {what} `{typed}`", "ukendt {what} `{typed}`");
        assert_eq!(unknown.in_language(UserLanguage::English), "unknown audience `it`");
        assert_eq!(unknown.in_language(UserLanguage::Danish), "ukendt målgruppe `it`");
        let parts = Message::joined([what, Message::verbatim("board")], ", ");
        let line = composed!("{parts:<20}|");
        assert_eq!(line.in_language(UserLanguage::English), "audience, board     |");
        assert_eq!(line.in_language(UserLanguage::Danish), "målgruppe, board    |");
    }

    #[test]
    fn the_language_of_a_locale() {
        use UserLanguage::{Danish, English};
        let of = UserLanguage::of_locale;
        assert_eq!(["da_DK.UTF-8", "da", "DA-dk", "da_DK@euro"].map(of), [Some(Danish); 4]);
        assert_eq!(["en_GB.UTF-8", "de_DE", "dan"].map(of), [Some(English); 3]);
        assert_eq!(["C", "C.UTF-8", "POSIX", ""].map(of), [None; 4]);
    }
}
