//! Who wrote what, according to Git.

use std::fs;
use std::ops::Range;
use std::process::Stdio;

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

/// Why Git gives no answer. Nothing that it should vouch for is trusted then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer(pub &'static str);

/// What Git says of a commit.
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
    /// There is none, or its key is not known here.
    None,
    /// It is valid; the signer.
    Valid(String),
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

    /// The name under which a person commits of whom only the address is known.
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

    /// The user of this copy of the project, as they would commit; absent without a repository, or where Git has no name and
    /// address of them.
    pub fn git_user(&self) -> Option<GitPerson> {
        if !self.is_in_git() {
            return None;
        }
        // Otherwise Git makes an address of the names of the account and the host.
        let identity = self.ask_git(&["-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"])?;
        Some(GitPerson::parse(&identity))
    }

    /// The author of the last commit that changed a file; absent where no commit has it.
    pub fn last_author(&self, path: &str) -> Option<GitPerson> {
        let answer = self.ask_git(&["log", "-1", "--format=%an <%ae>", "--", &literal(path)])?;
        Some(answer.trim()).filter(|person| !person.is_empty()).map(GitPerson::parse)
    }

    /// Whether a file is in the last commit as it is on disk.
    ///
    /// The bytes are compared here and not by `git status`, which starts the filters that the repository names (gitattributes(5)).
    pub fn is_committed(&self, path: &str) -> bool {
        fs::read(self.root().join(path)).is_ok_and(|bytes| self.committed(path).as_ref() == Some(&bytes))
    }

    /// A file as it is in the last commit.
    pub fn committed(&self, path: &str) -> Option<Vec<u8>> {
        let mut command = git::command(self.root());
        let output =
            command.args(["cat-file", "blob", &format!("HEAD:./{path}")]).stderr(Stdio::null()).output().ok()?;
        output.status.success().then_some(output.stdout)
    }

    /// The same, of a file that decides whether something is trusted; absent where the last commit does not have it.
    ///
    /// # Errors
    ///
    /// Git cannot tell, or does not have the text.
    pub fn committed_surely(&self, path: &str) -> Result<Option<Vec<u8>>, NoAnswer> {
        if self.head_commit().is_none() {
            return Ok(None);
        }
        match self.ask_git(&["ls-tree", "HEAD", "--", path]) {
            None => Err(NoAnswer("it cannot read the last commit")),
            Some(answer) if answer.trim().is_empty() => Ok(None),
            Some(_) => self.committed(path).map(Some).ok_or(NoAnswer("the file in the last commit is missing here")),
        }
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
    /// Git cannot tell: this copy lacks a part of the history.
    pub fn commits_of_lines(&self, path: &str, lines: Range<usize>) -> Result<Vec<String>, NoAnswer> {
        let range = format!("{},{}", lines.start, lines.end.saturating_sub(1));
        let answer = self.ask_git(&["blame", "--porcelain", "--no-textconv", "-L", &range, "HEAD", "--", path]);
        let answer = answer.ok_or(NoAnswer("this copy lacks a part of the history"))?;
        // In a shallow clone, its oldest commit seems to have written everything before.
        let is_cut = answer.lines().any(|line| line == "boundary");
        let is_complete = |answer: String| answer.trim() == "false";
        if is_cut && !self.ask_git(&["rev-parse", "--is-shallow-repository"]).is_some_and(is_complete) {
            return Err(NoAnswer("this copy is a shallow clone"));
        }
        let is_commit = |word: &&str| word.len() >= 40 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
        let heads = answer.lines().filter(|line| !line.starts_with('\t')).filter_map(|line| line.split(' ').next());
        let mut commits: Vec<String> = heads.filter(is_commit).map(str::to_owned).collect();
        commits.sort();
        commits.dedup();
        if commits.is_empty() { Err(NoAnswer("it names no commit")) } else { Ok(commits) }
    }

    /// What Git says of a commit.
    ///
    /// # Errors
    ///
    /// It says nothing.
    pub fn commit_facts(&self, commit: &str) -> Result<CommitFacts, NoAnswer> {
        self.facts_in_log(commit).ok_or(NoAnswer("it cannot read the commit"))
    }

    fn facts_in_log(&self, commit: &str) -> Option<CommitFacts> {
        // The names are those in the commit: `.mailmap` could make them others.
        let mut words = signature_programs(self);
        words.extend(["log", "-1", "--format=%an <%ae>%n%G?%n%GS", commit].map(str::to_owned));
        let answer = self.ask_git(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
        let mut lines = answer.lines();
        let author = GitPerson::parse(lines.next()?);
        let signature = match lines.next()? {
            "G" | "U" => CommitSignature::Valid(lines.next().unwrap_or_default().to_owned()),
            "B" | "R" => CommitSignature::Bad,
            _ => CommitSignature::None,
        };
        Some(CommitFacts { author, signature })
    }

    /// What Git prints; absent where it fails.
    fn ask_git(&self, words: &[&str]) -> Option<String> {
        let output = git::command(self.root()).args(words).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
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

/// A path in which `*` and `[` are no pattern (gitglossary(7)).
fn literal(path: &str) -> String {
    format!(":(literal){path}")
}
