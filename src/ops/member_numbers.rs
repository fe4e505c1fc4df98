//! The membership numbers of recipients, by which a membership system finds them again.

use std::collections::BTreeMap;
use std::path::Path;

use crate::base::error::Error;
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::{Address, Person};
use crate::project::Project;

/// The names of the column with the number, as letters and digits in lower case.
const NAMES: [&str; 9] = [
    "medlemsnr",
    "medlemsnummer",
    "medlemsid",
    "medlemsno",
    "memberno",
    "membernumber",
    "memberid",
    "membershipnumber",
    "membershipno",
];

/// The membership numbers of an issue's recipients in today's lists: the ledger keeps only what letters print.
pub struct MemberNumbers {
    field: String,
    /// By the key of the address.
    numbers: BTreeMap<String, String>,
}

impl MemberNumbers {
    /// Reads the lists of an issue; absent if they have no such number, or the issue can no longer be read.
    ///
    /// # Errors
    ///
    /// A long list that was spilled to disk cannot be read back.
    pub fn of(project: &Project, path: &Path) -> Result<Option<Self>, Error> {
        let Ok((Some(prepared), _)) = PreparedIssue::of(project, path) else { return Ok(None) };
        let (mut field, mut numbers) = (None, BTreeMap::new());
        for recipient in prepared.selection.recipients() {
            let person = recipient.person()?;
            if field.is_none() {
                field = field_of(&person);
            }
            let number = field.as_deref().and_then(|field| person.fields.get(field));
            numbers.extend(number.map(|number| (person.address.key(), number.to_string())));
        }
        Ok(field.map(|field| Self { field, numbers }))
    }

    /// The name of the field.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The number of the person with an address; absent: they are not on a list of the issue, or have none.
    pub fn get(&self, address: &Address) -> Option<&str> {
        self.numbers.get(&address.key()).map(String::as_str)
    }
}

/// The person's field with the number.
fn field_of(person: &Person) -> Option<String> {
    let is_number = |name: &&str| {
        let letters: String = name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        NAMES.contains(&letters.as_str())
    };
    person.fields.keys().find(is_number).map(str::to_owned)
}
