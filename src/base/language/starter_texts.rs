//! What a new project begins with.

/// The texts of a new project in the language of its letters.
#[derive(Debug)]
pub struct StarterTexts {
    /// The name of its audience.
    pub audience: &'static str,
    /// Why its members get letters: the end of the sentence that `because` begins.
    pub reason: &'static str,
    /// The entry of its calendar.
    pub calendar_entry: &'static str,
    /// The subject of its first issue.
    pub subject: &'static str,
    /// The preheader of that issue.
    pub preheader: &'static str,
    /// The text of that issue; `{name}` is the sender's name.
    pub text: &'static str,
}
