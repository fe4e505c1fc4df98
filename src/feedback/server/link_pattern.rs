//! Finds the token in the address of a request, where the settings have `{token}`.

/// Where the token is.
const TOKEN: &str = "{token}";

/// The path, or the value of the query, that the token is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPattern {
    path: String,
    place: TokenPlace,
}

/// What is around the token.
#[derive(Clone, Debug, PartialEq, Eq)]
enum TokenPlace {
    /// It is the end of the path, before this.
    Path { after: String },
    /// It is the value of this key of the query.
    Query { key: String },
}

impl LinkPattern {
    /// Reads the address of the page in the settings; `None` if the token is neither in the last segment of its path nor
    /// the value of a key of its query, so that no server can see it or find it.
    pub fn parse(url: &str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let path = rest.find(['/', '?']).map_or("/", |at| &rest[at..]);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if let Some((before, after)) = path.split_once(TOKEN) {
            let place = TokenPlace::Path { after: after.to_owned() };
            return (!after.contains('/')).then(|| Self { path: before.to_owned(), place });
        }
        let path = if path.is_empty() { "/" } else { path };
        let key = query.split('&').find_map(|pair| pair.strip_suffix(TOKEN)?.strip_suffix('='))?;
        Some(Self { path: path.to_owned(), place: TokenPlace::Query { key: key.to_owned() } })
    }

    /// What the address of a request has in place of the token: perhaps nothing. `None` if it is not the address of the
    /// page.
    pub fn token<'a>(&self, path: &'a str, query: Option<&'a str>) -> Option<&'a str> {
        let rest = path.strip_prefix(self.path.as_str())?;
        match &self.place {
            TokenPlace::Path { after } => {
                let text = rest.strip_suffix(after.as_str())?;
                // Some programs add a slash to a link.
                Some(text.strip_suffix('/').unwrap_or(text)).filter(|text| !text.contains('/'))
            }
            TokenPlace::Query { key } if rest.is_empty() => {
                let mut pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
                Some(pairs.find(|(name, _)| name == key).map_or("", |(_, value)| value))
            }
            TokenPlace::Query { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_where_the_settings_have_it() {
        for (url, request, expected) in [
            ("https://a.example/afmeld/{token}", "/afmeld/abc", Some("abc")),
            ("https://a.example/afmeld/{token}", "/afmeld/abc/", Some("abc")),
            ("https://a.example/afmeld/{token}", "/afmeld/abc?utm_source=x", Some("abc")),
            ("https://a.example/afmeld/{token}", "/afmeld/", Some("")),
            ("https://a.example/afmeld/{token}", "/afmeld/../../etc/passwd", None),
            ("https://a.example/afmeld/{token}", "/afmeld", None),
            ("https://a.example/afmeld/{token}", "/", None),
            ("https://a.example/a-{token}.html", "/a-abc.html", Some("abc")),
            ("https://a.example/{token}", "/abc", Some("abc")),
            ("https://a.example/afmeld?t={token}", "/afmeld?t=abc", Some("abc")),
            ("https://a.example/afmeld?t={token}", "/afmeld?x=1&t=abc&t=def", Some("abc")),
            ("https://a.example/afmeld?lang=da&t={token}", "/afmeld?t=abc&lang=da", Some("abc")),
            ("https://a.example/afmeld?t={token}", "/afmeld?t=", Some("")),
            ("https://a.example/afmeld?t={token}", "/afmeld", Some("")),
            ("https://a.example/afmeld?t={token}", "/afmeld/x?t=abc", None),
            ("https://a.example?t={token}", "/?t=abc", Some("abc")),
        ] {
            let (path, query) = request.split_once('?').map_or((request, None), |(path, query)| (path, Some(query)));
            let found = LinkPattern::parse(url).unwrap();
            assert_eq!(found.token(path, query), expected, "{url} {request}");
        }
    }

    #[test]
    fn a_token_that_no_server_sees_has_no_place() {
        for url in ["https://a.example/afmeld#{token}", "https://{token}.example/", "https://a.example/{token}/afmeld"]
        {
            assert_eq!(LinkPattern::parse(url), None, "{url}");
        }
    }
}
