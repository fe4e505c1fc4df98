//! Which file of the library uses which: from `use` declarations, from paths that begin with `crate`, `self` or `super`, and
//! from a module's paths into its own children.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::project::{files, has_extension};

/// The files of the library, and for each the files that it uses.
pub(super) struct Imports {
    files: Vec<String>,
    uses: BTreeMap<String, BTreeSet<String>>,
}

impl Imports {
    /// Reads every file of `src`; tests are left out, since they may use anything.
    pub(super) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let is_library = |path: &String| {
            has_extension(path, "rs") && !["lib.rs", "main.rs"].contains(&path.as_str()) && !path.ends_with("tests.rs")
        };
        let files: Vec<String> = files(&root).into_iter().filter(is_library).collect();
        let modules: BTreeMap<Vec<String>, String> = files.iter().map(|file| (module(file), file.clone())).collect();
        let uses = files.iter().map(|file| {
            let code = code(&fs::read_to_string(root.join(file)).unwrap());
            let paths = paths(&code, &module(file), &modules);
            let used = paths.iter().filter_map(|path| home(path, &modules)).filter(|used| *used != file);
            (file.clone(), used.cloned().collect())
        });
        Self { uses: uses.collect(), files }
    }

    /// The files that use each other in a circle: the rest after files that use none of the others are removed,
    /// repeatedly.
    pub(super) fn circles(&self) -> Vec<String> {
        let mut left: BTreeSet<&String> = self.files.iter().collect();
        loop {
            let free: Vec<&String> =
                left.iter().copied().filter(|file| self.uses[*file].iter().all(|used| !left.contains(used))).collect();
            if free.is_empty() {
                break;
            }
            for file in free {
                left.remove(file);
            }
        }
        // A file that only uses a file of a circle is not part of it.
        loop {
            let used: BTreeSet<&String> = left.iter().flat_map(|file| &self.uses[*file]).collect();
            let before = left.len();
            left.retain(|file| used.contains(file));
            if left.len() == before {
                break;
            }
        }
        let ties = |file: &&String| {
            let used: Vec<&str> =
                self.uses[*file].iter().filter(|used| left.contains(used)).map(String::as_str).collect();
            format!("{file} uses {}", used.join(", "))
        };
        left.iter().map(ties).collect()
    }

    /// Every use, as the two files.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.uses.iter().flat_map(|(file, uses)| uses.iter().map(move |used| (file.as_str(), used.as_str())))
    }

    /// The files, as paths below `src`.
    pub(super) fn files(&self) -> &[String] {
        &self.files
    }
}

/// The path of a file's module, without `crate`.
fn module(file: &str) -> Vec<String> {
    let stem = file.trim_end_matches(".rs").trim_end_matches("/mod");
    stem.split('/').map(str::to_owned).collect()
}

/// A file's text without comments, strings' contents left alone, and without the tests at its end.
fn code(text: &str) -> String {
    let lines = text.lines().take_while(|line| *line != "mod tests {");
    lines.filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The file that a path leads to: that of the longest part of it which is a module.
fn home<'m>(path: &[String], modules: &'m BTreeMap<Vec<String>, String>) -> Option<&'m String> {
    (1..=path.len()).rev().find_map(|length| modules.get(&path[..length]))
}

/// Every path that the code names, from the crate's root.
fn paths(code: &str, own: &[String], modules: &BTreeMap<Vec<String>, String>) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    // The names by which modules can be reached: children, and what is imported.
    let children = modules.keys().filter(|path| path.len() == own.len() + 1 && path.starts_with(own));
    let mut names: BTreeMap<String, Vec<String>> =
        children.map(|path| (path[own.len()].clone(), path.clone())).collect();
    let mut body = String::new();
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let is_declaration =
            rest[..at].trim_end_matches("pub ").trim_end_matches("pub(crate) ").trim_end_matches(' ').ends_with('\n')
                || at == 0;
        let (before, from) = rest.split_at(at);
        body.push_str(before);
        let Some(end) = from.find(';').filter(|_| is_declaration) else {
            body.push_str("use ");
            rest = &from["use ".len()..];
            continue;
        };
        for leaf in leaves(&from["use ".len()..end]) {
            let (path, alias) =
                leaf.split_once(" as ").map_or((leaf.as_str(), None), |(path, alias)| (path, Some(alias)));
            let Some(mut path) = absolute(path, own) else { continue };
            path.retain(|part| part != "self");
            match path.last() {
                Some(last) if modules.contains_key(&path) => {
                    names.insert(alias.unwrap_or(last).trim().to_owned(), path);
                }
                _ => found.push(path),
            }
        }
        rest = &from[end..];
    }
    body.push_str(rest);
    for words in body.split(|character: char| !(character.is_alphanumeric() || "_:".contains(character))) {
        let Some((first, after)) = words.split_once("::") else { continue };
        match names.get(first) {
            Some(module) => found.push(module.iter().cloned().chain(after.split("::").map(str::to_owned)).collect()),
            None => found.extend(absolute(words, own)),
        }
    }
    found
}

/// The single paths of a `use`, its braces opened.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((prefix, inner)) = tree.split_once('{') else { return vec![tree] };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut depth = 0;
    let parts = inner.split(|character: char| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        character == ',' && depth == 0
    });
    let parts = parts.map(str::trim).filter(|part| !part.is_empty());
    parts.flat_map(leaves).map(|leaf| format!("{}{leaf}", prefix.trim())).collect()
}

/// A path from the crate's root; none where it is of another crate.
fn absolute(path: &str, own: &[String]) -> Option<Vec<String>> {
    let mut parts = path.split("::").map(|part| part.trim().to_owned()).peekable();
    let mut whole = match parts.next()?.as_str() {
        "crate" => Vec::new(),
        "self" => own.to_vec(),
        "super" => own[..own.len() - 1].to_vec(),
        _ => return None,
    };
    while parts.next_if(|part| part == "super").is_some() {
        whole.pop();
    }
    whole.extend(parts);
    Some(whole)
}
