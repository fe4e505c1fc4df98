//! Who wrote what, according to Git.

use std::fs;
use std::ops::Range;
use std::process::Stdio;

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
    /// Reads `Anna <anna@forening.example>`, and what follows as in a commit; a name alone has no address.
    pub fn parse(text: &str) -> Self {
        let (name, rest) = text.split_once('<').unwrap_or((text, ""));
        let email = rest.split('>').next().unwrap_or_default();
        Self { name: name.trim().to_owned(), email: email.trim().to_owned() }
    }
}

impl std::fmt::Display for GitPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} <{}>", self.name, self.email)
    }
}

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

    /// The last commit.
    pub fn head_commit(&self) -> Option<String> {
        self.ask_git(&["rev-parse", "--verify", "--quiet", "HEAD"]).map(|commit| commit.trim().to_owned())
    }

    /// The commits that wrote some lines of a file, counted from one, as the last commit has it.
    pub fn commits_of_lines(&self, path: &str, lines: Range<usize>) -> Vec<String> {
        let range = format!("{},{}", lines.start, lines.end.saturating_sub(1));
        let answer = self.ask_git(&["blame", "--porcelain", "--no-textconv", "-L", &range, "HEAD", "--", path]);
        let answer = answer.unwrap_or_default();
        let is_commit = |word: &&str| word.len() >= 40 && word.bytes().all(|digit| digit.is_ascii_hexdigit());
        let heads = answer.lines().filter(|line| !line.starts_with('\t')).filter_map(|line| line.split(' ').next());
        let mut commits: Vec<String> = heads.filter(is_commit).map(str::to_owned).collect();
        commits.sort();
        commits.dedup();
        commits
    }

    /// What Git says of a commit.
    pub fn commit_facts(&self, commit: &str) -> Option<CommitFacts> {
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
