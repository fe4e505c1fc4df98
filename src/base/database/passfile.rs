//! The password file of PostgreSQL's own programs (PostgreSQL, "The Password File").

use crate::base::database::url::{Host, Server};
use crate::base::secret::Secret;

/// The password for a server, from the first line `host:port:database:user:password` that matches it.
pub fn find(text: &str, server: &Server) -> Option<Secret> {
    // libpq, too, looks for `localhost` if the connection is to a socket, and for the user's name if no database is
    // named.
    let host = match &server.host {
        Host::Name(name) => name.clone(),
        Host::Socket(_) => "localhost".to_owned(),
    };
    let user = server.user.clone()?;
    let database = server.database.clone().unwrap_or_else(|| user.clone());
    let wanted = [host, server.port.to_string(), database, user];
    let lines = text.lines().filter(|line| !line.starts_with('#')).map(fields);
    let mut matching = lines.filter(|fields| {
        fields.len() == 5 && fields.iter().zip(&wanted).all(|(field, wanted)| field == "*" || field == wanted)
    });
    matching.next().and_then(|mut fields| fields.pop()).map(Secret::new)
}

/// The fields between colons; a backslash escapes the next character.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (character, fields.last_mut()) {
            (':', _) => fields.push(String::new()),
            ('\\', Some(field)) => field.extend(characters.next()),
            (other, Some(field)) => field.push(other),
            (_, None) => {}
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_matches_counts() {
        let text = "# host:port:database:user:password\nother:*:*:*:a\ndb:5432:breve:nyt:b\\:c\\\\\n*:*:*:*:d\n";
        let find = |url: &str| find(text, &Server::parse(url).unwrap()).map(|password| password.reveal().to_owned());
        assert_eq!(find("postgres://nyt@db/breve"), Some("b:c\\".to_owned()));
        assert_eq!(find("postgres://nyt@db/andet"), Some("d".to_owned()));
        assert_eq!(find("postgres://db/breve"), None);
    }
}
