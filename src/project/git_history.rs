//! Authors and commits of files, according to Git.

use std::fs;
use std::ops::Range;
use std::process::Stdio;

use thiserror::Error as ThisError;

use crate::base::message::{Message, message};
use crate::people::person::fold;
use crate::project::Project;
use crate::project::git;

/// A person as Git knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitPerson {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
}

impl GitPerson {
    /// Reads `Anna <anna@forening.example>`, and what follows as in a commit; a name alone has no address, and an address alone
    /// is also the name.
    pub fn parse(text: &str) -> Self {
        let address = if text.contains('@') { text } else { "" };
        let (name, rest) = text.split_once('<').unwrap_or((text, address));
        let email = rest.split('>').next().unwrap_or_default();
        Self { name: name.trim().to_owned(), email: email.trim().to_owned() }
    }
}

impl std::fmt::Display for GitPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

/// Why Git gives no answer. Then nothing that depends on its answer is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum NoAnswer {
    /// Git is not installed, or does not trust the owner of the folder.
    #[error("{}", message!(
        "it is not installed, or refuses to read this repository",
        "det er ikke installeret eller vil ikke læse dette repository"
    ))]
    Refused,
    /// The history ends before the commit that was asked for: `git clone --depth`.
    #[error("{}", message!("this copy is a shallow clone", "kopien er en overfladisk klon (shallow)"))]
    Shallow,
    /// Objects are missing: `git clone --filter`.
    #[error("{}", message!("this copy lacks a part of the history", "kopien mangler en del af historikken"))]
    Incomplete,
    /// Anything else.
    #[error("{}", message!("it cannot read the last commit", "det kan ikke læse den seneste commit"))]
    Unreadable,
}

impl NoAnswer {
    /// What to do about it.
    pub fn remedy(self) -> Message {
        match self {
            Self::Shallow => message!(
                "run `git fetch --unshallow`; in CI, check out the whole history (`fetch-depth: 0`)",
                "kør `git fetch --unshallow`; hent hele historikken i CI (`fetch-depth: 0`)"
            ),
            Self::Refused | Self::Incomplete | Self::Unreadable => {
                message!(
                    "use a complete clone, made by `git clone` without `--filter` and `--depth`, that belongs to you",
                    "brug en hel klon, lavet med `git clone` uden `--filter` og `--depth`, som er din egen"
                )
            }
        }
    }
}

/// What Git reports about a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitFacts {
    /// Its author.
    pub author: GitPerson,
    /// Its signature.
    pub signature: CommitSignature,
}

/// The signature of a commit, as `git verify-commit` judges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitSignature {
    /// The commit is not signed.
    None,
    /// It is valid; the signer.
    Valid(String),
    /// Its key is not known here, or has expired.
    Unverified,
    /// It does not fit the commit, or its key was revoked.
    Bad,
}

impl Project {
    /// Whether Git is installed and the project is in a repository that this user may read.
    pub fn is_in_git(&self) -> bool {
        self.ask_git(&["rev-parse", "--is-inside-work-tree"]).is_some_and(|answer| answer.trim() == "true")
    }

    /// Whether the project is in a repository, although Git may not be installed, or may refuse to read it.
    pub fn has_repository(&self) -> bool {
        let root = fs::canonicalize(self.root()).unwrap_or_else(|_| self.root().to_owned());
        // A file in a work tree of `git worktree`.
        root.ancestors().any(|folder| folder.join(".git").symlink_metadata().is_ok())
    }

    /// The name under which a person commits, given only their address.
    pub fn with_name(&self, person: GitPerson) -> GitPerson {
        if person.email.is_empty() || person.name != person.email {
            return person;
        }
        let author = format!("--author=<{}>", person.email);
        let words = ["log", "-1", "--no-mailmap", "--fixed-strings", "--regexp-ignore-case", &author];
        let answer = self.ask_git(&[&words[..], &["--format=%an <%ae>", "HEAD", "--"]].concat());
        let known = answer.as_deref().map(str::trim).map(GitPerson::parse);
        known.filter(|known| fold(&known.email) == fold(&person.email) && !known.name.is_empty()).unwrap_or(person)
    }

    /// The user of this copy of the project, as they would commit; absent without a repository, or if Git has no name
    /// and address for them.
    pub fn git_user(&self) -> Option<GitPerson> {
        if !self.is_in_git() {
            return None;
        }
        // Otherwise Git derives an address from the names of the account and the host.
        let identity = self.ask_git(&["-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"])?;
        Some(GitPerson::parse(&identity))
    }

    /// A person, and the same as `.mailmap` names them.
    pub fn names_of(&self, person: &GitPerson) -> Vec<GitPerson> {
        let mapped = self.ask_git(&["check-mailmap", &person.to_string()]).map(|line| GitPerson::parse(line.trim()));
        let mapped = mapped.filter(|mapped| mapped != person && !mapped.name.is_empty());
        std::iter::once(person.clone()).chain(mapped).collect()
    }

    /// The authors of the last change of a file's text, with those that the commit names in `Co-authored-by`, each also as
    /// `.mailmap` names them; none if no commit has the file. A commit that only renames the file, or changes its
    /// permissions, does not change the text. A merge that changes it has the authors of what it merged as well.
    ///
    /// # Errors
    ///
    /// Git cannot answer: this copy lacks a part of the history.
    pub fn last_authors(&self, path: &str) -> Result<Vec<GitPerson>, NoAnswer> {
        // Only a rename that changes no byte is followed: others need the texts, which a partial clone does not have.
        let words = ["log", "--follow", "-M100%", "--cc", "--raw", "--no-abbrev", LOG_FORMAT, "--"];
        let answer = self.ask_git(&[&words[..], &[&literal(path)]].concat()).ok_or(NoAnswer::Incomplete)?;
        let mut authors: Vec<GitPerson> = Vec::new();
        let mut missing = 1;
        for change in answer.split('\u{1}').filter_map(TextChange::parse) {
            // In a shallow clone, its oldest commit seems to have written everything before.
            if change.parents == 0 && self.is_shallow() {
                return Err(NoAnswer::Shallow);
            }
            for author in change.authors {
                if !authors.contains(&author) {
                    authors.push(author);
                }
            }
            missing = missing - 1 + if change.parents > 1 { change.parents } else { 0 };
            if missing == 0 {
                break;
            }
        }
        Ok(authors)
    }

    /// Whether the repository of the project has only the newest commits.
    pub fn is_shallow_clone(&self) -> bool {
        self.ask_git(&["rev-parse", "--is-shallow-repository"]).is_some_and(|answer| answer.trim() == "true")
    }

    fn is_shallow(&self) -> bool {
        let is_complete = |answer: String| answer.trim() == "false";
        !self.ask_git(&["rev-parse", "--is-shallow-repository"]).is_some_and(is_complete)
    }

    /// Whether a file is in the last commit as it is on disk, apart from the line ends that Git wrote here (`core.autocrlf`).
    ///
    /// The bytes are compared here and not by `git status`, which starts the filters that the repository names (gitattributes(5)).
    pub fn is_committed(&self, path: &str) -> bool {
        let (Ok(here), Some(committed)) = (fs::read(self.root().join(path)), self.file_at("HEAD", path)) else {
            return false;
        };
        here == committed || with_plain_line_ends(&here).is_some_and(|here| here == committed)
    }

    /// A file as it is in a commit.
    pub fn file_at(&self, commit: &str, path: &str) -> Option<Vec<u8>> {
        let mut command = git::command(self.root());
        let output =
            command.args(["cat-file", "blob", &format!("{commit}:./{path}")]).stderr(Stdio::null()).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// The same, of a file that decides whether something is trusted; absent if the last commit does not have it.
    ///
    /// # Errors
    ///
    /// Git cannot answer, or does not have the text.
    pub fn committed_surely(&self, path: &str) -> Result<Option<Vec<u8>>, NoAnswer> {
        if self.head_commit().is_none() {
            return Ok(None);
        }
        match self.ask_git(&["ls-tree", "HEAD", "--", path]) {
            None => Err(NoAnswer::Unreadable),
            Some(answer) if answer.trim().is_empty() => Ok(None),
            Some(_) => self.file_at("HEAD", path).map(Some).ok_or(NoAnswer::Incomplete),
        }
    }

    /// Whether this copy has a commit.
    pub fn has_commit(&self, commit: &str) -> bool {
        self.ask_git(&["cat-file", "-e", &format!("{commit}^{{commit}}")]).is_some()
    }

    /// The last commit.
    pub fn head_commit(&self) -> Option<String> {
        self.ask_git(&["rev-parse", "--verify", "--quiet", "HEAD"]).map(|commit| commit.trim().to_owned())
    }

    /// The first commit, and the project's folder in the repository: the same in every clone, and in no other project.
    pub(crate) fn git_origin(&self) -> Option<String> {
        let commits = self.ask_git(&["rev-list", "--max-parents=0", "HEAD"])?;
        let folder = self.ask_git(&["rev-parse", "--show-prefix"])?;
        Some(format!("{}:{}", commits.lines().last()?, folder.trim()))
    }

    /// The commits that wrote some lines of a file, counted from one, as the last commit has it: at least one.
    ///
    /// # Errors
    ///
    /// Git cannot answer: this copy lacks a part of the history.
    pub fn commits_of_lines(&self, path: &str, lines: Range<usize>) -> Result<Vec<String>, NoAnswer> {
        let range = format!("{},{}", lines.start, lines.end.saturating_sub(1));
        let answer = self.ask_git(&["blame", "--porcelain", "--no-textconv", "-L", &range, "HEAD", "--", path]);
        let answer = answer.ok_or(NoAnswer::Incomplete)?;
        // In a shallow clone, its oldest commit seems to have written everything before.
        let is_cut = answer.lines().any(|line| line == "boundary");
        if is_cut && self.is_shallow() {
            return Err(NoAnswer::Shallow);
        }
        let is_commit = |word: &&str| word.len() >= 40 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
        let heads = answer.lines().filter(|line| !line.starts_with('\t')).filter_map(|line| line.split(' ').next());
        let mut commits: Vec<String> = heads.filter(is_commit).map(str::to_owned).collect();
        commits.sort();
        commits.dedup();
        if commits.is_empty() { Err(NoAnswer::Unreadable) } else { Ok(commits) }
    }

    /// What Git reports about a commit.
    ///
    /// # Errors
    ///
    /// It gives no answer.
    pub fn commit_facts(&self, commit: &str) -> Result<CommitFacts, NoAnswer> {
        self.facts_in_log(commit).ok_or(NoAnswer::Unreadable)
    }

    fn facts_in_log(&self, commit: &str) -> Option<CommitFacts> {
        // The names are those in the commit: `.mailmap` could make them others.
        let mut words = signature_programs(self);
        words.extend(["log", "-1", "--format=%an <%ae>%n%G?%n%GS", commit].map(str::to_owned));
        let answer = self.ask_git(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut lines = answer.lines();
        let author = GitPerson::parse(lines.next()?);
        let signature = match lines.next()? {
            // `U` is also a good signature by an SSH key that no file of allowed signers names: then there is no signer.
            "G" | "U" => match lines.next() {
                Some(signer) if !signer.is_empty() => CommitSignature::Valid(signer.to_owned()),
                Some(_) | None => CommitSignature::Unverified,
            },
            "B" | "R" => CommitSignature::Bad,
            // Git also says so where `gpg.ssh.allowedSignersFile` is not set, and the signature is there.
            "N" if !self.has_signature(commit) => CommitSignature::None,
            _ => CommitSignature::Unverified,
        };
        Some(CommitFacts { author, signature })
    }

    fn has_signature(&self, commit: &str) -> bool {
        let text = self.ask_git(&["cat-file", "commit", commit]).unwrap_or_default();
        text.lines().take_while(|line| !line.is_empty()).any(|line| line.starts_with("gpgsig"))
    }

    /// The output of Git; absent if it fails.
    fn ask_git(&self, words: &[&str]) -> Option<String> {
        let output = git::command(self.root()).args(words).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// A commit, its parents, its author as the commit and as `.mailmap` have them, and the other authors; the raw lines follow.
const LOG_FORMAT: &str =
    "--format=%x01%P%x02%an <%ae>%x02%aN <%aE>%x02%(trailers:key=Co-authored-by,valueonly,separator=%x02)%x03";

/// A commit that changed a file's text.
struct TextChange {
    /// The number of its parents.
    parents: usize,
    authors: Vec<GitPerson>,
}

impl TextChange {
    /// Reads what `git log --raw` prints about a commit; `None` if the text is the same after it.
    fn parse(text: &str) -> Option<Self> {
        let (facts, raw) = text.split_once('\u{3}')?;
        let (parents, people) = facts.split_once('\u{2}')?;
        let is_same = |line: &str| {
            // `:100644 100755 OLD NEW M` and the path (git-diff-tree(1), "Raw output format"); a merge begins with `::`.
            let mut words = line.split([' ', '\t']).skip(2);
            line.starts_with(':') && !line.starts_with("::") && words.next() == words.next()
        };
        if raw.lines().filter(|line| !line.is_empty()).any(is_same) {
            return None;
        }
        let people = people.split('\u{2}').map(GitPerson::parse).filter(|person| !person.name.is_empty());
        Some(Self { parents: parents.split_whitespace().count(), authors: people.collect() })
    }
}

/// A text with `\n` for `\r\n`; absent: it has none, or is not a text.
fn with_plain_line_ends(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))?;
    text.contains("\r\n").then(|| text.replace("\r\n", "\n").into_bytes())
}

/// The programs that check signatures: those of the user's own configuration, never those that the repository names.
fn signature_programs(project: &Project) -> Vec<String> {
    let programs = [("gpg.program", "gpg"), ("gpg.ssh.program", "ssh-keygen"), ("gpg.x509.program", "gpgsm")];
    let settings = programs.iter().flat_map(|(key, usual)| {
        let own = project.ask_git(&["config", "--global", "--get", key]);
        let program = own.as_deref().map_or(*usual, str::trim).to_owned();
        ["-c".to_owned(), format!("{key}={program}")]
    });
    settings.collect()
}

/// A path in which `*` and `[` have no special meaning (gitglossary(7)).
fn literal(path: &str) -> String {
    format!(":(literal){path}")
}
