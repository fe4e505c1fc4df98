//! Random issues with blocks, lists, quotes, tables, footnotes and tags, in which no word occurs twice.

use newsletter::issue::edition_key::EditionKey;

use crate::chance::Chance;
use crate::random::tree::{self, Piece};

const AUDIENCES: [&str; 3] = ["members", "board", "suppliers"];
/// The audiences that blocks name; the issue does not go to `press`.
const NAMED: [&str; 4] = ["members", "board", "suppliers", "press"];

/// The maximum number of words in an issue.
const ENOUGH: usize = 60;

/// A random issue, and the blocks around each of its words.
pub(super) struct Issue {
    pub(super) text: String,
    /// The names and texts of its snippets.
    pub(super) snippets: Vec<(String, String)>,
    /// For each word the blocks around it.
    pub(super) places: Vec<Vec<Around>>,
    /// Words that begin a sentence of six or more.
    pub(super) sentences: Vec<usize>,
    audiences: Vec<&'static str>,
    in_condition: bool,
    in_item: bool,
    chance: Chance,
}

/// Who reads the content of a block or condition.
#[derive(Clone, Debug)]
pub(super) enum Around {
    Only(Vec<&'static str>),
    For(Vec<&'static str>),
    Not(Vec<&'static str>),
    Lang(&'static str),
    /// A condition that is never true.
    Never,
}

impl Around {
    fn holds(&self, key: &EditionKey) -> bool {
        let own = |id: &&str| *id == key.audience.as_str();
        match self {
            Self::Only(named) => named.iter().any(own),
            Self::For(named) => named
                .iter()
                .any(|audience| own(audience) || key.includes.iter().any(|included| included.as_str() == *audience)),
            Self::Not(named) => !named
                .iter()
                .any(|audience| own(audience) || key.leaves_out.iter().any(|left| left.as_str() == *audience)),
            Self::Lang(lang) => *lang == key.lang.tag(),
            Self::Never => false,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Only(named) => format!("only {}", named.join(" ")),
            Self::For(named) => format!("for {}", named.join(" ")),
            Self::Not(named) => format!("not {}", named.join(" ")),
            Self::Lang(lang) => format!("lang {lang}"),
            Self::Never => String::new(),
        }
    }
}

impl Issue {
    pub(super) fn invent(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let from = chance.below(3);
        let audiences: Vec<&str> = AUDIENCES.into_iter().cycle().skip(from).take(1 + chance.below(3)).collect();
        let mut issue = Self {
            text: String::new(),
            snippets: Vec::new(),
            places: Vec::new(),
            sentences: Vec::new(),
            audiences,
            in_condition: false,
            in_item: false,
            chance,
        };
        let preheader = if issue.chance.below(2) == 0 { "preheader: Det vigtigste i denne måned\n" } else { "" };
        let mut pieces = vec![issue.paragraph(&[])];
        pieces.extend(issue.pieces(&[], 3));
        if issue.chance.below(2) == 0 {
            pieces.rotate_left(1);
        }
        issue.text = format!(
            "---\nsubject: Nyt fra foreningen\n{preheader}audiences: [{}]\n---\n{}\n",
            issue.audiences.join(", "),
            tree::lines(&pieces).join("\n")
        );
        issue
    }

    /// Whether the readers of an edition read a word.
    pub(super) fn is_read(&self, word: usize, key: &EditionKey) -> bool {
        self.places[word].iter().all(|place| place.holds(key))
    }

    /// Whether a word is confidential for the readers of an edition; a translation is not.
    pub(super) fn is_closed(&self, word: usize, key: &EditionKey) -> bool {
        let audience = |around: &&Around| matches!(around, Around::Only(_) | Around::For(_) | Around::Not(_));
        self.places[word].iter().filter(audience).any(|place| !place.holds(key))
    }

    pub(super) fn reported(&self, word: usize) -> String {
        format!("ord{word:05}z in {:?}", self.places.get(word))
    }

    fn word(&mut self, around: &[Around]) -> String {
        self.places.push(around.to_vec());
        format!("ord{:05}z", self.places.len() - 1)
    }

    /// Some words with inline markup.
    fn inline(&mut self, around: &[Around]) -> String {
        let word = self.word(around);
        match self.chance.below(12) {
            0 => format!("*{word}*"),
            1 => format!("**{word} {}**", self.word(around)),
            2 => format!("`{word}`"),
            3 => format!("[{word}](https://x.example/{})", self.word(around)),
            4 => format!("{{{{ first_name }}}} {word}"),
            5 => format!("{{% if first_name %}}{word}{{% endif %}}"),
            6 => format!("~~{word}~~"),
            7 => format!("<https://x.example/{word}>"),
            8 => format!("{word} &amp; {}", self.word(around)),
            _ => word,
        }
    }

    /// A line of plain words: a whole sentence.
    fn sentence(&mut self, around: &[Around]) -> String {
        self.sentences.push(self.places.len());
        let words: Vec<String> = (0..7).map(|_| self.word(around)).collect();
        format!("{}.", words.join(" "))
    }

    fn line(&mut self, around: &[Around]) -> String {
        let words: Vec<String> = (0..=self.chance.below(4)).map(|_| self.inline(around)).collect();
        words.join(" ")
    }

    fn paragraph(&mut self, around: &[Around]) -> Piece {
        let mut lines = vec![self.sentence(around)];
        lines.extend((0..self.chance.below(3)).map(|_| self.line(around)).collect::<Vec<_>>());
        Piece::Lines(lines)
    }

    fn pieces(&mut self, around: &[Around], depth: usize) -> Vec<Piece> {
        (0..=1 + self.chance.below(3)).map(|_| self.piece(around, depth)).collect()
    }

    fn piece(&mut self, around: &[Around], depth: usize) -> Piece {
        let kinds = if depth == 0 || self.places.len() > ENOUGH { 8 } else { 19 };
        match self.chance.below(kinds) {
            0 => Piece::Lines(vec![format!("## {}", self.line(around))]),
            1 => Piece::Lines(vec!["```".to_owned(), self.word(around), "```".to_owned()]),
            2 => self.table(around),
            // A note within a condition is refused, and so is an event.
            3 if !self.in_condition => self.note(around),
            4 => Piece::Lines(vec![format!(
                "[{}](https://x.example/{}){{.button}}",
                self.word(around),
                self.word(around)
            )]),
            5 => Piece::List("- [x]", vec![vec![Piece::Lines(vec![self.line(around)])]]),
            3 | 6 | 7 => self.paragraph(around),
            8 => {
                let sign = self.chance.pick(&["-", "1."]);
                Piece::List(sign, (0..=self.chance.below(3)).map(|_| self.item(around, depth)).collect())
            }
            9 => Piece::Quote(self.pieces(around, depth - 1)),
            10 => {
                let mut inner = vec![Piece::Lines(vec!["[!NOTE]".to_owned(), self.line(around)])];
                inner.extend(self.pieces(around, depth - 1));
                Piece::Quote(inner)
            }
            12 | 13 => self.look(around, depth),
            // A condition within an item has separate rules.
            11 if !self.in_item => self.condition(around, depth),
            18 => self.snippet(around, depth),
            11.. => self.block(around, depth),
        }
    }

    /// An item begins with a line of its own.
    fn item(&mut self, around: &[Around], depth: usize) -> Vec<Piece> {
        let mut inner = vec![Piece::Lines(vec![self.line(around)])];
        if self.chance.below(2) == 0 {
            let outer = std::mem::replace(&mut self.in_item, true);
            inner.extend(self.pieces(around, depth - 1));
            self.in_item = outer;
        }
        inner
    }

    fn table(&mut self, around: &[Around]) -> Piece {
        let mut lines = vec![format!("| {} | {} |", self.line(around), self.word(around)), "|---|--:|".to_owned()];
        for _ in 0..self.chance.below(3) {
            lines.push(format!("| {} | {} |", self.word(around), self.line(around)));
        }
        Piece::Lines(lines)
    }

    fn note(&mut self, around: &[Around]) -> Piece {
        let number = self.places.len();
        let text = format!("{}[^n{number}] {}", self.word(around), self.word(around));
        Piece::Lines(vec![text, String::new(), format!("[^n{number}]: {}", self.line(around))])
    }

    fn condition(&mut self, around: &[Around], depth: usize) -> Piece {
        let (condition, holds) =
            self.chance.pick(&[("first_name", true), ("not first_name", false), ("lang == 'da'", true)]);
        let mut inner = around.to_vec();
        if condition.starts_with("lang") {
            inner.push(Around::Lang("da"));
        } else if !holds {
            inner.push(Around::Never);
        }
        let outer = std::mem::replace(&mut self.in_condition, true);
        let pieces = self.pieces(&inner, depth - 1);
        self.in_condition = outer;
        Piece::If(condition, pieces)
    }

    /// A block that says how something looks.
    fn look(&mut self, around: &[Around], depth: usize) -> Piece {
        let titled = |issue: &mut Self, kind: &str| format!("{kind} {} **{}**", issue.word(around), issue.word(around));
        match self.chance.below(9) {
            0 => {
                let cards = (0..2).map(|_| self.card(around, depth)).collect();
                Piece::Block("columns".to_owned(), cards)
            }
            1 => self.card(around, depth),
            2 => Piece::Block(titled(self, "quote"), vec![self.paragraph(around)]),
            6 => self.picture(around, depth),
            3 => Piece::Block("more Resten".to_owned(), self.pieces(around, depth - 1)),
            4 if !self.in_condition => {
                let when = "tid: 21. januar 2027 kl. 9.30-15.30".to_owned();
                let lines = vec![when, format!("sted: {}", self.word(around)), self.sentence(around)];
                Piece::Block(titled(self, "event"), vec![Piece::Lines(lines)])
            }
            5 => {
                let mut row = || format!("{}\t{}", self.word(around), self.word(around));
                Piece::Block("table".to_owned(), vec![Piece::Lines(vec![row(), row(), row()])])
            }
            _ => {
                let kind = self.chance.pick(&["callout", "tip", "caution"]);
                let title = titled(self, kind);
                Piece::Block(title, self.filled(around, depth))
            }
        }
    }

    /// A block with a picture, or with figures.
    fn picture(&mut self, around: &[Around], depth: usize) -> Piece {
        if self.chance.below(3) == 0 {
            let mut item = |number: usize| format!("- {number} {} {}", self.word(around), self.word(around));
            return Piece::Block("figures".to_owned(), vec![Piece::Lines(vec![item(78), item(29)])]);
        }
        let title = match self.chance.below(2) {
            0 => format!("media {} {{.right}}", self.word(around)),
            _ => format!("person {} {}, {}", self.word(around), self.word(around), self.word(around)),
        };
        let picture = format!("![{}](https://x.example/a.jpg \"{}\")", self.word(around), self.word(around));
        let mut inner = vec![Piece::Lines(vec![picture])];
        inner.extend(self.filled(around, depth));
        Piece::Block(title, inner)
    }

    fn card(&mut self, around: &[Around], depth: usize) -> Piece {
        let title = self.word(around);
        Piece::Block(format!("card {title}"), self.filled(around, depth))
    }

    /// The content of a block with a title: if only the title is left, the block is removed.
    fn filled(&mut self, around: &[Around], depth: usize) -> Vec<Piece> {
        let mut inner = vec![Piece::Lines(vec![self.line(around)])];
        inner.extend(self.pieces(around, depth - 1));
        inner
    }

    /// A snippet.
    fn snippet(&mut self, around: &[Around], depth: usize) -> Piece {
        let pieces = self.pieces(around, depth - 1);
        let name = format!("del{}", self.snippets.len());
        self.snippets.push((name.clone(), format!("{}\n", tree::lines(&pieces).join("\n"))));
        Piece::Snippet(name, pieces)
    }

    /// A block that at least one recipient can read.
    fn block(&mut self, around: &[Around], depth: usize) -> Piece {
        let first = self.chance.below(NAMED.len());
        let named: Vec<&str> = NAMED.into_iter().cycle().skip(first).take(1 + self.chance.below(2)).collect();
        let block = match self.chance.below(7) {
            0 | 1 => Around::Only(named),
            2 | 3 => Around::Not(named),
            4 | 5 => Around::For(named),
            _ => Around::Lang(self.chance.pick(&["da", "en"])),
        };
        let mut inner = around.to_vec();
        inner.push(block.clone());
        if !self.can_be_read(&inner) {
            return self.paragraph(around);
        }
        Piece::Block(block.words(), self.pieces(&inner, depth - 1))
    }

    /// Whether a recipient could read it.
    fn can_be_read(&self, around: &[Around]) -> bool {
        let withheld: Vec<&str> = around
            .iter()
            .flat_map(|around| match around {
                Around::Not(named) => named.as_slice(),
                Around::Only(_) | Around::For(_) | Around::Lang(_) | Around::Never => &[],
            })
            .copied()
            .collect();
        let reads = |audience: &&str, lang: &str| {
            around.iter().all(|around| match around {
                Around::Only(named) => named.contains(audience),
                Around::Not(named) => !named.contains(audience),
                Around::For(named) => named.iter().any(|own| own == audience || !withheld.contains(own)),
                Around::Lang(own) => *own == lang,
                Around::Never => true,
            })
        };
        self.audiences.iter().any(|audience| ["da", "en"].iter().any(|lang| reads(audience, lang)))
    }
}
