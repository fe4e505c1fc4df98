//! The words before the cursor, as a shell splits them.

/// The words of a command line up to the cursor, without the program's name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TypedWords {
    /// The whole words before the one that is completed.
    pub(crate) before: Vec<String>,
    /// What is typed of the word that is completed.
    pub(crate) current: String,
    /// The beginning of `current` that the shell treats as separate words, and must not get again.
    kept: String,
}

impl TypedWords {
    /// Takes the words of zsh and fish as they are.
    pub(crate) fn whole(words: &[String]) -> Self {
        let (current, before) = words.split_last().map_or_else(Default::default, |(last, rest)| (last.clone(), rest));
        Self { before: before.to_vec(), current, kept: String::new() }
    }

    /// Joins what bash splits: `=` and `:` are separate words there (`COMP_WORDBREAKS`), as in `--state = sent`.
    pub(crate) fn of_bash(words: &[String]) -> Self {
        let mut joined: Vec<String> = Vec::new();
        let mut kept = String::new();
        let mut is_open = false;
        for word in words {
            let is_break = matches!(word.as_str(), "=" | ":");
            match joined.last_mut() {
                Some(last) if is_break || is_open => {
                    kept = if is_break { format!("{last}{word}") } else { last.clone() };
                    last.push_str(word);
                }
                Some(_) | None => {
                    kept.clear();
                    joined.push(word.clone());
                }
            }
            is_open = is_break;
        }
        Self { kept, ..Self::whole(&joined) }
    }

    /// A word that can be typed here, as this shell wants it.
    pub(crate) fn reply<'a>(&self, word: &'a str) -> &'a str {
        word.strip_prefix(&self.kept).unwrap_or(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_bash(line: &str) -> TypedWords {
        TypedWords::of_bash(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn words_that_bash_splits_are_joined() {
        let typed = of_bash("status --state = sent");
        assert_eq!((&*typed.before.join(" "), &*typed.current, &*typed.kept), ("status", "--state=sent", "--state="));
        let typed = of_bash("test maj --as audience :");
        assert_eq!((&*typed.current, &*typed.kept), ("audience:", "audience:"));
        let typed = of_bash("status --state = sent x");
        assert_eq!((&*typed.before.join(" "), &*typed.current, &*typed.kept), ("status --state=sent", "x", ""));
        assert_eq!(of_bash("test --as audience : mem").reply("audience:members"), "members");
        assert_eq!(TypedWords::whole(&[]), TypedWords::of_bash(&[]));
    }
}
