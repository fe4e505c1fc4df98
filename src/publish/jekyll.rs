//! An article as a post of a website that Jekyll builds.

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

use crate::publish::article::Article;
use crate::publish::markdown;
use crate::publish::markdown::dialect::MarkdownDialect;

/// A post: the article, and further front matter.
#[derive(Clone, Debug)]
pub struct JekyllPost<'a> {
    /// The article; its files are in [`assets`].
    pub article: &'a Article,
    /// When it was published, in the time zone of the project.
    pub date: &'a ZonedDateTime,
    /// The address of the picture at its top, from the root of the site; absent: it has none.
    pub image: Option<String>,
    /// The author's own keys for Jekyll, with their values in YAML on one line.
    pub keys: &'a [(String, String)],
}

/// The folder of the files of a post, below the root of the site: `assets/nyt-i-maj`.
pub fn assets(slug: &str) -> String {
    format!("assets/{slug}")
}

/// The file of a post, below the root of the site: `_posts/2027-05-04-nyt-i-maj.md`.
pub fn file_name(date: &ZonedDateTime, slug: &str) -> String {
    format!("_posts/{}-{slug}.md", date.date())
}

/// What follows the date in the name of a post's file: `nyt-i-maj.md`. Absent: Jekyll does not treat such a file as a
/// post.
pub fn name_without_date(file: &str) -> Option<&str> {
    let mut parts = file.splitn(4, '-');
    let is_number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_digit()))
    };
    let has_date = (0..3).all(|_| is_number(parts.next()));
    parts.next().filter(|_| has_date)
}

/// The text of a post's file.
pub fn write(post: &JekyllPost<'_>) -> String {
    let JekyllPost { article, date, image, keys } = post;
    let mut lines: Vec<(&str, String)> = vec![
        ("layout", "post".to_owned()),
        ("title", quoted(&article.title)),
        ("date", front_matter_date(date)),
        ("lang", article.lang.clone()),
    ];
    lines.extend((!article.description.is_empty()).then(|| ("description", quoted(&article.description))));
    lines.extend(image.as_ref().map(|image| ("image", quoted(image))));
    // The author's own keys take precedence.
    lines.retain(|(key, _)| !keys.iter().any(|(own, _)| own == key));
    let own = keys.iter().map(|(key, value)| (key.as_str(), value.clone()));
    let front: Vec<String> = lines.into_iter().chain(own).map(|(key, value)| format!("{key}: {value}")).collect();
    format!("---\n{}\n---\n\n{}", front.join("\n"), markdown::write(&article.blocks, MarkdownDialect::Jekyll))
}

/// The date with its time. Only the date if a server in UTC would show another day, such as for an issue without a
/// time: Jekyll shows times in the time zone of the machine that builds the website.
fn front_matter_date(date: &ZonedDateTime) -> String {
    let in_utc = date.timestamp().to_zoned_datetime(TimeZone::UTC);
    let format = if in_utc.date() == date.date() { "%Y-%m-%d %H:%M:%S %z" } else { "%Y-%m-%d" };
    date.strftime(format).to_string()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::article::reader::{self, ArticleHead};

    #[test]
    fn a_day_is_the_same_one_on_a_server_in_utc() {
        let written = |date: &str| front_matter_date(&date.parse().unwrap());
        assert_eq!(written("2027-01-01T00:00[Europe/Copenhagen]"), "2027-01-01");
        assert_eq!(written("2027-06-03T01:30[Europe/Copenhagen]"), "2027-06-03");
        assert_eq!(written("2027-06-03T02:00[Europe/Copenhagen]"), "2027-06-03 02:00:00 +0200");
        assert_eq!(written("2027-06-03T22:00[America/New_York]"), "2027-06-03");
    }

    #[test]
    fn a_post_keeps_its_own_keys_and_needs_a_date_in_its_name() {
        let head = ArticleHead { subject: "Nyt: \"maj\"", description: "Kort", lang: "da" };
        let article = reader::read("<p>Hej</p>", head);
        let date: ZonedDateTime = "2027-05-04T10:00[Europe/Copenhagen]".parse().unwrap();
        let keys = [("layout".to_owned(), "nyhed".to_owned()), ("tags".to_owned(), "[os2]".to_owned())];
        let post =
            JekyllPost { article: &article, date: &date, image: Some("/assets/maj/a.png".to_owned()), keys: &keys };
        assert_eq!(
            write(&post),
            "---\ntitle: \"Nyt: \\\"maj\\\"\"\ndate: 2027-05-04 10:00:00 +0200\nlang: da\ndescription: \"Kort\"\n\
             image: \"/assets/maj/a.png\"\nlayout: nyhed\ntags: [os2]\n---\n\nHej\n"
        );
        assert_eq!(file_name(&date, "maj"), "_posts/2027-05-04-maj.md");
        assert_eq!(name_without_date("2027-05-04-nyt-i-maj.md"), Some("nyt-i-maj.md"));
        assert_eq!(name_without_date("nyt-i-maj.md"), None);
    }
}
