//! Random audiences, lists and rules, written in the forms that authors use.

use std::fmt::Write;

use crate::chance::Chance;

/// The names of audiences; their alphabetical order does not depend on what they include.
const NAMES: [&str; 6] = ["f", "b", "ø-e", "a", "d", "c"];
/// Each address in several spellings; the first one identifies it.
pub(super) const ADDRESSES: [[&str; 3]; 10] = [
    ["a@x.example", "A@x.example", "a@X.EXAMPLE"],
    ["b@x.example", "b@x.example", "B@x.example"],
    ["c@x.example", "c@x.example", "c@x.example"],
    ["d@xn--kge-0na.example", "d@køge.example", "D@KØGE.example"],
    ["e@x.example", "e@x.example", "e@x.example"],
    ["f@y.example", "F@Y.example", "f@y.example"],
    ["g@y.example", "g@y.example", "g@y.example"],
    ["h@y.example", "h@y.example", "H@y.EXAMPLE"],
    ["i@y.example", "i@y.example", "i@y.example"],
    ["j@y.example", "j@y.example", "j@y.example"],
];
const CITIES: [&str; 5] = ["Ry", "Ærø", "ÆRØ", "ry", "Ry Nord"];
const ROLES: [&str; 4] = ["chef", "it-chef", "Styregruppe", "bruger"];
const NUMBERS: [&str; 7] = ["0", "9", "10", "100", "12,5", "-3", "mange"];
const WORDS: [&str; 6] = ["true", "false", "ja", "nej", "JA", "False"];
const LANGS: [&str; 4] = ["da", "en", "en", "fi"];
pub(super) const OPERATORS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];

/// The columns of every list; `mark` is unique for each row.
const HEADER: &str = "email;city;roles;members;quota;paused;lang;mark\n";

/// A project: everything that decides who is in which audience.
#[derive(Debug)]
pub(super) struct World {
    pub(super) lists: [Vec<Row>; 2],
    /// The named rules; each may use those before it.
    pub(super) rules: Vec<Rule>,
    pub(super) audiences: Vec<Audience>,
    /// The audiences of an issue, and those that it excludes.
    pub(super) to: Vec<usize>,
    pub(super) except: Vec<usize>,
    /// The audiences from which a block of the issue is withheld.
    pub(super) withheld: Vec<usize>,
    /// The audiences that a block of the issue follows.
    pub(super) shown: Vec<usize>,
}

/// A person as a row; an empty text is an empty cell.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) address: usize,
    /// As it is spelt in this list.
    pub(super) email: &'static str,
    pub(super) city: &'static str,
    pub(super) roles: Vec<&'static str>,
    pub(super) members: &'static str,
    pub(super) quota: &'static str,
    pub(super) paused: &'static str,
    pub(super) lang: &'static str,
    pub(super) mark: String,
}

#[derive(Debug)]
pub(super) struct Audience {
    pub(super) name: &'static str,
    pub(super) list: Option<usize>,
    /// Whether its file says that `roles` holds several values.
    pub(super) several: bool,
    /// Whether its file says that there are numbers, and yes and no.
    pub(super) typed: bool,
    pub(super) rule: Option<Rule>,
    pub(super) recipients: Vec<Row>,
    pub(super) include: Vec<usize>,
    pub(super) within: Vec<usize>,
    pub(super) exclude: Vec<usize>,
    pub(super) sample: Option<Sample>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Sample {
    Count(usize),
    Percent(usize),
}

#[derive(Debug)]
pub(super) enum Rule {
    /// The numbers are indexes of named rules.
    Fields {
        all: Vec<Wanted>,
        none: Vec<Wanted>,
        rules: Vec<usize>,
        barred: Vec<usize>,
    },
    Expression(Expression),
}

/// A field, and the values that it may have.
pub(super) type Wanted = (&'static str, Vec<&'static str>);

#[derive(Debug)]
pub(super) enum Expression {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    /// A field by itself.
    Truth(&'static str),
    /// A role is among the roles.
    Holds(&'static str),
    /// The city is one of these.
    OneOf(Vec<&'static str>),
    Compare(&'static str, &'static str, Operand),
    /// A named rule.
    Rule(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Operand {
    Text(&'static str),
    Number(&'static str),
    Bool(bool),
    Field(&'static str),
}

impl World {
    pub(super) fn invent(seed: u64) -> Self {
        let mut inventor = Inventor { chance: Chance::new(seed), marks: 0, rules: 0 };
        let lists = [inventor.rows(12), inventor.rows(6)];
        let mut rules = Vec::new();
        while rules.len() < 3 {
            rules.push(inventor.rule());
            inventor.rules = rules.len();
        }
        let audiences: Vec<Audience> = (0..5).map(|rank| inventor.audience(rank)).collect();
        let [to, except, withheld, shown] = [3, 1, 2, 2].map(|most| inventor.some(audiences.len(), most));
        Self { lists, rules, audiences, to, except, withheld, shown }
    }

    /// A list as a file.
    pub(super) fn csv(&self, list: usize) -> String {
        let mut text = HEADER.to_owned();
        for row in &self.lists[list] {
            let Row { email, city, members, quota, paused, lang, mark, .. } = row;
            let roles = row.roles.join("|");
            writeln!(text, "{email};{city};{roles};{members};{quota};{paused};{lang};{mark}").unwrap();
        }
        text
    }

    /// An audience as its file.
    pub(super) fn yaml(&self, audience: &Audience) -> String {
        let mut text = String::from("name: navn\n");
        if let Some(list) = audience.list {
            writeln!(text, "people: people/{list}.csv").unwrap();
            if audience.several {
                text.push_str("lists: {roles: \"|\"}\n");
            }
            if audience.typed {
                text.push_str(
                    "columns:\n  members: {type: number}\n  quota: {type: number}\n  paused: {type: boolean}\n",
                );
            }
        }
        if let Some(rule) = &audience.rule {
            writeln!(text, "where: {}", rule.written()).unwrap();
        }
        if !audience.recipients.is_empty() {
            text.push_str("recipients:\n");
        }
        for Row { email, city, roles, mark, .. } in &audience.recipients {
            let roles = if roles.is_empty() { String::new() } else { format!(", roles: [{}]", roles.join(", ")) };
            writeln!(text, "  - {{email: {email}, city: \"{city}\", mark: {mark}{roles}}}").unwrap();
        }
        for (key, others) in
            [("include", &audience.include), ("within", &audience.within), ("exclude", &audience.exclude)]
        {
            writeln!(text, "{key}: [{}]", self.names(others)).unwrap();
        }
        match audience.sample {
            None => {}
            Some(Sample::Count(count)) => writeln!(text, "sample: {count}").unwrap(),
            Some(Sample::Percent(share)) => writeln!(text, "sample: {share}%").unwrap(),
        }
        text
    }

    /// The named rules, by name.
    pub(super) fn named_rules(&self) -> String {
        self.rules.iter().enumerate().fold(String::new(), |text, (at, it)| format!("{text}r{at}: {}\n", it.written()))
    }

    /// An issue to some of them.
    pub(super) fn issue(&self) -> String {
        let (to, except) = (self.names(&self.to), self.names(&self.except));
        format!("---\nsubject: Nyt\naudiences: [{to}]\nexclude: [{except}]\n---\nHej\n")
    }

    fn names(&self, audiences: &[usize]) -> String {
        audiences.iter().map(|audience| self.audiences[*audience].name).collect::<Vec<_>>().join(", ")
    }
}

fn written((field, values): &Wanted) -> String {
    match values.as_slice() {
        [value] => format!("{field}: \"{value}\""),
        values => {
            format!("{field}: [{}]", values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(", "))
        }
    }
}

impl Rule {
    fn written(&self) -> String {
        let (all, none, rules, barred) = match self {
            Self::Expression(it) => return format!("\"{}\"", it.written()),
            Self::Fields { all, none, rules, barred } => (all, none, rules, barred),
        };
        let keys = |wanted: &[Wanted], rules: &[usize]| {
            let rules: Vec<String> = rules.iter().map(|rule| format!("r{rule}")).collect();
            let rules = if rules.is_empty() { None } else { Some(format!("rule: [{}]", rules.join(", "))) };
            wanted.iter().map(written).chain(rules).collect::<Vec<_>>()
        };
        let (mut asked, unwanted) = (keys(all, rules), keys(none, barred));
        if !unwanted.is_empty() {
            asked.push(format!("not: {{{}}}", unwanted.join(", ")));
        }
        format!("{{{}}}", asked.join(", "))
    }
}

impl Expression {
    fn written(&self) -> String {
        match self {
            Self::And(left, right) => format!("{} and {}", left.inside(self), right.inside(self)),
            Self::Or(left, right) => format!("{} or {}", left.inside(self), right.inside(self)),
            Self::Not(it) => format!("not {}", it.inside(self)),
            Self::Truth(field) => (*field).to_owned(),
            Self::Rule(rule) => format!("rules.r{rule}"),
            Self::Holds(role) => format!("'{role}' in roles"),
            Self::OneOf(cities) => {
                format!("city in [{}]", cities.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", "))
            }
            Self::Compare(field, operator, operand) => format!("{field} {operator} {}", operand.written()),
        }
    }

    /// In parentheses if it would be parsed differently without them.
    fn inside(&self, outer: &Self) -> String {
        let bare = match (outer, self) {
            (Self::Or(..), Self::And(..) | Self::Not(_)) | (Self::And(..), Self::Not(_)) => true,
            (_, Self::And(..) | Self::Or(..) | Self::Not(_)) => false,
            (Self::Not(_), it) => matches!(it, Self::Truth(_) | Self::Rule(_)),
            _ => true,
        };
        if bare { self.written() } else { format!("({})", self.written()) }
    }
}

impl Operand {
    fn written(self) -> String {
        match self {
            Self::Text(text) => format!("'{text}'"),
            Self::Number(text) | Self::Field(text) => text.to_owned(),
            Self::Bool(it) => it.to_string(),
        }
    }
}

struct Inventor {
    chance: Chance,
    marks: usize,
    /// How many named rules there are so far.
    rules: usize,
}

impl Inventor {
    fn rows(&mut self, most: usize) -> Vec<Row> {
        (0..self.chance.below(most + 1)).map(|_| self.row()).collect()
    }

    fn row(&mut self) -> Row {
        self.marks += 1;
        let address = self.chance.below(ADDRESSES.len());
        Row {
            address,
            email: self.chance.pick(&ADDRESSES[address]),
            city: self.cell(&CITIES),
            roles: self.few(&ROLES, 3),
            members: self.cell(&NUMBERS),
            quota: self.cell(&NUMBERS),
            paused: self.cell(&WORDS),
            lang: self.cell(&LANGS),
            mark: format!("m{}", self.marks),
        }
    }

    /// One of these, or nothing.
    fn cell(&mut self, all: &[&'static str]) -> &'static str {
        if self.chance.once_in(4) { "" } else { self.chance.pick(all) }
    }

    fn few(&mut self, all: &[&'static str], most: usize) -> Vec<&'static str> {
        (0..self.chance.below(most)).map(|_| self.chance.pick(all)).collect()
    }

    fn audience(&mut self, rank: usize) -> Audience {
        let list = if self.chance.once_in(4) { None } else { Some(self.chance.below(2)) };
        let rule = list.filter(|_| !self.chance.once_in(4)).map(|_| self.rule());
        let recipients = if list.is_some() && self.chance.once_in(2) { Vec::new() } else { self.rows(3) };
        let [include, mut within, mut exclude] = [self.some(rank, 2), self.some(rank, 1), self.some(rank, 2)];
        if self.chance.once_in(3) {
            exclude.clear();
        }
        if self.chance.once_in(2) {
            within.clear();
        }
        let sample = match self.chance.below(8) {
            0 => Some(Sample::Count(1 + self.chance.below(6))),
            1 => Some(Sample::Percent(self.chance.pick(&[1, 10, 50, 67, 100]))),
            _ => None,
        };
        let [several, typed] = [2, 2].map(|times| self.chance.once_in(times));
        let name = NAMES[rank];
        let mut audience = Audience { name, list, several, typed, rule, recipients, include, within, exclude, sample };
        if audience.list.is_none() && audience.include.is_empty() && audience.recipients.is_empty() {
            audience.recipients.push(self.row());
        }
        audience
    }

    /// Different ones of the first `of` audiences, in any order.
    fn some(&mut self, of: usize, most: usize) -> Vec<usize> {
        let mut some = Vec::new();
        for _ in 0..if of == 0 { 0 } else { self.chance.below(most + 1) } {
            let one = self.chance.below(of);
            if !some.contains(&one) {
                some.push(one);
            }
        }
        some
    }

    fn rule(&mut self) -> Rule {
        if self.chance.once_in(2) {
            return Rule::Expression(self.expression(3));
        }
        let [rules, barred] =
            [2, 1].map(|most| if self.chance.once_in(2) { self.some(self.rules, most) } else { Vec::new() });
        Rule::Fields { all: self.wanted(), none: self.wanted(), rules, barred }
    }

    fn wanted(&mut self) -> Vec<Wanted> {
        let fields: [(&'static str, &[&'static str]); 6] = [
            ("city", &["Ry", "ærØ", "RY NORD", "nowhere"]),
            ("roles", &["CHEF", "it-chef", "styregruppe", "chef|it-chef"]),
            ("members", &["9", "12,5", "12.5", "mange"]),
            ("paused", &["true", "false", "Ja"]),
            ("lang", &["en", "DA"]),
            ("email", &["A@X.example", "f@y.example"]),
        ];
        let mut wanted: Vec<Wanted> = Vec::new();
        for _ in 0..self.chance.below(3) {
            let (field, values) = self.chance.pick(&fields);
            if wanted.iter().all(|(other, _)| *other != field) {
                wanted.push((field, (0..=self.chance.below(2)).map(|_| self.chance.pick(values)).collect()));
            }
        }
        wanted
    }

    fn expression(&mut self, depth: usize) -> Expression {
        let [left, right] = [depth.saturating_sub(1); 2];
        match self.chance.below(if depth == 0 { 5 } else { 9 }) {
            0 => Expression::Truth(self.chance.pick(&["paused", "city", "members", "roles", "lang"])),
            1 => Expression::Holds(self.chance.pick(&ROLES)),
            2 if self.rules > 0 && self.chance.once_in(2) => Expression::Rule(self.chance.below(self.rules)),
            2 => Expression::OneOf(self.few(&CITIES, 3)),
            3 | 4 => self.comparison(),
            5 | 6 => Expression::And(Box::new(self.expression(left)), Box::new(self.expression(right))),
            7 => Expression::Or(Box::new(self.expression(left)), Box::new(self.expression(right))),
            _ => Expression::Not(Box::new(self.expression(left))),
        }
    }

    fn comparison(&mut self) -> Expression {
        let (field, operand) = match self.chance.below(6) {
            0 => ("city", Operand::Text(self.chance.pick(&CITIES))),
            1 => ("members", Operand::Number(self.chance.pick(&["0", "9", "12.5", "-3", "100"]))),
            2 => ("members", Operand::Text(self.chance.pick(&["10", "100", "mange"]))),
            3 => ("members", Operand::Field("quota")),
            4 => ("paused", Operand::Bool(self.chance.once_in(2))),
            _ => ("email", Operand::Text(self.chance.pick(&["a@x.example", "f@y.example"]))),
        };
        Expression::Compare(field, self.chance.pick(&OPERATORS), operand)
    }
}
