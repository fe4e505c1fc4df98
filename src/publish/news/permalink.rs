//! The address of a post on a site that Jekyll makes (<https://jekyllrb.com/docs/permalinks/>).

use jiff::civil::Date;

use crate::base::source::yaml::node::{Node, NodeKind};
use crate::publish::news::web_address;

/// The names of patterns, and the patterns.
const NAMED: [(&str, &str); 4] = [
    ("date", "/:categories/:year/:month/:day/:title.html"),
    ("pretty", "/:categories/:year/:month/:day/:title/"),
    ("ordinal", "/:categories/:year/:y_day/:title.html"),
    ("none", "/:categories/:title.html"),
];

/// The settings about addresses in the `_config.yml` of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SiteAddress {
    /// The address of the site, `https://forening.example`, and the folder below it; absent: not set.
    root: Option<String>,
    /// The pattern of the addresses of posts; absent: `date`.
    pattern: Option<String>,
}

/// The parts of a post's address.
#[derive(Clone, Debug)]
pub(crate) struct PostAddress<'p> {
    /// The day of the post, in the site's time zone.
    pub(crate) day: Date,
    /// The name of its file, without the day and the extension, or its `slug`.
    pub(crate) name: &'p str,
    /// Its categories.
    pub(crate) categories: &'p [String],
    /// The post's own pattern.
    pub(crate) permalink: Option<&'p str>,
}

impl SiteAddress {
    /// Reads the settings of a site; other keys are ignored.
    pub(crate) fn of_config(config: &Node) -> Self {
        let NodeKind::Mapping(entries) = &config.kind else { return Self::default() };
        let text = |name: &str| {
            let (_, node) = entries.iter().find(|(key, _)| key.value == name)?;
            node.scalar().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let root = text("url").map(|url| {
            let base = text("baseurl").unwrap_or_default();
            let slash = if base.is_empty() || base.starts_with('/') { "" } else { "/" };
            format!("{}{slash}{}", url.trim_end_matches('/'), base.trim_end_matches('/'))
        });
        Self { root, pattern: text("permalink") }
    }

    /// The address of the site, which identifies it; absent: not set.
    pub(crate) fn root(&self) -> Option<&str> {
        self.root.as_deref()
    }

    /// The address of a page of the site, by its path; `None` if the site's address is not set.
    pub(crate) fn page(&self, path: &str) -> Option<String> {
        let root = self.root.as_deref()?;
        let slash = if path.starts_with('/') { "" } else { "/" };
        web_address::resolve(&format!("{root}{slash}{path}"), None).ok()
    }

    /// The address of a post; `None` if the site's address is not set, or its pattern has an unknown part.
    pub(crate) fn post(&self, post: &PostAddress<'_>) -> Option<String> {
        let pattern = post.permalink.or(self.pattern.as_deref()).unwrap_or("date");
        let pattern = NAMED.iter().find(|(name, _)| *name == pattern).map_or(pattern, |(_, pattern)| pattern);
        let categories: Vec<String> = post.categories.iter().map(|category| category.to_lowercase()).collect();
        let day = post.day;
        // Longer names come before those that they begin with.
        let parts = [
            (":categories", categories.join("/")),
            (":short_year", day.strftime("%y").to_string()),
            (":output_ext", ".html".to_owned()),
            (":i_month", day.month().to_string()),
            (":i_day", day.day().to_string()),
            (":y_day", day.strftime("%j").to_string()),
            (":year", day.strftime("%Y").to_string()),
            (":month", day.strftime("%m").to_string()),
            (":day", day.strftime("%d").to_string()),
            (":title", post.name.to_owned()),
            (":slug", post.name.to_owned()),
        ];
        let path = parts.iter().fold(pattern.to_owned(), |path, (name, value)| path.replace(name, value));
        let squeezed = path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        let end = if path.ends_with('/') { "/" } else { "" };
        if squeezed.contains(':') { None } else { self.page(&format!("{squeezed}{end}")) }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::base::source::text::Source;
    use crate::base::source::yaml;

    fn address(config: &str, permalink: Option<&str>) -> Option<String> {
        let site = SiteAddress::of_config(&yaml::parse(&Source::new("_config.yml", config)).unwrap());
        let categories = ["Nyt".to_owned(), "Møder".to_owned()];
        site.post(&PostAddress { day: date(2026, 3, 9), name: "hej-verden", categories: &categories, permalink })
    }

    #[test]
    fn the_address_is_that_of_jekyll() {
        let site = "url: https://forening.example/\nbaseurl: /nyt\n";
        for (more, permalink, expected) in [
            ("", None, "/nyt/møder/2026/03/09/hej-verden.html"),
            ("permalink: pretty\n", None, "/nyt/møder/2026/03/09/hej-verden/"),
            ("permalink: /:year/:i_month/:title:output_ext\n", None, "/2026/3/hej-verden.html"),
            ("permalink: pretty\n", Some("/om/:slug/"), "/om/hej-verden/"),
            ("", Some("/fast-side"), "/fast-side"),
        ] {
            let expected = format!("https://forening.example/nyt{expected}");
            assert_eq!(address(&format!("{site}{more}"), permalink).as_deref(), Some(expected.as_str()));
        }
        assert_eq!(address("url: ''\n", None), None);
        assert_eq!(address(&format!("{site}permalink: /:ukendt/\n"), None), None);
    }
}
